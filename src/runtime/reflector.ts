import type { Clock } from "./clock.ts";
import { type Collection, type ListBody, listRequest, parseList, watchRequest } from "./collection.ts";
import type { Log } from "./log.ts";
import { type Meters, noMeters } from "./meters.ts";
import type { Random } from "./random.ts";
import { Faults, HASTY_MILLIS, HEALTHY_MILLIS, type Listing, type ReflectorState } from "./reflectorState.ts";
import { compareVersions } from "./resourceVersion.ts";
import { keyOf, type Store } from "./store.ts";
import { type Transport, type TransportResponse, type WatchEvent, WatchRefusedError } from "./transport.ts";

export interface ReflectorOptions extends Collection {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: Store;
  readonly log: Log;
  /** What the kind is called in logs and meters, for example "deployments.apps". */
  readonly kind: string;
  readonly meters?: Meters;
}

interface Life {
  readonly signal: AbortSignal;
  readonly abort: () => void;
  readonly synced: PromiseWithResolvers<"synced" | "missing" | "stopped">;
}

/** Keeps a store equal to one collection of the API server: lists it in pages, then watches, through every fault. */
export class Reflector {
  readonly #options: ReflectorOptions;
  readonly #log: Log;
  readonly #faults: Faults;
  #life: Life | undefined;
  #state: ReflectorState = { name: "stopped" };
  #version: string | undefined;
  #isSynced = false;
  #isMissing = false;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#log = options.log.child({ kind: options.kind });
    this.#faults = new Faults({ ...options, log: this.#log, meters: options.meters ?? noMeters() });
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Whether the store has held the whole collection at least once since `start`. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** Whether the server, when last asked, did not know the kind. */
  get isMissing(): boolean {
    return this.#isMissing;
  }

  /** Resolves with the first of: the store is complete, the kind is not installed (tried for ever), or `stop`. */
  whenSynced(): Promise<"synced" | "missing" | "stopped"> {
    return this.#life?.synced.promise ?? Promise.resolve("stopped");
  }

  /** Begin, or do nothing if begun already. */
  start(): void {
    if (this.#life !== undefined) return;
    const controller = new AbortController();
    this.#life = { signal: controller.signal, abort: () => controller.abort(), synced: Promise.withResolvers() };
    this.#isSynced = false;
    this.#faults.healthy();
    void this.#run(this.#life);
  }

  /** Stop for good: nothing reaches the store after this returns, whatever is still under way. */
  stop(): void {
    this.#life?.synced.resolve("stopped");
    this.#life?.abort();
    this.#life = undefined;
    this.#state = { name: "stopped" };
  }

  async #run(life: Life): Promise<void> {
    let state: ReflectorState = { name: "empty" };
    while (!life.signal.aborted) {
      this.#state = state;
      try {
        state = await this.#step(state, life);
      } catch (error) {
        // Nothing that the server sends may end this loop: whatever is left, start over.
        if (!life.signal.aborted) state = this.#faults.failed("unexpected", { name: "empty" }, { error });
      }
    }
  }

