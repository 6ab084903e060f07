/** Something that Prometheus would scrape, read in process. */
export interface ScrapeTarget {
  /** What a scrape configuration would add to each series, `job` and `instance` among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** In Prometheus' text format. */
  text(): string;
}
