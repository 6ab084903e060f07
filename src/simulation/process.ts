import type { PrometheusClient } from "../adapters/metrics/prometheus.ts";
import type { Cancel, Clock } from "../runtime/clock.ts";
import type { Transport, TransportRequest, TransportResponse, WatchEvent, WatchRequest } from "../runtime/transport.ts";
import type { Strike } from "./strikes.ts";

export interface ProcessOptions {
  /** The world's. */
  readonly clock: Clock;
  /** How much this machine's wall clock is ahead of the world's, in milliseconds. */
  readonly skewMillis: () => number;
  /** Asked once for each request: what hits the process at it. */
  readonly strikeAt: (request: TransportRequest) => Strike | undefined;
  /** Told once, when it is killed at one of its requests. */
  readonly onStruckDead: (strike: Strike & { readonly kind: "kill" }) => void;
}

const ROUNDING_MILLIS = 0.001;

/**
 * One process on a machine of its own. It runs; or it stands still, and nothing in it moves while the world goes on; or it
 * is dead, and nothing that it waits for ever comes. All that it is given of the world passes here, so whoever controls
 * this controls it, without a word of it in the code that runs inside.
 */
export class Process {
  readonly clock: Clock;
  readonly #options: ProcessOptions;
  readonly #timers = new Set<Cancel>();
  readonly #streams = new Set<AbortController>();
  /** What waits for the process to move again, in the order in which it came. */
  #waiting: (() => void)[] = [];
  #state: "running" | "still" | "dead" = "running";
  #cancelWaking: Cancel = () => {};
  #stillUntil = 0;
  /** How much less time passed on this machine's monotonic scale, which stands still while a machine is suspended. */
  #lostMillis = 0;
  requests = 0;

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { clock, skewMillis } = options;
    this.clock = {
      now: () => clock.now() + skewMillis(),
      monotonic: () => clock.monotonic() - this.#lostMillis,
      setTimer: (delayMillis, fn) => this.#setTimer(delayMillis, fn),
    };
  }

  get isAlive(): boolean {
    return this.#state !== "dead";
  }

  /** Stand still for so long, as for a collection of garbage: timers that come due meanwhile fire late, answers wait. */
  stall(millis: number): void {
    if (this.#state === "dead") return;
    const { clock } = this.#options;
    const until = clock.monotonic() + millis;
    if (this.#state === "still" && until <= this.#stillUntil) return;
    this.#state = "still";
    this.#stillUntil = until;
    this.#cancelWaking();
    this.#cancelWaking = clock.setTimer(millis, () => this.#wake());
  }

  /** Be suspended with the whole machine: as a stall, but time on its monotonic scale stands still as well. */
  suspend(millis: number): void {
    if (this.#state !== "running") return;
    this.stall(millis);
    const since = this.#options.clock.monotonic();
    this.#waiting.unshift(() => {
      this.#lostMillis += this.#options.clock.monotonic() - since;
    });
  }

  /** End it, as SIGKILL does: its connections break, and that is all that anybody hears of it. */
  kill(): void {
    if (this.#state === "dead") return;
    this.#state = "dead";
    this.#cancelWaking();
    this.#waiting = [];
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const stream of this.#streams) stream.abort();
    this.#streams.clear();
  }

  /** The way of this process to the API server. */
  transport(inner: Transport): Transport {
    return {
      request: (request) => this.#request(inner, request),
      watch: (request) => this.#watch(inner, request),
    };
  }

  /** The way of this process to a metrics server. */
  prometheus(inner: PrometheusClient): PrometheusClient {
    return {
      query: (server, query, at, signal) => this.#after(inner.query(server, query, at, signal)),
      ping: (server, at, signal) => this.#after(inner.ping(server, at, signal)),
      close: () => inner.close(),
    };
  }

  /** Undefined where it runs. Otherwise what resolves when it does again, if ever. */
  #gate(): Promise<void> | undefined {
    if (this.#state === "running") return undefined;
    if (this.#state === "dead") return new Promise(() => {});
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** One thing after the other, each with all that follows from it, as an event loop does it. */
  #wake(): void {
    if (this.#state !== "still") return;
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#state = "running";
      return;
    }
    this.#cancelWaking = this.#options.clock.setTimer(0, () => this.#wake());
    next();
  }

  #setTimer(delayMillis: number, fn: () => void): Cancel {
    if (this.#state === "dead") return () => {};
    const due = this.clock.monotonic() + Math.max(0, delayMillis);
    const timers = this.#timers;
    let isOver = false;
    let cancelInner: Cancel;
    const cancel: Cancel = () => {
      isOver = true;
      timers.delete(cancel);
      cancelInner();
    };
    const run = (): void => {
      if (isOver) return;
      const left = due - this.clock.monotonic();
      // The machine was suspended meanwhile. What is left of rounding is no time.
      if (left > ROUNDING_MILLIS) {
        cancelInner = this.#options.clock.setTimer(left, come);
        return;
      }
      cancel();
      fn();
    };
    const come = (): void => {
      if (this.#state === "running") run();
      else this.#waiting.push(run);
    };
    // No timer is finer than that: one that is set anew until its time has come must come to it.
    const innerMillis = delayMillis > 0 ? Math.max(delayMillis, ROUNDING_MILLIS) : delayMillis;
    cancelInner = this.#options.clock.setTimer(innerMillis, come);
    timers.add(cancel);
    return cancel;
  }

  async #request(inner: Transport, request: TransportRequest): Promise<TransportResponse> {
    this.requests += 1;
    const strike = this.#options.strikeAt(request);
    if (strike?.moment === "before it is sent") this.#suffer(strike);
    // Also where somebody else's stall began in the middle of what this one was doing.
    await this.#gate();
    const answer = inner.request(request);
    if (strike?.moment !== "before its answer") return this.#after(answer);
    return this.#after(answer.finally(() => this.#suffer(strike)));
  }

  async *#watch(inner: Transport, request: WatchRequest): AsyncGenerator<WatchEvent, void> {
    const stream = new AbortController();
    const stop = (): void => stream.abort();
    if (request.signal?.aborted) stop();
    request.signal?.addEventListener("abort", stop, { once: true });
    this.#streams.add(stream);
    try {
      for await (const event of inner.watch({ ...request, signal: stream.signal })) {
        if (this.#state !== "running") await this.#gate();
        yield event;
      }
      await this.#gate();
    } catch (error) {
      await this.#gate();
      throw error;
    } finally {
      request.signal?.removeEventListener("abort", stop);
      this.#streams.delete(stream);
    }
  }

  /** The answer, once the process is there to hear it. */
  async #after<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      if (this.#state !== "running") await this.#gate();
      return value;
    } catch (error) {
      await this.#gate();
      throw error;
    }
  }

  #suffer(strike: Strike): void {
    if (this.#state === "dead") return;
    if (strike.kind === "stall") {
      this.stall(strike.millis);
      return;
    }
    this.kill();
    this.#options.onStruckDead(strike);
  }
}
