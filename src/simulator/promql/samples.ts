/** Some consecutive samples of one series, oldest first, without stale markers. */
export interface Points {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly length: number;
}

const NO_POINTS: Points = { times: [], values: [], length: 0 };

const FIRST_CAPACITY = 16;

/**
 * The samples of one series in the order of their times. A stale marker says that the series ended there; it is kept
 * beside the values, since JavaScript does not promise to keep the bits by which Prometheus tells it from another NaN.
 */
export class Samples {
  #times = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #stale: Set<number> | undefined;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  get lastTime(): number | undefined {
    return this.length === 0 ? undefined : this.#times[this.#end - 1];
  }

  /** The value of the last sample; undefined when that is a stale marker. */
  get lastValue(): number | undefined {
    return this.length === 0 || this.#isStale(this.#end - 1) ? undefined : this.#values[this.#end - 1];
  }

  /** Times must rise. An undefined value is a stale marker. */
  push(at: number, value: number | undefined): void {
    if (this.#end === this.#times.length) this.#makeRoom();
    this.#times[this.#end] = at;
    this.#values[this.#end] = value ?? Number.NaN;
    this.#end++;
    if (value !== undefined) return;
    this.#stale ??= new Set();
    this.#stale.add(at);
  }

  /** Forget what is older. */
  dropBefore(time: number): void {
    this.#start = this.#firstAtOrAfter(time);
    if (this.#stale === undefined) return;
    for (const at of this.#stale) if (at < time) this.#stale.delete(at);
    if (this.#stale.size === 0) this.#stale = undefined;
  }

  /** The newest sample from `from` to `to`, unless that is a stale marker. Both ends belong to it. */
  latest(from: number, to: number): { readonly at: number; readonly value: number } | undefined {
    const index = this.#firstAtOrAfter(to + 1) - 1;
    const at = this.#times[index] ?? 0;
    if (index < this.#start || at < from || this.#isStale(index)) return undefined;
    return { at, value: this.#values[index] ?? 0 };
  }

  /** All samples from `from` to `to`, both ends included. Without stale markers between, nothing is copied. */
  between(from: number, to: number): Points {
    const start = this.#firstAtOrAfter(from);
    const end = this.#firstAtOrAfter(to + 1);
    if (start >= end) return NO_POINTS;
    const times = this.#times.subarray(start, end);
    const values = this.#values.subarray(start, end);
    if (this.#stale === undefined) return { times, values, length: times.length };
    const stale = this.#stale;
    const fresh = values.filter((_, at) => !stale.has(times[at] ?? 0));
    return { times: times.filter((time) => !stale.has(time)), values: fresh, length: fresh.length };
  }

  #isStale(index: number): boolean {
    return this.#stale?.has(this.#times[index] ?? 0) ?? false;
  }

  /** Most questions are about the newest samples, so the search starts at the end and doubles its stride. */
  #firstAtOrAfter(time: number): number {
    let high = this.#end;
    let stride = 1;
    let low = high;
    while (low > this.#start && (this.#times[low - 1] ?? 0) >= time) {
      high = low - 1;
      low = Math.max(this.#start, low - stride);
      stride *= 2;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Move to the front when half of it is free there, else take twice the room. */
  #makeRoom(): void {
    const capacity = this.#start > this.#times.length / 2 ? this.#times.length : this.#times.length * 2;
    const times = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    times.set(this.#times.subarray(this.#start, this.#end));
    values.set(this.#values.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#times = times;
    this.#values = values;
  }
}
