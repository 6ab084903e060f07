/** Some consecutive samples of one series, oldest first, without stale markers. */
export interface Points {
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly length: number;
}

export const NO_POINTS: Points = { times: [], values: [], length: 0 };

interface Window {
  readonly from: number;
  readonly to: number;
  /** Those without stale markers. */
  readonly rows: readonly number[];
  readonly times: readonly number[];
}

/** How many forgotten rows may stay in front before they are cleared away. */
const MOST_FORGOTTEN = 64;

/**
 * The samples of one series, or of several that always have theirs at the same times: one row for each time, in their
 * order, one column for each series. A stale marker says that the series ended there; it is kept beside the values, since
 * JavaScript does not promise to keep the bits by which Prometheus tells it from another NaN.
 */
export class Timeline {
  readonly width: number;
  // Plain arrays: most series are short, and a typed array costs more to make than those hold.
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  #stale: Set<number> | undefined;
  /** The rows before are forgotten. */
  #start = 0;
  #lastWindow: Window | undefined;

  constructor(width: number) {
    this.width = width;
  }

  get length(): number {
    return this.#times.length - this.#start;
  }

  get lastTime(): number | undefined {
    return this.length === 0 ? undefined : this.#times[this.#times.length - 1];
  }

  /** The value of the last sample; undefined when that is a stale marker. */
  lastValue(column: number): number | undefined {
    const last = this.#times.length - 1;
    return this.length === 0 || this.#isStale(last) ? undefined : this.#values[last * this.width + column];
  }

  /** A row of one value. Times must rise. */
  push(at: number, value: number): void {
    this.#lastWindow = undefined;
    this.#times.push(at);
    this.#values.push(value);
  }

  /** A row of a value for each series. Times must rise. */
  pushRow(at: number, row: ArrayLike<number>): void {
    this.#lastWindow = undefined;
    this.#times.push(at);
    for (let column = 0; column < this.width; column++) this.#values.push(row[column] ?? Number.NaN);
  }

  /** Times must rise, those of stale markers as well. */
  pushStale(at: number): void {
    this.pushRow(at, []);
    this.#stale ??= new Set();
    this.#stale.add(at);
  }

  /** Forget what is older. */
  dropBefore(time: number): void {
    this.#lastWindow = undefined;
    this.#start = this.#firstAtOrAfter(time);
    if (this.#start > MOST_FORGOTTEN && this.#start > this.#times.length / 2) {
      this.#times.splice(0, this.#start);
      this.#values.splice(0, this.#start * this.width);
      this.#start = 0;
    }
    if (this.#stale === undefined) return;
    for (const at of this.#stale) if (at < time) this.#stale.delete(at);
    if (this.#stale.size === 0) this.#stale = undefined;
  }

  /** The newest sample from `from` to `to`, unless that is a stale marker. Both ends belong to it. */
  latest(column: number, from: number, to: number): { readonly at: number; readonly value: number } | undefined {
    const index = this.#firstAtOrAfter(to + 1) - 1;
    const at = this.#times[index] ?? 0;
    if (index < this.#start || at < from || this.#isStale(index)) return undefined;
    return { at, value: this.#values[index * this.width + column] ?? 0 };
  }

  /** All samples from `from` to `to`, both ends included. */
  between(column: number, from: number, to: number): Points {
    const { rows, times } = this.#window(from, to);
    if (rows.length === 0) return NO_POINTS;
    return { times, values: rows.map((row) => this.#values[row * this.width + column] ?? 0), length: rows.length };
  }

  /** Where the samples of a window are. Who asks for one series asks for the others next, which are in the same rows. */
  #window(from: number, to: number): Window {
    const known = this.#lastWindow;
    if (known !== undefined && known.from === from && known.to === to) return known;
    const rows: number[] = [];
    const end = this.#firstAtOrAfter(to + 1);
    for (let row = this.#firstAtOrAfter(from); row < end; row++) if (!this.#isStale(row)) rows.push(row);
    const found = { from, to, rows, times: rows.map((row) => this.#times[row] ?? 0) };
    if (this.width > 1) this.#lastWindow = found;
    return found;
  }

  #isStale(row: number): boolean {
    return this.#stale?.has(this.#times[row] ?? 0) ?? false;
  }

  /** Most questions are about the newest samples, so the search starts at the end and doubles its stride. */
  #firstAtOrAfter(time: number): number {
    let high = this.#times.length;
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
}
