/** What the metrics say of simulated traffic, and what its clients found. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ISTIO_METRICS } from "../../../src/adapters/metrics/builtin.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { MetricsServer } from "../../../src/simulator/metrics/metricsServer.ts";
import { NAMESPACE, Rig } from "../traffic/rig.ts";
import { valuesOf } from "./reading.ts";

const NO_RETRIES = { retries: { attempts: 0 } };

function queryOf(name: keyof typeof ISTIO_METRICS, target: string): string {
  const facts: Readonly<Record<string, string>> = { namespace: NAMESPACE, target, interval: "1m" };
  return ISTIO_METRICS[name].template.replaceAll(/\{\{ (\w+) \}\}/g, (_, fact: string) => facts[fact] ?? "");
}

/** Clients of two versions, of which the new one is worse, and a metrics server that scrapes pods and gateways. */
function aMesh() {
  const rig = new Rig();
  rig.version("web-primary", 2, { ERROR_PERCENT: 1, LATENCY_MILLIS: 8 });
  rig.version("web", 1, { ERROR_PERCENT: 20, LATENCY_MILLIS: 60 });
  rig.route({ "web-primary": 50, web: 50 }, NO_RETRIES);
  const traffic = rig.begin();
  const counters = () => [...traffic.counters(), ...traffic.gatewayCounters()];
  const metrics = new MetricsServer({ clock: rig.clock, random: seededRandom(2), counters });
  metrics.start();
  const ask = (query: string): number => {
    const values = valuesOf(metrics.answer(query, rig.clock.now()));
    assert.equal(values.length, 1, query);
    return values[0] ?? Number.NaN;
  };
  return { rig, ask };
}

describe("the metrics of simulated traffic", () => {
  it("tell versions apart by the controller's own queries", async () => {
    const { rig, ask } = aMesh();
    await rig.pass(90);
    const successes = ["web", "web-primary"].map((target) => ask(queryOf("request-success-rate", target)));
    assert.ok(Math.abs((successes[0] ?? 0) - 80) < 3, `${successes[0]} %`);
    assert.ok(Math.abs((successes[1] ?? 0) - 99) < 1, `${successes[1]} %`);
    const slowest = ["web", "web-primary"].map((target) => ask(queryOf("request-duration", target)));
    assert.ok((slowest[0] ?? 0) > 100 && (slowest[0] ?? 0) < 250, `${slowest[0]} ms`);
    assert.ok((slowest[1] ?? 0) > 10 && (slowest[1] ?? 0) < 25, `${slowest[1]} ms`);
  });

  it("count what clients sent, at both ends of the way", async () => {
    const { rig, ask } = aMesh();
    await rig.pass(60);
    const { total, by } = await rig.pass(60);
    for (const reporter of ["source", "destination"]) {
      const rise = ask(`sum(increase(istio_requests_total{reporter="${reporter}"}[1m]))`);
      assert.ok(Math.abs(rise - total) < 0.05 * total, `${rise} of ${total} by the ${reporter}`);
      const share = ask(
        `sum(rate(istio_requests_total{reporter="${reporter}",destination_workload="web"}[1m]))
          / sum(rate(istio_requests_total{reporter="${reporter}"}[1m]))`,
      );
      assert.ok(Math.abs(share - (by["web"] ?? 0) / total) < 0.02, `${share}`);
    }
  });

  it("show at the source what no pod has answered", async () => {
    const { rig, ask } = aMesh();
    await rig.pass(60);
    rig.remove("v1", "Pod", "web-0");
    const { lost } = await rig.pass(60);
    assert.ok(lost > 1000);
    const rise = ask('sum(increase(istio_requests_total{reporter="source",response_code="503"}[1m]))');
    assert.ok(Math.abs(rise - lost) < 0.1 * lost, `${rise} of ${lost}`);
    const seen = 'sum(increase(istio_requests_total{reporter="destination",destination_workload="web"}[1m]))';
    assert.ok(ask(`${seen} or vector(0)`) < 0.1 * lost);
  });
});
