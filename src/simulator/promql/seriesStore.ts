import { byText, type Labels } from "./labels.ts";
import type { Matcher } from "./matcher.ts";
import { Samples } from "./samples.ts";

/** One series, as the engine reads it. */
export interface Series {
  readonly labels: Labels;
  readonly samples: Samples;
}

/** What became of a sample. Only `appended` changed anything; the words are for counting, not for raising. */
export type Appended = "appended" | "repeated" | "duplicate" | "out of order" | "too old" | "too many series";

export interface StoreOptions {
  /** How long samples are kept. */
  readonly retentionMillis: number;
  /** New series beyond this number are refused. */
  readonly maxSeries: number;
}

const DEFAULTS: StoreOptions = { retentionMillis: 2 * 3_600_000, maxSeries: 50_000 };

/** How much of the retention may pass until series without samples are looked for. */
const SWEEPS_PER_RETENTION = 8;

/** Series in memory, found by their labels. Time is what the samples say: the store has no clock. */
export class SeriesStore {
  readonly #options: StoreOptions;
  readonly #series = new Map<string, Series>();
  /** Label name → value → the series that have it. */
  readonly #postings = new Map<string, Map<string, Set<Series>>>();
  #newest = Number.NEGATIVE_INFINITY;
  #swept = Number.NEGATIVE_INFINITY;

  constructor(options: Partial<StoreOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get seriesCount(): number {
    return this.#series.size;
  }

  /** Add one sample. Within a series times must rise, as Prometheus demands. */
  append(labels: Labels, value: number, at: number): Appended {
    const known = this.#series.get(labels.key);
    if (known === undefined && this.#series.size >= this.#options.maxSeries) return "too many series";
    if (at < this.#newest - this.#options.retentionMillis) return "too old";
    const { samples } = known ?? this.#add(labels);
    const refused = refusal(samples, value, at);
    if (refused !== undefined) return refused;
    samples.push(at, value);
    this.#advance(at);
    return "appended";
  }

  /** Say that a series ended: from then on an instant query no longer finds it. */
  markStale(labels: Labels, at: number): void {
    const samples = this.#series.get(labels.key)?.samples;
    if (samples === undefined || at <= (samples.lastTime ?? Number.NEGATIVE_INFINITY)) return;
    if (samples.lastValue !== undefined || samples.length === 0) samples.push(at, undefined);
    this.#advance(at);
  }

  /** Every series that all of the matchers accept, in no promised order. */
  select(matchers: readonly Matcher[]): readonly Series[] {
    const candidates = this.#narrowest(matchers) ?? this.#series.values();
    const found: Series[] = [];
    for (const series of candidates)
      if (matchers.every((matcher) => matcher.matches(series.labels.get(matcher.name)))) found.push(series);
    return found;
  }

  labelNames(): readonly string[] {
    return [...this.#postings.keys()].sort(byText);
  }

  labelValues(name: string): readonly string[] {
    return [...(this.#postings.get(name)?.keys() ?? [])].sort(byText);
  }

  /** The smallest set that an equality, or a regular expression of plain words, lets through. */
  #narrowest(matchers: readonly Matcher[]): Iterable<Series> | undefined {
    let best: Set<Series>[] | undefined;
    let size = Number.POSITIVE_INFINITY;
    for (const { name, words } of matchers) {
      if (words === undefined) continue;
      const sets = words.flatMap((word) => this.#postings.get(name)?.get(word) ?? []);
      const count = sets.reduce((sum, set) => sum + set.size, 0);
      if (count < size) [best, size] = [sets, count];
    }
    return best?.flatMap((set) => [...set]);
  }

  #add(labels: Labels): Series {
    const series = { labels, samples: new Samples() };
    this.#series.set(labels.key, series);
    for (const [name, value] of labels.entries()) {
      const values = this.#postings.get(name) ?? new Map<string, Set<Series>>();
      this.#postings.set(name, values);
      const holders = values.get(value) ?? new Set();
      values.set(value, holders);
      holders.add(series);
    }
    return series;
  }

  #remove(series: Series): void {
    this.#series.delete(series.labels.key);
    for (const [name, value] of series.labels.entries()) {
      const values = this.#postings.get(name);
      const holders = values?.get(value);
      holders?.delete(series);
      if (holders?.size === 0) values?.delete(value);
      if (values?.size === 0) this.#postings.delete(name);
    }
  }

  #advance(at: number): void {
    this.#newest = Math.max(this.#newest, at);
    const { retentionMillis } = this.#options;
    if (this.#newest - this.#swept < retentionMillis / SWEEPS_PER_RETENTION) return;
    this.#swept = this.#newest;
    for (const series of this.#series.values()) {
      series.samples.dropBefore(this.#newest - retentionMillis);
      if (series.samples.length === 0) this.#remove(series);
    }
  }
}

function refusal(samples: Samples, value: number, at: number): Appended | undefined {
  const { lastTime, lastValue } = samples;
  if (lastTime === undefined || at > lastTime) return undefined;
  if (at < lastTime) return "out of order";
  return Object.is(lastValue, value) ? "repeated" : "duplicate";
}
