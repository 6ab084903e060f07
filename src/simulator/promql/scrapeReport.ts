import { type Labels, METRIC_NAME } from "./labels.ts";
import type { SeriesStore, StoredSeries } from "./seriesStore.ts";

/** How one scrape went. */
export interface ScrapeOutcome {
  readonly isUp: boolean;
  readonly durationSeconds: number;
  /** How many samples the page had, and how many of these were kept. */
  readonly scraped: number;
  readonly kept: number;
  /** How many series the scrape before had not. */
  readonly added: number;
}

export const SCRAPE_METRICS = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
] as const;

/** The series that Prometheus makes itself for each target. */
export class ScrapeReport {
  readonly #store: SeriesStore;
  readonly #labels: readonly Labels[];
  readonly #series: (StoredSeries | undefined)[] = [];

  constructor(own: Labels, store: SeriesStore) {
    this.#store = store;
    this.#labels = SCRAPE_METRICS.map((name) => own.with(METRIC_NAME, name));
  }

  write({ isUp, durationSeconds, scraped, kept, added }: ScrapeOutcome, at: number): void {
    const values = [isUp ? 1 : 0, durationSeconds, scraped, kept, added];
    this.#labels.forEach((labels, index) => {
      const series = this.#series[index] ?? this.#store.refer(labels);
      this.#series[index] = series;
      if (series !== undefined) this.#store.appendTo(series, values[index] ?? 0, at);
    });
  }

  /** The target is no longer there. */
  end(at: number): void {
    for (const labels of this.#labels) this.#store.markStale(labels, at);
  }
}
