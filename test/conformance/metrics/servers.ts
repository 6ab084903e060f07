/** The two that are compared: each with the dataset in it. */

import { usePrometheusBinary, whyNoPrometheusBinary } from "../../../src/playground/prometheus/binary.ts";
import { type MetricsServer, startEndpoint } from "../../../src/playground/prometheus/endpoint.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { labelsOf } from "../../../src/simulator/promql/labels.ts";
import { SeriesStore } from "../../../src/simulator/promql/seriesStore.ts";
import type { Dataset } from "./dataset.ts";
import { remoteWrite } from "./remoteWrite.ts";

export interface FedServer extends MetricsServer {
  /** Take in more; for each series, times must rise. */
  feed(dataset: Dataset): Promise<void>;
}

export type MakeServer = () => Promise<FedServer>;

export const whyNoRealServer = whyNoPrometheusBinary;

export async function embeddedServer(): Promise<FedServer> {
  const store = new SeriesStore();
  const endpoint = await startEndpoint({ store, clock: systemClock() });
  const feed = async (dataset: Dataset): Promise<void> => {
    for (const { labels, points } of dataset) {
      const key = labelsOf(Object.entries(labels));
      for (const { at, value } of points)
        if (value === "stale") store.markStale(key, at);
        else store.append(key, value, at);
    }
  };
  return { ...endpoint, feed };
}

export async function realServer(): Promise<FedServer> {
  const flags = ["--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=100y"];
  const server = await usePrometheusBinary({ intervalMillis: 60_000, flags });
  return { ...server, feed: (dataset) => remoteWrite(server.url, dataset) };
}
