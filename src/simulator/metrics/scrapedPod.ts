import { type Labels, labelsOf, METRIC_NAME } from "../promql/labels.ts";
import { ScrapeReport } from "../promql/scrapeReport.ts";
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
const BUCKET = `${DURATION_MILLISECONDS}_bucket`;
const BOUNDS: readonly string[] = [...DURATION_BOUNDS_MILLIS.map(String), "+Inf"];

/** All series that requests of one kind make. */
interface Kind {
  readonly total: StoredSeries;
  readonly buckets: readonly StoredSeries[];
  readonly sum: StoredSeries;
  readonly count: StoredSeries;
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
      if (kind.shownIn !== this.#scrapes - 1) added += BOUNDS.length + 3;
      kind.shownIn = this.#scrapes;
      this.#append(kind, count, at);
    }
    this.#endUnshown(at);
    const scraped = counts.length * (BOUNDS.length + 3);
    this.#report.write({ isUp: true, durationSeconds, scraped, kept: scraped, added }, at);
  }

  #append({ total, buckets, sum, count }: Kind, counted: RequestCount, at: number): void {
    const store = this.#store;
    store.appendTo(total, counted.count, at);
    let below = 0;
    for (let index = 0; index < buckets.length; index++) {
      const series = buckets[index];
      below += counted.buckets[index] ?? 0;
      if (series !== undefined) store.appendTo(series, below, at);
    }
    store.appendTo(sum, counted.sumMillis, at);
    store.appendTo(count, counted.count, at);
  }

  #endUnshown(at: number): void {
    for (const kind of this.#kinds.values()) {
      if (kind.shownIn !== this.#scrapes - 1) continue;
      for (const { labels } of [kind.total, ...kind.buckets, kind.sum, kind.count]) this.#store.markStale(labels, at);
    }
  }

  /** Undefined where the store has no room for it. */
  #kindOf(reported: Reported): Kind | undefined {
    const known = this.#kinds.get(reported);
    if (known !== undefined) return known;
    const labels = labelsOf([...this.#own.entries(), ...Object.entries(istioLabels(reported))]);
    const refer = (name: string): StoredSeries | undefined => this.#store.refer(labels.with(METRIC_NAME, name));
    const bucket = labels.with(METRIC_NAME, BUCKET).with("le", "0");
    const buckets = BOUNDS.flatMap((bound) => this.#store.refer(bucket.with("le", bound)) ?? []);
    const [total, sum, count] = [REQUESTS_TOTAL, `${DURATION_MILLISECONDS}_sum`, `${DURATION_MILLISECONDS}_count`].map(
      refer,
    );
    if (total === undefined || sum === undefined || count === undefined || buckets.length < BOUNDS.length) return;
    const kind = { total, buckets, sum, count, shownIn: -1 };
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
