import { LabelIndex } from "./labelIndex.ts";
import { byText, type Labels } from "./labels.ts";
import type { Matcher } from "./matcher.ts";
import { Samples } from "./samples.ts";
import { type Member, SeriesGroup } from "./seriesGroup.ts";

/** One series, as the engine reads it. */
export interface Series {
  readonly labels: Labels;
  readonly samples: Samples;
}

/** A series that the store holds, to be appended to without looking it up. Stays good when the store forgets it meanwhile. */
export class StoredSeries implements Series {
  readonly labels: Labels;
  readonly samples: Samples;
  isHeld = true;

  constructor(labels: Labels, samples = new Samples()) {
    this.labels = labels;
    this.samples = samples;
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
  readonly #index = new LabelIndex<StoredSeries>(() => this.#all());
  readonly #groups = new Map<string, SeriesGroup>();
  /** The series of groups that somebody has asked for. */
  readonly #made = new Map<SeriesGroup, readonly StoredSeries[]>();
  /** How many series the groups have, made or not. */
  #groupedCount = 0;
  /** Counts up with each series that comes or goes. */
  #generation = 0;
  /** What was found for whom: the same queries are asked again and again. */
  readonly #selected = new WeakMap<readonly Matcher[], { readonly generation: number; readonly series: Series[] }>();
  #newest = Number.NEGATIVE_INFINITY;
  #swept = Number.NEGATIVE_INFINITY;

  constructor(options: Partial<StoreOptions> = {}) {
    this.#options = { ...DEFAULTS, ...options };
  }

  get seriesCount(): number {
    return this.#series.size + this.#groupedCount;
  }

  /** The series of these labels, new where there was none; undefined where there is no room for another. */
  refer(labels: Labels): StoredSeries | undefined {
    const known = this.#series.get(labels.key);
    if (known !== undefined || this.seriesCount >= this.#options.maxSeries) return known;
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

  /** The group of these labels and members, whose series must be nobody else's; new where there was none; undefined where there is no room for it. */
  referGroup(labels: Labels, members: readonly Member[]): SeriesGroup | undefined {
    const group = new SeriesGroup(labels, members);
    const known = this.#groups.get(group.key);
    if (known !== undefined || this.seriesCount + members.length > this.#options.maxSeries) return known;
    this.#addGroup(group);
    return group;
  }

  /** Add one sample to each series of a group, in the order of its members. */
  appendRow(group: SeriesGroup, values: ArrayLike<number>, at: number): Appended {
    if (this.#isTooOld(at)) return "too old";
    if (at <= (group.timeline.lastTime ?? Number.NEGATIVE_INFINITY)) return "out of order";
    if (!group.isHeld) this.#addGroup(group);
    group.timeline.pushRow(at, values);
    this.#advance(at);
    return "appended";
  }

  /** Say that all series of a group ended. */
  markGroupStale({ timeline }: SeriesGroup, at: number): void {
    if (timeline.length === 0 || at <= (timeline.lastTime ?? at) || timeline.lastValue(0) === undefined) return;
    timeline.pushStale(at);
    this.#advance(at);
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
    for (const group of this.#groups.values())
      if (!this.#made.has(group) && group.mayMatch(matchers)) this.#make(group);
    const known = this.#selected.get(matchers);
    if (known !== undefined && known.generation === this.#generation) return known.series;
    const candidates = this.#index.narrowest(matchers) ?? this.#all();
    const found: Series[] = [];
    for (const series of candidates)
      if (matchers.every((matcher) => matcher.matches(series.labels.get(matcher.name)))) found.push(series);
    this.#selected.set(matchers, { generation: this.#generation, series: found });
    return found;
  }

  labelNames(): readonly string[] {
    this.#makeAll();
    return [...new Set([...this.#all()].flatMap(({ labels }) => labels.names))].sort(byText);
  }

  labelValues(name: string): readonly string[] {
    this.#makeAll();
    return [...this.#index.values(name)].sort(byText);
  }

  #addGroup(group: SeriesGroup): void {
    group.isHeld = true;
    this.#groups.set(group.key, group);
    this.#groupedCount += group.timeline.width;
  }

  #make(group: SeriesGroup): void {
    const made = group.series().map(({ labels, samples }) => new StoredSeries(labels, samples));
    this.#made.set(group, made);
    for (const series of made) this.#index.add(series);
    this.#generation += 1;
  }

  *#all(): Generator<StoredSeries> {
    yield* this.#series.values();
    for (const made of this.#made.values()) yield* made;
  }

  #makeAll(): void {
    for (const group of this.#groups.values()) if (!this.#made.has(group)) this.#make(group);
  }

  #removeGroup(group: SeriesGroup): void {
    group.isHeld = false;
    this.#groups.delete(group.key);
    for (const series of this.#made.get(group) ?? []) this.#index.remove(series);
    this.#made.delete(group);
    this.#groupedCount -= group.timeline.width;
    this.#generation += 1;
  }

  #add(series: StoredSeries): void {
    series.isHeld = true;
    this.#generation += 1;
    this.#series.set(series.labels.key, series);
    this.#index.add(series);
  }

  #remove(series: StoredSeries): void {
    series.isHeld = false;
    this.#generation += 1;
    this.#series.delete(series.labels.key);
    this.#index.remove(series);
  }

  #isTooOld(at: number): boolean {
    return at < this.#newest - this.#options.retentionMillis;
  }

  #advance(at: number): void {
    this.#newest = Math.max(this.#newest, at);
    const { retentionMillis } = this.#options;
    if (this.#newest - this.#swept < retentionMillis / SWEEPS_PER_RETENTION) return;
    this.#swept = this.#newest;
    for (const group of this.#groups.values()) {
      group.timeline.dropBefore(this.#newest - retentionMillis);
      if (group.timeline.length === 0) this.#removeGroup(group);
    }
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
