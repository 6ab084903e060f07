import type { Labels } from "./labels.ts";
import type { SeriesGroup } from "./seriesGroup.ts";
import type { SeriesStore } from "./seriesStore.ts";

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

export const SCRAPE_METRICS: readonly string[] = [
  "up",
  "scrape_duration_seconds",
  "scrape_samples_scraped",
  "scrape_samples_post_metric_relabeling",
  "scrape_series_added",
];

const MEMBERS = SCRAPE_METRICS.map((name) => ({ name }));

/** The series that Prometheus makes itself for each target. */
export class ScrapeReport {
  readonly #store: SeriesStore;
  readonly #own: Labels;
  #group: SeriesGroup | undefined;

  constructor(own: Labels, store: SeriesStore) {
    this.#store = store;
    this.#own = own;
  }

  write({ isUp, durationSeconds, scraped, kept, added }: ScrapeOutcome, at: number): void {
    this.#group ??= this.#store.referGroup(this.#own, MEMBERS);
    if (this.#group === undefined) return;
    this.#store.appendRow(this.#group, [isUp ? 1 : 0, durationSeconds, scraped, kept, added], at);
  }

  /** The target is no longer there. */
  end(at: number): void {
    if (this.#group !== undefined) this.#store.markGroupStale(this.#group, at);
  }
}
