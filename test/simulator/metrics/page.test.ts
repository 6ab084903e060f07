/** The same requests, as the playground's pods print them and as the simulator's are read. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ISTIO_METRICS } from "../../../src/adapters/metrics/builtin.ts";
import { PodMetrics } from "../../../src/playground/pods/podMetrics.ts";
import { Scraper, type ScrapeTarget } from "../../../src/playground/prometheus/scraper.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { MetricsServer } from "../../../src/simulator/metrics/metricsServer.ts";
import { ScrapedPod } from "../../../src/simulator/metrics/scrapedPod.ts";
import { parseQuery } from "../../../src/simulator/promql/parse.ts";
import { evaluate } from "../../../src/simulator/promql/query.ts";
import { renderResult, success } from "../../../src/simulator/promql/reply.ts";
import { ScrapedTarget } from "../../../src/simulator/promql/scrape.ts";
import { SeriesStore } from "../../../src/simulator/promql/seriesStore.ts";
import { settlePromises, VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { aCountingPod, type CountingPod } from "./countingPod.ts";
import { valuesOf } from "./reading.ts";

/** One pod twice: it counts for the simulator, and prints for the playground. */
function aPodTwice(workload: string, name: string) {
  const pod = aCountingPod({ workload, name });
  const page = new PodMetrics(pod.workload);
  const served = (code: number, millis: number): void => {
    pod.received(code).add(1, millis);
    page.record({ host: "web.test", code, method: "GET", millis });
  };
  // A sidecar alone: what the program prints of itself is no part of the mesh.
  const text = () =>
    page
      .text()
      .split("\n")
      .filter((line) => line.startsWith("istio_"))
      .join("\n");
  return { pod, served, text };
}

const targetOf = ({ pod: { namespace, name, address, app, version } }: CountingPod): ScrapeTarget => ({
  url: name,
  job: "kubernetes-pods",
  instance: `${address}:15020`,
  honorLabels: true,
  labels: { namespace, pod: name, app, version, kubernetes_namespace: namespace, kubernetes_pod_name: name },
});

/** Every series with its samples, the report on each scrape included. */
const allOf = (store: SeriesStore) =>
  store
    .select([])
    .map(({ labels, samples }) => ({
      labels: labels.toString(),
      last: samples.lastValue ?? "stale",
      values: Array.from(samples.between(0, Number.MAX_SAFE_INTEGER - 1).values),
      times: Array.from(samples.between(0, Number.MAX_SAFE_INTEGER - 1).times),
    }))
    .sort((one, other) => (one.labels < other.labels ? -1 : 1));

describe("a pod that is read", () => {
  it("makes the same series as one whose page is printed, fetched and parsed, through misses and its end", () => {
    const { pod, served, text } = aPodTwice("web", "web-1");
    const [read, printed] = [new SeriesStore(), new SeriesStore()];
    const scraped = new ScrapedPod(pod, read);
    const target = new ScrapedTarget(targetOf(pod), printed);
    const bothSay = (when: string): void => assert.deepEqual(allOf(read), allOf(printed), when);
    const take = (at: number): void => {
      scraped.take(at, 0.25);
      target.record({ kind: "page", text: text(), durationSeconds: 0.25 }, at);
    };
    take(1000);
    bothSay("before the first request");
    for (const millis of [0.2, 7, 7, 30, 400_000_000]) served(200, millis);
    take(2000);
    bothSay("with one code");
    served(503, 3);
    served(200, 25);
    take(3000);
    bothSay("with two");
    scraped.miss(4000, 0.5);
    target.record({ kind: "failure", why: "connection refused", durationSeconds: 0.5 }, 4000);
    bothSay("after a miss");
    served(200, 1);
    take(5000);
    bothSay("after the next page");
    scraped.end(6000);
    target.end(6000);
    bothSay("when it is gone");
    assert.equal(allOf(read).length, 2 * 23 + 5);
  });
});

describe("a mesh in virtual time", () => {
  it("answers the controller's own queries as the playground's Prometheus does, within what sampling allows", async () => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1), settlePromises);
    const random = seededRandom(5);
    const pods = [aPodTwice("web", "web-1"), aPodTwice("web", "web-2"), aPodTwice("web-primary", "web-primary-1")];
    const metrics = new MetricsServer({ clock, random, counters: () => pods.map(({ pod }) => pod) });
    const store = new SeriesStore();
    const scraper = new Scraper({
      store,
      clock,
      intervalMillis: 5000,
      targets: () => pods.map(({ pod }) => targetOf(pod)),
      fetchPage: async ({ url }) => pods.find(({ pod }) => pod.pod.name === url)?.text() ?? "",
    });
    metrics.start();
    scraper.start();
    const found: [number, number][] = [];
    for (let second = 1; second <= 300; second++) {
      for (const { served } of pods)
        for (let request = 0; request < 10; request++)
          served(random.next() < 0.1 ? 500 : 200, 10 + 60 * random.next() ** 2);
      await clock.advance(1000);
      if (second % 30 !== 0 || second < 60) continue;
      for (const [target, { template }] of ["web", "web-primary"].flatMap((name) =>
        Object.values(ISTIO_METRICS).map((metric) => [name, metric] as const),
      )) {
        const facts: Readonly<Record<string, string>> = { namespace: "test", target, interval: "1m" };
        const query = template.replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => facts[name] ?? "");
        const printed = success(renderResult(evaluate(parseQuery(query), store, { at: clock.now() })));
        const [[simulated = Number.NaN], [wanted = Number.NaN]] = [
          valuesOf(metrics.answer(query, clock.now())),
          valuesOf(printed),
        ];
        assert.ok(Math.abs(simulated - wanted) < 0.03 * wanted, `${target}: ${simulated} rather than ${wanted}`);
        found.push([simulated, wanted]);
      }
    }
    metrics.stop();
    scraper.close();
    assert.equal(found.length, 9 * 4);
    assert.ok(
      found.some(([one, other]) => one !== other),
      "no phase differs",
    );
    assert.equal(clock.pending, 0);
  });
});
