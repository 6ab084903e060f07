import { type Labels, labelsOf, METRIC_NAME } from "../promql/labels.ts";
import { ScrapeReport } from "../promql/scrapeReport.ts";
import type { Member, SeriesGroup } from "../promql/seriesGroup.ts";
import type { SeriesStore, StoredSeries } from "../promql/seriesStore.ts";
import {
  DURATION_BOUNDS_MILLIS,
  DURATION_MILLISECONDS,
  istioLabels,
  REQUESTS_TOTAL,
  type Reported,
} from "./istioLabels.ts";
import type { CountedPod, PodCounters, RequestCount } from "./podCounters.ts";

/** What a sidecar's metrics are merged at, in a pod of Istio. */
const PORT = 15020;
const BOUNDS: readonly string[] = [...DURATION_BOUNDS_MILLIS.map(String), "+Inf"];

/** The series of one histogram. */
const DURATIONS: readonly Member[] = [
  ...BOUNDS.map((bound): Member => ({ name: `${DURATION_MILLISECONDS}_bucket`, own: ["le", bound] })),
  { name: `${DURATION_MILLISECONDS}_sum` },
  { name: `${DURATION_MILLISECONDS}_count` },
];
/** How many series one kind of requests makes. */
const SERIES = DURATIONS.length + 1;

/** All series that requests of one kind make. */
interface Kind {
  readonly total: StoredSeries;
  readonly durations: SeriesGroup;
  /** Number of the last scrape that showed it. */
  shownIn: number;
}

/**
 * One pod's metrics over time, written to the store as a `ScrapedTarget` writes a page that the pod's proxy would print:
 * nothing is printed and read, since that would cost more than all the rest of a simulated life.
 */
export class ScrapedPod {
  /** Where the next page comes from. */
  counters: PodCounters;
  readonly #store: SeriesStore;
  readonly #own: Labels;
  readonly #report: ScrapeReport;
  readonly #kinds = new Map<Reported, Kind>();
  #scrapes = 0;

  constructor(counters: PodCounters, store: SeriesStore) {
    this.counters = counters;
    this.#store = store;
    this.#own = targetLabels(counters.pod);
    this.#report = new ScrapeReport(this.#own, store);
  }

  /** Take in what it has counted, as the answer to the scrape that began at `at`, in milliseconds since the epoch. */
  take(at: number, durationSeconds: number): void {
    const { isServing = true } = this.counters;
    if (isServing) this.#write(this.counters.read(), at, durationSeconds);
    else this.miss(at, durationSeconds);
  }

  /** There was no answer to the scrape that began at `at`: all of its series end there. */
  miss(at: number, durationSeconds: number): void {
    this.#scrapes += 1;
    this.#endUnshown(at);
    this.#report.write({ isUp: false, durationSeconds, scraped: 0, kept: 0, added: 0 }, at);
  }

  /** The pod is no longer there: all of its series end, the report included. */
  end(at: number): void {
    this.#scrapes += 1;
    this.#endUnshown(at);
    this.#report.end(at);
  }

  #write(counts: readonly RequestCount[], at: number, durationSeconds: number): void {
    this.#scrapes += 1;
    let added = 0;
    for (const count of counts) {
      const kind = this.#kindOf(count.reported);
      if (kind === undefined) continue;
      if (kind.shownIn !== this.#scrapes - 1) added += SERIES;
      kind.shownIn = this.#scrapes;
      this.#append(kind, count, at);
    }
    this.#endUnshown(at);
    const scraped = counts.length * SERIES;
    this.#report.write({ isUp: true, durationSeconds, scraped, kept: scraped, added }, at);
  }

  #append({ total, durations }: Kind, { count, sumMillis, buckets }: RequestCount, at: number): void {
    this.#store.appendTo(total, count, at);
    const row: number[] = [];
    let below = 0;
    for (let index = 0; index < BOUNDS.length; index++) {
      below += buckets[index] ?? 0;
      row.push(below);
    }
    row.push(sumMillis, count);
    this.#store.appendRow(durations, row, at);
  }

  #endUnshown(at: number): void {
    for (const kind of this.#kinds.values()) {
      if (kind.shownIn !== this.#scrapes - 1) continue;
      this.#store.markStale(kind.total.labels, at);
      this.#store.markGroupStale(kind.durations, at);
    }
  }

  /** Undefined where the store has no room for it. */
  #kindOf(reported: Reported): Kind | undefined {
    const known = this.#kinds.get(reported);
    if (known !== undefined) return known;
    const labels = labelsOf([...this.#own.entries(), ...Object.entries(istioLabels(reported))]);
    const total = this.#store.refer(labels.with(METRIC_NAME, REQUESTS_TOTAL));
    const durations = this.#store.referGroup(labels, DURATIONS);
    if (total === undefined || durations === undefined) return undefined;
    const kind = { total, durations, shownIn: -1 };
    this.#kinds.set(reported, kind);
    return kind;
  }
}

/** As a scrape configuration for Kubernetes' pods gives them. */
const LABELLED: Readonly<Record<string, (pod: CountedPod) => string>> = {
  job: ({ job = "kubernetes-pods" }) => job,
  instance: ({ address }) => `${address}:${PORT}`,
  namespace: ({ namespace }) => namespace,
  pod: ({ name }) => name,
  app: ({ app }) => app,
  version: ({ version }) => version,
  kubernetes_namespace: ({ namespace }) => namespace,
  kubernetes_pod_name: ({ name }) => name,
};

/** What every series of a pod is labelled with, whatever its proxy says. */
export const TARGET_LABELS: readonly string[] = Object.keys(LABELLED);

const targetLabels = (pod: CountedPod): Labels =>
  labelsOf(Object.entries(LABELLED).map(([name, read]) => [name, read(pod)]));
