import { type Points, Timeline } from "./timeline.ts";

/** The samples of one series, which may share their times with those of others. */
export class Samples {
  readonly #timeline: Timeline;
  readonly #column: number;

  constructor(timeline = new Timeline(1), column = 0) {
    this.#timeline = timeline;
    this.#column = column;
  }

  get length(): number {
    return this.#timeline.length;
  }

  get lastTime(): number | undefined {
    return this.#timeline.lastTime;
  }

  /** The value of the last sample; undefined when that is a stale marker. */
  get lastValue(): number | undefined {
    return this.#timeline.lastValue(this.#column);
  }

  /** Times must rise. An undefined value is a stale marker. Only for a series that shares its times with none. */
  push(at: number, value: number | undefined): void {
    if (value === undefined) this.#timeline.pushStale(at);
    else this.#timeline.push(at, value);
  }

  /** Forget what is older. */
  dropBefore(time: number): void {
    this.#timeline.dropBefore(time);
  }

  /** The newest sample from `from` to `to`, unless that is a stale marker. Both ends belong to it. */
  latest(from: number, to: number): { readonly at: number; readonly value: number } | undefined {
    return this.#timeline.latest(this.#column, from, to);
  }

  /** All samples from `from` to `to`, both ends included. */
  between(from: number, to: number): Points {
    return this.#timeline.between(this.#column, from, to);
  }
}
