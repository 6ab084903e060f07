/** How many of the places at the gate one lane may hold, so that a lane that hangs leaves room for the others. */
const LANE_SHARE = 0.75;

/**
 * Lets a bounded number of jobs run at once. Jobs of one lane run in the order they came; lanes take turns. A lane is a
 * server: one that answers nothing for seconds must not keep everyone else's questions waiting.
 */
export class Gate {
  readonly #places: number;
  readonly #placesPerLane: number;
  readonly #running = new Map<string, number>();
  /** Lanes with someone waiting, the one whose turn it is first. */
  readonly #waiting = new Map<string, Set<() => void>>();
  #total = 0;

  constructor(places: number) {
    this.#places = places;
    this.#placesPerLane = Math.max(1, Math.floor(places * LANE_SHARE));
  }

  /** Run `job` when there is room. Rejects with the signal's reason when that fires before its turn. */
  async run<Result>(lane: string, job: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    await this.#enter(lane, signal);
    try {
      return await job();
    } finally {
      this.#leave(lane);
    }
  }

  #enter(lane: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const start = () => {
        signal?.removeEventListener("abort", withdraw);
        resolve();
      };
      const withdraw = () => {
        this.#remove(lane, start);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", withdraw, { once: true });
      this.#waiting.set(lane, (this.#waiting.get(lane) ?? new Set()).add(start));
      this.#admit();
    });
  }

  #leave(lane: string): void {
    this.#total--;
    const left = (this.#running.get(lane) ?? 1) - 1;
    if (left > 0) this.#running.set(lane, left);
    else this.#running.delete(lane);
    this.#admit();
  }

  #admit(): void {
    while (this.#total < this.#places) {
      const lane = [...this.#waiting.keys()].find((key) => (this.#running.get(key) ?? 0) < this.#placesPerLane);
      if (lane === undefined) return;
      const starts = this.#waiting.get(lane) ?? new Set();
      const [start] = starts;
      // Deleted and set again, the lane goes to the end of the line.
      this.#waiting.delete(lane);
      if (start === undefined) continue;
      starts.delete(start);
      if (starts.size > 0) this.#waiting.set(lane, starts);
      this.#total++;
      this.#running.set(lane, (this.#running.get(lane) ?? 0) + 1);
      start();
    }
  }

  #remove(lane: string, start: () => void): void {
    const starts = this.#waiting.get(lane);
    starts?.delete(start);
    if (starts?.size === 0) this.#waiting.delete(lane);
  }
}
