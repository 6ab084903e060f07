import type { Cancel, Clock } from "../../runtime/clock.ts";
import type { Part, Position } from "./meshLog.ts";

export interface ProxyViewOptions {
  readonly number: number;
  readonly clock: Clock;
  /** Where it stands from the start. */
  readonly at: Position;
  /** From a write to the first request that it rules, in milliseconds. Asked once for each write. */
  readonly lagMillisOf: (proxy: number) => number;
  /** How much later routes come than clusters and endpoints that were written together with them. */
  readonly routesAfterMillis: number;
  /** Called before it takes something in. */
  readonly beforeMove: () => void;
}

interface News {
  readonly state: number;
  readonly dueMillis: number;
}

/**
 * One proxy's way through what istiod tells. Each part comes in its order; routes never before the clusters and endpoints that were
 * written before them, which in turn may overtake routes by `routesAfterMillis`, as they do on Istio's one stream.
 */
export class ProxyView {
  readonly number: number;
  readonly #options: ProxyViewOptions;
  readonly #waiting: Record<Part, News[]> = { clusters: [], routes: [] };
  /** When it takes in the newest clusters and endpoints; what is written later comes no sooner. */
  #clustersDueMillis = 0;
  #position: Position;
  #timer: { readonly dueMillis: number; readonly cancel: Cancel } | undefined;

  constructor(options: ProxyViewOptions) {
    this.number = options.number;
    this.#options = options;
    this.#position = options.at;
  }

  get position(): Position {
    return this.#position;
  }

  /** Whether it has taken in all that was told. */
  get isUpToDate(): boolean {
    return this.#waiting.clusters.length === 0 && this.#waiting.routes.length === 0;
  }

  hear(part: Part, state: number): void {
    const { clock, lagMillisOf, routesAfterMillis } = this.#options;
    const lag = Math.max(0, lagMillisOf(this.number)) + (part === "routes" ? routesAfterMillis : 0);
    const dueMillis = Math.max(this.#clustersDueMillis, clock.monotonic() + lag);
    if (part === "clusters") this.#clustersDueMillis = dueMillis;
    this.#waiting[part].push({ state, dueMillis });
    this.#wait();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wait(): void {
    const due = Math.min(...this.#heads().map(({ dueMillis }) => dueMillis));
    if (!Number.isFinite(due) || (this.#timer !== undefined && this.#timer.dueMillis <= due)) return;
    this.#timer?.cancel();
    const cancel = this.#options.clock.setTimer(due - this.#options.clock.monotonic(), () => {
      this.#timer = undefined;
      this.#move();
      this.#wait();
    });
    this.#timer = { dueMillis: due, cancel };
  }

  #heads(): readonly News[] {
    return [...this.#waiting.clusters.slice(0, 1), ...this.#waiting.routes.slice(0, 1)];
  }

  #move(): void {
    this.#options.beforeMove();
    this.#position = { clusters: this.#take("clusters"), routes: this.#take("routes") };
  }

  #take(part: Part): number {
    const now = this.#options.clock.monotonic();
    const waiting = this.#waiting[part];
    let reached = this.#position[part];
    while (waiting[0] !== undefined && waiting[0].dueMillis <= now) reached = waiting.shift()?.state ?? reached;
    return reached;
  }
}
