import { byText, type Labels, METRIC_NAME } from "./labels.ts";
import type { Matcher } from "./matcher.ts";
import { Samples } from "./samples.ts";

/** One series, as the engine reads it. */
export interface Series {
  readonly labels: Labels;
  readonly samples: Samples;
}

/** A series that the store holds, to be appended to without looking it up. Stays good when the store forgets it meanwhile. */
export class StoredSeries implements Series {
  readonly labels: Labels;
  readonly samples = new Samples();
  isHeld = true;

  constructor(labels: Labels) {
    this.labels = labels;
  }
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
  readonly #series = new Map<string, StoredSeries>();
  /** Label name → value → the series that have it; for the labels that were asked for, as most never are. */
  readonly #postings = new Map<string, Map<string, Set<Series>>>();
  #newest = Number.NEGATIVE_INFINITY;
  #swept = Number.NEGATIVE_INFINITY;

  constructor(options: Partial<StoreOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get seriesCount(): number {
    return this.#series.size;
  }

  /** The series of these labels, new where there was none; undefined where there is no room for another. */
  refer(labels: Labels): StoredSeries | undefined {
    const known = this.#series.get(labels.key);
    if (known !== undefined || this.#series.size >= this.#options.maxSeries) return known;
    const series = new StoredSeries(labels);
    this.#add(series);
    return series;
  }

  /** Add one sample. Within a series times must rise, as Prometheus demands. */
  append(labels: Labels, value: number, at: number): Appended {
    // A sample that is refused makes no series.
    if (this.#isTooOld(at)) return "too old";
    const series = this.refer(labels);
    return series === undefined ? "too many series" : this.appendTo(series, value, at);
  }

  /** The same for a series that `refer` gave. */
  appendTo(series: StoredSeries, value: number, at: number): Appended {
    if (this.#isTooOld(at)) return "too old";
    const refused = refusal(series.samples, value, at);
    if (refused !== undefined) return refused;
    if (!series.isHeld) this.#add(series);
    series.samples.push(at, value);
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
    return [...new Set([...this.#series.values()].flatMap(({ labels }) => labels.names))].sort(byText);
  }

  labelValues(name: string): readonly string[] {
    return [...this.#index(name).keys()].sort(byText);
  }

  /** The smallest set that an equality, or a regular expression of plain words, lets through. */
  #narrowest(matchers: readonly Matcher[]): Iterable<Series> | undefined {
    let best: Set<Series>[] | undefined;
    let size = Number.POSITIVE_INFINITY;
    for (const { name, words } of matchers) {
      if (words === undefined) continue;
      const index = this.#index(name);
      const sets = words.flatMap((word) => index.get(word) ?? []);
      const count = sets.reduce((sum, set) => sum + set.size, 0);
      if (count < size) [best, size] = [sets, count];
    }
    return best?.flatMap((set) => [...set]);
  }

  /** Made when it is first asked for, and kept from then on. */
  #index(name: string): ReadonlyMap<string, Set<Series>> {
    const known = this.#postings.get(name);
    if (known !== undefined) return known;
    const values = new Map<string, Set<Series>>();
    this.#postings.set(name, values);
    for (const series of this.#series.values()) post(values, series, name);
    return values;
  }

  #add(series: StoredSeries): void {
    series.isHeld = true;
    this.#series.set(series.labels.key, series);
    for (const [name, values] of this.#postings) post(values, series, name);
  }

  #remove(series: StoredSeries): void {
    series.isHeld = false;
    this.#series.delete(series.labels.key);
    for (const [name, values] of this.#postings) {
      const value = series.labels.get(name);
      const holders = values.get(value);
      holders?.delete(series);
      if (holders?.size === 0) values.delete(value);
    }
  }

  #isTooOld(at: number): boolean {
    return at < this.#newest - this.#options.retentionMillis;
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

function post(values: Map<string, Set<Series>>, series: Series, name: string): void {
  const value = series.labels.get(name);
  if (value === "") return;
  const holders = values.get(value);
  if (holders === undefined) values.set(value, new Set([series]));
  else holders.add(series);
}

function refusal(samples: Samples, value: number, at: number): Appended | undefined {
  const { lastTime, lastValue } = samples;
  if (lastTime === undefined || at > lastTime) return undefined;
  if (at < lastTime) return "out of order";
  return Object.is(lastValue, value) ? "repeated" : "duplicate";
}

/** The name of a series' metric. */
export const metricName = (series: Series): string => series.labels.get(METRIC_NAME);
