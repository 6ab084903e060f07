import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import { QueryError } from "../promql/errors.ts";
import { DEFAULT_OPTIONS, type EngineOptions } from "../promql/evaluator.ts";
import { METRIC_NAME } from "../promql/labels.ts";
import { evaluate } from "../promql/query.ts";
import { badParameter, type Reply, refusal, renderResult, success } from "../promql/reply.ts";
import { SCRAPE_METRICS } from "../promql/scrapeReport.ts";
import { SeriesStore } from "../promql/seriesStore.ts";
import { DURATION_MILLISECONDS, ISTIO_LABELS, REQUESTS_TOTAL } from "./istioLabels.ts";
import { ParsedQueries } from "./parsedQueries.ts";
import type { PodCounters } from "./podCounters.ts";
import { TARGET_LABELS } from "./scrapedPod.ts";
import { PodScraper, type ScrapeWeather } from "./scraper.ts";
import { askedBy, namesIn } from "./selectors.ts";

export interface MetricsServerOptions {
  readonly clock: Clock;
  /** Drawn from for each new target and each scrape. */
  readonly random: Random;
  /** Of every pod whose proxy is to be scraped, as they come and go. */
  readonly counters: () => readonly PodCounters[];
  readonly weather?: ScrapeWeather;
  /** 5 unless told otherwise. */
  readonly scrapeSeconds?: number;
  /** How long samples are kept; an hour unless told otherwise. See `reachMillis` for what a query needs. */
  readonly retentionMillis?: number;
  readonly engine?: Partial<EngineOptions>;
  /** Shared by all servers of a process unless told otherwise. */
  readonly queries?: ParsedQueries;
}

const HOUR_MILLIS = 3_600_000;
/** Pods times kinds of requests times buckets: far more than any simulated cluster has. */
const MOST_SERIES = 200_000;

const shared = new ParsedQueries();

const EXPORTED: ReadonlySet<string> = new Set([
  REQUESTS_TOTAL,
  ...["bucket", "sum", "count"].map((part) => `${DURATION_MILLISECONDS}_${part}`),
  ...SCRAPE_METRICS,
]);

const LABELS: ReadonlySet<string> = new Set([...ISTIO_LABELS, ...TARGET_LABELS, "le"]);

/** A Prometheus in virtual time, over what the proxies of a simulated mesh count. Answers as the real one does over HTTP. */
export class MetricsServer {
  readonly #store: SeriesStore;
  readonly #scraper: PodScraper;
  readonly #engine: Partial<EngineOptions>;
  readonly #queries: ParsedQueries;

  constructor(options: MetricsServerOptions) {
    const { clock, random, counters, weather, scrapeSeconds = 5, retentionMillis = HOUR_MILLIS, engine } = options;
    const intervalMillis = Math.round(scrapeSeconds * 1000);
    this.#store = new SeriesStore({ retentionMillis, maxSeries: MOST_SERIES });
    this.#scraper = new PodScraper({ store: this.#store, clock, random, counters, weather, intervalMillis });
    this.#engine = { subqueryStepMillis: intervalMillis, ...engine };
    this.#queries = options.queries ?? shared;
  }

  /** Scrapes from now on. */
  start(): void {
    this.#scraper.start();
  }

  /** Scrapes no more, for good, and still answers. */
  stop(): void {
    this.#scraper.stop();
  }

  /** What `/api/v1/query` answers for that moment, in milliseconds since the epoch. Never throws. */
  answer(query: string, atMillis: number): Reply {
    try {
      const parsed = this.#parse(query);
      return success(renderResult(evaluate(parsed, this.#store, { ...this.#engine, at: Math.trunc(atMillis) })));
    } catch (error) {
      return refusal(error);
    }
  }

  /**
   * Metrics that a query names and this world has not, each once: what they are compared with is never there. Throws a
   * `QueryError` for what is no query.
   */
  unknownNames(query: string): readonly string[] {
    const { expression } = this.#queries.get(query);
    const named = askedBy(expression, 0).flatMap(({ selector }) => namesIn(selector));
    return [...new Set(named)].filter((name) => !EXPORTED.has(name));
  }

  /** Labels that a query demands of metrics of this world which these never have, each once. Throws as `unknownNames` does. */
  unknownLabels(query: string): readonly string[] {
    const { expression } = this.#queries.get(query);
    const demanded = askedBy(expression, 0)
      .filter(({ selector }) => namesIn(selector).some((name) => EXPORTED.has(name)))
      .flatMap(({ selector }) => selector.matchers.filter((matcher) => !matcher.matches("")))
      .map(({ name }) => name)
      .filter((name) => name !== METRIC_NAME);
    return [...new Set(demanded)].filter((name) => !LABELS.has(name));
  }

  #parse(query: string): ReturnType<ParsedQueries["get"]> {
    try {
      return this.#queries.get(query);
    } catch (error) {
      throw error instanceof QueryError ? badParameter("query", error.message) : error;
    }
  }
}

/** How far before its moment a query reads, in milliseconds. Throws a `QueryError` for what is no query. */
export function reachMillis(query: string, queries = shared): number {
  const { lookbackMillis } = DEFAULT_OPTIONS;
  const reaches = askedBy(queries.get(query).expression, lookbackMillis).map((asked) => asked.reachMillis);
  return Math.max(0, ...reaches);
}