  #step(state: ReflectorState, life: Life): ReflectorState | Promise<ReflectorState> {
    switch (state.name) {
      case "empty":
        return this.#beginList();
      case "listing":
        return this.#listPage(state, life);
      case "listed":
        return { name: "watching" };
      case "watching":
        return this.#watch(life);
      case "backoff":
        return this.#sleep(state.waitMillis, life).then(() => state.next);
      case "stopped":
        return state;
    }
  }

  #beginList(): ReflectorState {
    const { highestVersion } = this.#options.store;
    const known = compareVersions(this.#version, highestVersion) > 0 ? this.#version : highestVersion;
    return { name: "listing", page: 1, listed: new Set(), token: undefined, version: undefined, known };
  }

  async #listPage(state: Listing, life: Life): Promise<ReflectorState> {
    const request = { ...listRequest(this.#options, state.token), signal: life.signal };
    let response: TransportResponse;
    try {
      response = await this.#options.transport.request(request);
    } catch (error) {
      return life.signal.aborted ? { name: "stopped" } : this.#faults.failed("connection", state, { error });
    }
    if (life.signal.aborted) return { name: "stopped" };
    const { status, retryAfterSeconds } = response;
    if (status === 404) return this.#missing(life);
    if (status === 410) return this.#faults.gone();
    if (status !== 200) return this.#faults.failed(`http ${status}`, state, { retryAfterSeconds });
    const list = parseList(response.body);
    return list === undefined ? this.#faults.failed("malformed", state, {}) : this.#takePage(state, list, life);
  }

  #takePage(state: Listing, list: ListBody, life: Life): ReflectorState {
    const { store } = this.#options;
    const version = state.version ?? list.version;
    // A list can only be older than what we knew before asking if the server went back in time.
    if (state.page === 1 && compareVersions(version, state.known) < 0) store.forgetVersions();
    this.#isMissing = false;
    for (const object of list.items) {
      state.listed.add(keyOf(object));
      this.#guard(() => store.put(object));
      // A listener may have stopped us.
      if (life.signal.aborted) return { name: "stopped" };
    }
    if (list.token !== undefined) return { ...state, page: state.page + 1, token: list.token, version };
    this.#guard(() => store.keepOnly(state.listed, version));
    this.#version = version;
    if (!this.#isSynced) this.#log.info({ objects: store.size }, "cache is complete");
    this.#isSynced = true;
    life.synced.resolve("synced");
    return { name: "listed" };
  }

  async #watch(life: Life): Promise<ReflectorState> {
    const { transport, clock, random } = this.#options;
    const openedAt = clock.monotonic();
    let events = 0;
    try {
      const request = { ...watchRequest(this.#options, this.#version, random), signal: life.signal };
      for await (const event of transport.watch(request)) {
        if (life.signal.aborted) return { name: "stopped" };
        const broken = this.#take(event);
        if (broken !== undefined) return broken;
        events++;
        this.#faults.healthy();
      }
    } catch (error) {
      if (life.signal.aborted) return { name: "stopped" };
      if (clock.monotonic() - openedAt >= HEALTHY_MILLIS) this.#faults.healthy();
      return this.#watchFailed(error, life);
    }
    return this.#watchEnded(clock.monotonic() - openedAt, events);
  }

  /** Take in one event. Answers where to go when it shows that the stream is not worth keeping. */
  #take({ type, object }: WatchEvent): ReflectorState | undefined {
    if (type === "ERROR") {
      const { code, details } = (object ?? {}) as { code?: number; details?: { retryAfterSeconds?: number } };
      if (code === 410) return this.#faults.gone();
      return this.#faults.resume(`http ${code ?? 500}`, { retryAfterSeconds: details?.retryAfterSeconds });
    }
    const version = object?.metadata?.resourceVersion;
    if (version === undefined) return this.#faults.resume("malformed", {});
    const { store } = this.#options;
    if (type === "DELETED") this.#guard(() => store.remove(object));
    else if (type !== "BOOKMARK") this.#guard(() => store.put(object));
    this.#version = version;
    return undefined;
  }

  #watchEnded(livedMillis: number, events: number): ReflectorState {
    if (livedMillis >= HEALTHY_MILLIS) this.#faults.healthy();
    // The server's right, and the rule: it ends each watch in its time. Only a hasty end is a fault.
    if (livedMillis >= HEALTHY_MILLIS || (events > 0 && livedMillis >= HASTY_MILLIS)) return { name: "listed" };
    return this.#faults.resume("short watch", {});
  }

  #watchFailed(error: unknown, life: Life): ReflectorState {
    if (!(error instanceof WatchRefusedError)) return this.#faults.resume("connection", { error });
    if (error.status === 404) return this.#missing(life);
    if (error.status === 410) return this.#faults.gone();
    return this.#faults.resume(`http ${error.status}`, { retryAfterSeconds: error.retryAfterSeconds });
  }

  /** A listener or a transform that throws loses its own news, never everybody's watch. */
  #guard(change: () => unknown): void {
    try {
      change();
    } catch (error) {
      this.#faults.handlerFailed(error);
    }
  }

  #missing(life: Life): ReflectorState {
    if (!this.#isMissing) this.#log.info({}, "kind is not installed");
    this.#isMissing = true;
    life.synced.resolve("missing");
    return this.#faults.missing();
  }

  #sleep(millis: number, { signal }: Life): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = this.#options.clock.setTimer(millis, wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}
