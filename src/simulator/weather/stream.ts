import type { Clock } from "../../runtime/clock.ts";
import {
  type KubeObject,
  type Transport,
  TransportError,
  type WatchEvent,
  type WatchRequest,
} from "../../runtime/transport.ts";
import { gone } from "./answers.ts";
import type { Hush, StreamEnd, StreamPlan } from "./streamPlan.ts";

export interface StreamOptions {
  readonly inner: Transport;
  readonly clock: Clock;
  readonly plan: StreamPlan;
  /** Since the epoch. From then on nothing is held back. */
  readonly stormEndsAtMillis: number;
}

/** As an API server sends them. */
const BOOKMARK_MILLIS = 60_000;

type Item = { readonly event: WatchEvent } | { readonly error: unknown } | "end";

/** One watch whose news comes late, or not to its end: always in the server's order, and never anything but that. */
export async function* streamOf(options: StreamOptions, request: WatchRequest): AsyncGenerator<WatchEvent, void> {
  const stream = new Stream(options, request);
  try {
    stream.open();
    for (let event = await stream.next(); event !== undefined; event = await stream.next()) {
      yield event;
      // Nothing follows an error.
      if (event.type === "ERROR") return;
    }
  } finally {
    stream.close();
  }
}

class Stream {
  readonly #clock: Clock;
  readonly #inner: Transport;
  readonly #plan: StreamPlan;
  readonly #request: WatchRequest;
  readonly #stormEndsAt: number;
  readonly #life = new AbortController();
  readonly #held: { readonly item: Item; readonly due: number }[] = [];
  readonly #abort = (): void => this.#wake();
  #lastHeard: WatchEvent | undefined;
  #lastBookmarkAt = 0;
  #wake: () => void = () => {};

  constructor({ clock, inner, plan, stormEndsAtMillis }: StreamOptions, request: WatchRequest) {
    this.#clock = clock;
    this.#inner = inner;
    this.#plan = plan;
    this.#request = request;
    this.#stormEndsAt = stormEndsAtMillis;
  }

  open(): void {
    this.#request.signal?.addEventListener("abort", this.#abort, { once: true });
    void this.#listen();
  }

  close(): void {
    this.#request.signal?.removeEventListener("abort", this.#abort);
    this.#life.abort();
  }

  /** The next event that gets through; undefined once the server has ended the stream. Throws where it breaks. */
  async next(): Promise<WatchEvent | undefined> {
    // Silence is the server's. However long our own reader takes must not count.
    const silentAt = this.#clock.now() + this.#request.idleTimeoutMillis;
    for (;;) {
      const now = this.#clock.now();
      if (this.#request.signal?.aborted) throw this.#broken("aborted");
      const hush = this.#hushAt(now);
      const end = now < this.#stormEndsAt ? this.#plan.end : undefined;
      const [first] = this.#held;
      if (first !== undefined && first.due <= now && hush === undefined) return this.#take(first.item);
      if (end !== undefined && end.at <= now) return this.#endEarly(end);
      if (hush !== undefined && this.#bookmarkAt(hush) <= now) return this.#bookmark(now);
      if (now >= silentAt) throw this.#broken("the watch is silent");
      const dueAt = hush === undefined ? first?.due : Math.min(hush.to, this.#bookmarkAt(hush));
      await this.#sleepUntil(Math.min(silentAt, end?.at ?? silentAt, dueAt ?? silentAt, this.#nextHushAt(now)), now);
    }
  }

  async #listen(): Promise<void> {
    try {
      for await (const event of this.#inner.watch({ ...this.#request, signal: this.#life.signal }))
        this.#hold({ event });
      this.#hold("end");
    } catch (error) {
      this.#hold({ error });
    }
  }

  /** However soon it is due, it waits for what came before it: a stream has one order. */
  #hold(item: Item): void {
    const now = this.#clock.now();
    const due = Math.min(now + this.#plan.lagMillis(), Math.max(now, this.#stormEndsAt));
    this.#held.push({ item, due });
    this.#wake();
  }

  #take(item: Item): WatchEvent | undefined {
    this.#held.shift();
    if (item === "end") return undefined;
    if ("error" in item) throw item.error;
    if (item.event.type !== "ERROR") this.#lastHeard = item.event;
    return item.event;
  }

  #endEarly({ manner, met }: StreamEnd): WatchEvent | undefined {
    met();
    if (manner === "cut") throw this.#broken("read ECONNRESET");
    return manner === "gone" ? gone() : undefined;
  }

  #hushAt(now: number): Hush | undefined {
    const hush = this.#plan.hushes.filter(({ from, to }) => from <= now && now < to);
    // Where one lets bookmarks through and another does not, they do not come.
    const [first] = hush.sort((one, other) => Number(one.isBookmarked) - Number(other.isBookmarked));
    first?.met();
    return first;
  }

  #nextHushAt(now: number): number {
    return Math.min(...this.#plan.hushes.flatMap(({ from }) => (from > now ? [from] : [])));
  }

  /** When a hush lets its next bookmark through: of what was heard already, so never before anything was. */
  #bookmarkAt({ from, isBookmarked }: Hush): number {
    const isWanted = this.#request.query?.["allowWatchBookmarks"] === "true";
    if (!isBookmarked || !isWanted || this.#lastHeard === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(from, this.#lastBookmarkAt) + BOOKMARK_MILLIS;
  }

  #bookmark(now: number): WatchEvent {
    this.#lastBookmarkAt = now;
    const { apiVersion, kind, metadata } = this.#lastHeard?.object ?? { metadata: { name: "" } };
    const object = { kind, apiVersion, metadata: { resourceVersion: metadata.resourceVersion } };
    return { type: "BOOKMARK", object: object as KubeObject };
  }

  #sleepUntil(at: number, now: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.setTimer(Math.max(0, at - now), resolve);
    this.#wake = resolve;
    return promise.finally(cancel);
  }

  #broken(why: string): TransportError {
    return new TransportError(`watch ${this.#request.path}: ${why}`);
  }
}
