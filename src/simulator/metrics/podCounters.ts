import type { Reported } from "./istioLabels.ts";

/** A pod whose proxy is scraped. */
export interface CountedPod {
  /** Of the scrape configuration that finds it; `kubernetes-pods` unless told otherwise. */
  readonly job?: string;
  readonly namespace: string;
  readonly name: string;
  /** Its address, by which the scraper tells one pod from the next of the same name. */
  readonly address: string;
  readonly app: string;
  readonly version: string;
}

/** Requests of one kind, as a proxy has counted them since it started. */
export interface RequestCount {
  /** The same object at each reading of one kind, which is how a scraper knows it again. */
  readonly reported: Reported;
  readonly count: number;
  /** How long they took together. */
  readonly sumMillis: number;
  /** How many took at most as long as each of Istio's bounds and longer than the one below; the last is for the rest. */
  readonly buckets: readonly number[];
}

/** What one pod's proxy has counted: a sidecar's requests as their destination, a gateway's as their source. */
export interface PodCounters {
  readonly pod: CountedPod;
  /** Whether the proxy answers a scrape. Undefined is yes. */
  readonly isServing?: boolean;
  /**
   * As of now. Numbers rise until the proxy starts again, which begins them at nothing; kinds that it has not counted
   * since its start are left out.
   */
  read(): readonly RequestCount[];
}
