import type { Clock } from "../../runtime/clock.ts";
import type { EngineOptions } from "../../simulator/promql/evaluator.ts";
import { SeriesStore, type StoreOptions } from "../../simulator/promql/seriesStore.ts";
import { type MetricsServer, startEndpoint } from "./endpoint.ts";
import { httpPage } from "./httpPage.ts";
import { type FetchPage, Scraper, type ScrapeTarget } from "./scraper.ts";

/** A metrics server that scrapes what it is told to, whether it runs in this process or in its own. */
export interface ScrapingServer extends MetricsServer {
  /** From now on these are the targets. */
  follow(targets: readonly ScrapeTarget[]): Promise<void>;
}

export interface EmbeddedOptions {
  readonly clock: Clock;
  readonly intervalMillis: number;
  readonly targets?: readonly ScrapeTarget[];
  /** 0, or nothing: any that is free. */
  readonly port?: number;
  /** Over HTTP unless told otherwise. */
  readonly fetchPage?: FetchPage;
  readonly store?: Partial<StoreOptions>;
  readonly engine?: Partial<EngineOptions>;
}

/** The store, the engine, the endpoint and the scraper in this process. */
export async function startEmbeddedPrometheus(options: EmbeddedOptions): Promise<ScrapingServer> {
  const { clock, intervalMillis, port = 0, fetchPage = httpPage } = options;
  const store = new SeriesStore(options.store);
  let targets = options.targets ?? [];
  const scraper = new Scraper({ store, clock, intervalMillis, targets: () => targets, fetchPage });
  // Prometheus takes its interval of evaluation for subqueries without a step; here that is the one of scraping.
  const engine = { subqueryStepMillis: intervalMillis, ...options.engine };
  const endpoint = await startEndpoint({ store, clock, port, engine, targets: () => scraper.reports() });
  scraper.start();
  return {
    url: endpoint.url,
    follow: async (wanted) => {
      targets = wanted;
    },
    close: async () => {
      scraper.close();
      await endpoint.close();
    },
  };
}
