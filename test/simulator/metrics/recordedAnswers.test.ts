/** Counters with gaps and resets, scraped in virtual time, and what a real Prometheus answered about the same samples. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { INGRESS, type Reported } from "../../../src/simulator/metrics/istioLabels.ts";
import { MetricsServer } from "../../../src/simulator/metrics/metricsServer.ts";
import type { PodCounters } from "../../../src/simulator/metrics/podCounters.ts";
import { settlePromises, VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { instant } from "../../conformance/metrics/ask.ts";
import { mainDataset, NOW } from "../../conformance/metrics/dataset.ts";
import { vectorIn } from "./reading.ts";

const STEP_MILLIS = 15_000;
const FUNCTIONS = ["rate", "increase", "irate", "delta", "idelta", "changes", "resets", "deriv"];
const QUERIES = [
  ...FUNCTIONS.flatMap((name) => [
    `${name}(resetting_total[5m])`,
    `${name}(gappy_total[2m])`,
    `${name}(young_total[5m])`,
  ]),
  "rate(single_total[5m])",
  "rate(ended_total[5m])",
  "rate(returned_total[5m])",
  "increase(returned_total[3m])",
  "rate(old_total[10m])",
  "count_over_time(ended_total[5m])",
  "count_over_time(returned_total[5m])",
];

const answers = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../golden/promql/answers.json"), "utf8"),
) as Readonly<Record<string, { readonly said: unknown }>>;

/** Every series of the dataset as a workload's pod, which does not answer where the series has no sample. */
function exporters(now: () => number): readonly PodCounters[] {
  return mainDataset()
    .filter(({ labels: { __name__: name = "" } }) => QUERIES.some((query) => query.includes(`(${name}[`)))
    .map(({ labels: { __name__: name = "", kind = "" }, points }, index) => {
      const values = new Map(points.map(({ at, value }) => [at, value]));
      const workload = { name, namespace: kind, app: name, version: "1" };
      const service = { host: name, name, namespace: "test" };
      const reported: Reported = {
        reporter: "destination",
        source: INGRESS,
        destination: workload,
        service,
        code: 200,
        flags: "-",
      };
      const value = () => values.get(Math.floor(now() / STEP_MILLIS) * STEP_MILLIS);
      return {
        pod: { namespace: "test", name: `${name}-${kind}`, address: `10.0.0.${index}`, app: name, version: "1" },
        get isServing() {
          return typeof value() === "number";
        },
        read: () => [{ reported, count: Number(value()), sumMillis: 0, buckets: [] }],
      };
    });
}

describe("counters with gaps and resets, scraped in virtual time", () => {
  it("rise as a real Prometheus says that they do", async () => {
    const begin = Math.min(...mainDataset().flatMap(({ points }) => points.map(({ at }) => at)));
    const clock = new VirtualClock(Math.floor(begin / STEP_MILLIS - 1) * STEP_MILLIS, settlePromises);
    const pods = exporters(() => clock.now());
    // With dice that always fall on 0, scrapes begin at whole intervals, where the samples of the dataset are.
    const random = { next: () => 0 };
    const metrics = new MetricsServer({ clock, random, counters: () => pods, scrapeSeconds: STEP_MILLIS / 1000 });
    metrics.start();
    await clock.advance(NOW + 1000 - clock.now());
    let compared = 0;
    for (const query of QUERIES) {
      const { path, parameters } = instant(query);
      const recorded = answers[`${path} ${JSON.stringify(parameters)}`];
      assert.ok(recorded !== undefined, `${query} is not recorded`);
      const wanted = vectorIn(recorded.said).map(({ metric, value }) => [metric["kind"] ?? "", value] as const);
      const own = query.replace(/\((\w+)\[/, '(istio_requests_total{destination_workload="$1"}[');
      const got = vectorIn(JSON.parse(metrics.answer(own, NOW).body).data).map(
        ({ metric, value }) => [metric["destination_workload_namespace"] ?? "", value] as const,
      );
      assert.deepEqual(new Map(got), new Map(wanted), query);
      compared += got.length;
    }
    assert.ok(compared > QUERIES.length, `${compared} values`);
  });
});
