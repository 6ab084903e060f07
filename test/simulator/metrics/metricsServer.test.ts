import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../src/runtime/random.ts";
import { MetricsServer, type MetricsServerOptions, reachMillis } from "../../../src/simulator/metrics/metricsServer.ts";
import { settlePromises, VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { aCountingPod, type CountingPod } from "./countingPod.ts";
import { valuesOf, vectorOf } from "./reading.ts";

const BEGIN = Date.UTC(2026, 0, 1);

/** A metrics server that scrapes these pods every 5 s, and one request per pod and second. */
function aServer(pods: CountingPod[], more: Partial<MetricsServerOptions> = {}, seed = 1) {
  const clock = new VirtualClock(BEGIN, settlePromises);
  const metrics = new MetricsServer({ clock, random: seededRandom(seed), counters: () => pods, ...more });
  const run = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      for (const pod of pods) pod.received(200).add(1, 12);
      await clock.advance(1000);
    }
  };
  const ask = (query: string): readonly number[] => valuesOf(metrics.answer(query, clock.now()));
  metrics.start();
  return { clock, metrics, run, ask };
}

describe("the metrics server of a simulated world", () => {
  it("scrapes each pod once per interval, each at its own phase, and gives samples the time at which it began", async () => {
    const pods = ["a", "b", "c"].map((name) => aCountingPod({ name }));
    const { run, ask, metrics, clock } = aServer(pods);
    await run(62);
    assert.deepEqual(ask("count_over_time(istio_requests_total[50s])"), [10, 10, 10]);
    const phases = vectorOf(metrics.answer("timestamp(istio_requests_total) % 5", clock.now()));
    assert.equal(new Set(phases.map(({ value }) => value)).size, 3);
    assert.deepEqual(ask("stddev_over_time(timestamp(up)[50s:5s]) > 15"), []);
  });

  it("has a sample only when the page has come", async () => {
    const pod = aCountingPod();
    const random = { next: () => 0.999 };
    const { clock, metrics, ask } = aServer([pod], { random });
    pod.received(200).add(1, 1);
    // The phase is 4995 ms, and the longest page takes 60 ms.
    await clock.advance(5000);
    assert.deepEqual(ask("up"), []);
    await clock.advance(60);
    assert.deepEqual(ask("timestamp(up)"), [(BEGIN + 4995) / 1000]);
    metrics.stop();
    assert.equal(clock.pending, 0);
  });

  it("tells how fast requests come", async () => {
    const { run, ask } = aServer([aCountingPod()]);
    await run(120);
    assert.ok(Math.abs((ask("sum(rate(istio_requests_total[1m]))")[0] ?? 0) - 1) < 0.05);
    assert.deepEqual(ask("histogram_quantile(0.5, rate(istio_request_duration_milliseconds_bucket[1m]))"), [17.5]);
    assert.deepEqual(ask("count(istio_request_duration_milliseconds_bucket)"), [20]);
    const [mean] = ask(
      "rate(istio_request_duration_milliseconds_sum[1m]) / rate(istio_request_duration_milliseconds_count[1m])",
    );
    assert.equal(mean, 12);
  });

  it("ends the series of a target that is missed, and takes them up again", async () => {
    let isMissed = false;
    const asked: string[] = [];
    const weather = {
      scrape: (target: string) => {
        asked.push(target);
        return isMissed ? ("missed" as const) : ("scraped" as const);
      },
    };
    const { run, ask } = aServer([aCountingPod()], { weather });
    await run(60);
    isMissed = true;
    await run(10);
    assert.deepEqual(ask("up"), [0]);
    assert.deepEqual(ask("istio_requests_total"), []);
    assert.deepEqual(ask("istio_request_duration_milliseconds_count"), []);
    // Prometheus thinks a series on for half a distance of samples, not to the end of the gap.
    const [rate = 0] = ask("sum(rate(istio_requests_total[1m]))");
    assert.ok(rate > 0.8 && rate < 0.9, `${rate}`);
    isMissed = false;
    await run(10);
    assert.deepEqual(ask("up"), [1]);
    assert.ok((ask("istio_requests_total")[0] ?? 0) >= 75);
    assert.deepEqual(new Set(asked), new Set(["test/web-1"]));
    assert.equal(asked.length, 16);
  });

  it("finds none of a pod that does not answer", async () => {
    const pod = aCountingPod();
    const { run, ask } = aServer([pod]);
    pod.isServing = false;
    await run(20);
    assert.deepEqual(ask("up"), [0]);
    assert.deepEqual(ask("istio_requests_total"), []);
  });

  it("takes a proxy that starts again for a reset, not for requests that were taken back", async () => {
    const pod = aCountingPod();
    const { run, ask } = aServer([pod]);
    await run(60);
    pod.restart();
    await run(60);
    assert.deepEqual(ask("resets(istio_requests_total[5m])"), [1]);
    const [rise = 0] = ask("increase(istio_requests_total[2m])");
    assert.ok(rise > 108 && rise <= 120, `${rise} of 120 requests, of which those before the restart may be missed`);
  });

  it("keeps a pod that was replaced in its ranges, and ends its series after two intervals", async () => {
    const pods = [aCountingPod({ name: "old" })];
    const { run, ask } = aServer(pods);
    await run(60);
    pods.splice(0, 1, aCountingPod({ name: "new" }));
    await run(8);
    assert.deepEqual(ask('count(istio_requests_total{pod="old"})'), [1]);
    await run(20);
    assert.deepEqual(ask('istio_requests_total{pod="old"}'), []);
    assert.deepEqual(ask('up{pod="old"}'), []);
    assert.equal(ask("rate(istio_requests_total[1m])").length, 2);
  });

  it("follows a pod that got the address of another", async () => {
    const pods = [aCountingPod({ name: "old", address: "10.0.0.7" })];
    const { run, ask } = aServer(pods);
    await run(20);
    pods.splice(0, 1, aCountingPod({ name: "new", address: "10.0.0.7" }));
    await run(30);
    assert.deepEqual(ask('count(istio_requests_total{pod="new"})'), [1]);
    assert.deepEqual(ask('istio_requests_total{pod="old"}'), []);
  });

  it("keeps no more than its retention", async () => {
    const pods = [aCountingPod({ name: "old" })];
    const { run, ask } = aServer(pods, { retentionMillis: 60_000 });
    await run(30);
    pods.splice(0, 1, aCountingPod({ name: "new" }));
    await run(300);
    assert.deepEqual(ask('count_over_time(istio_requests_total{pod="old"}[10m])'), []);
    const [kept = 0] = ask("count_over_time(istio_requests_total[10m])");
    assert.ok(kept >= 12 && kept <= 14, `${kept} samples in 60 s and an eighth more`);
  });

  it("answers the same for the same seed, and not for others", async () => {
    const answers = async (seed: number): Promise<string> => {
      const pods = ["a", "b"].map((name) => aCountingPod({ name }));
      const { run, metrics, clock } = aServer(pods, {}, seed);
      await run(100);
      return metrics.answer('{job!=""}', clock.now()).body;
    };
    assert.equal(await answers(7), await answers(7));
    assert.notEqual(await answers(7), await answers(8));
  });

  it("refuses what is no query in Prometheus's words, again and again", () => {
    const { metrics, clock } = aServer([]);
    for (let time = 0; time < 2; time++) {
      const { status, body } = metrics.answer("sum(", clock.now());
      assert.equal(status, 400);
      assert.match(body, /"errorType":"bad_data","error":"invalid parameter \\"query\\": 1:5: parse error/);
    }
  });

  it("knows which metrics and labels of a query this world has not", () => {
    const { metrics } = aServer([]);
    const query = `sum(rate(http_requests_total{status="500"}[1m])) / on() sum(rate({__name__=~"istio_requests_total|envoy_x",
      destination_workload="web",response_code!="404",kubernetes_node="n",grpc_response_status="0",nothing=""}[1m] offset 1m))
      + max_over_time(sum(up{job="x"})[5m:1m]) + scalar(istio_request_duration_milliseconds_sum)`;
    assert.deepEqual(metrics.unknownNames(query), ["http_requests_total", "envoy_x"]);
    assert.deepEqual(metrics.unknownLabels(query), ["kubernetes_node", "grpc_response_status"]);
    assert.throws(() => metrics.unknownNames("sum("), /parse error/);
  });
});

describe("the reach of a query", () => {
  const cases: Readonly<Record<string, number>> = {
    "1": 0,
    up: 300_000,
    "rate(up[1m])": 60_000,
    "rate(up[1m] offset 1h)": 3_660_000,
    "max_over_time(rate(up[1m])[10m:30s])": 660_000,
    "max_over_time(up[10m:30s] offset 5m)": 1_200_000,
    "sum(rate(a[2m])) / (sum(rate(b[7m])) > 0)": 420_000,
    "topk(scalar(c), -rate(a[1m]))": 300_000,
  };
  for (const [query, wanted] of Object.entries(cases))
    it(`of ${query} is ${wanted / 1000} s`, () => assert.equal(reachMillis(query), wanted));
});
