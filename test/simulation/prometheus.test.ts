import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Sample } from "../../src/adapters/metrics/sample.ts";
import { instant, millis } from "../../src/domain/time.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import { type QueryWeather, simulatedPrometheus } from "../../src/simulation/prometheus.ts";
import { MetricsServer } from "../../src/simulator/metrics/metricsServer.ts";
import { settlePromises, VirtualClock } from "../../src/simulator/virtualClock.ts";
import { aCountingPod } from "../simulator/metrics/countingPod.ts";

const SERVER = { address: "http://prometheus.istio-system:9090" };
const LONGEST_MILLIS = 400;

/** A client of a metrics server that has scraped one pod for a minute, under weather that a test may change. */
async function aClient() {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1), settlePromises);
  const random = seededRandom(3);
  const pods = [aCountingPod()];
  const metrics = new MetricsServer({ clock, random, counters: () => pods });
  metrics.start();
  for (let second = 0; second < 60; second++) {
    pods[0]?.received(200).add(3, 12);
    pods[0]?.received(500).add(1, 12);
    await clock.advance(1000);
  }
  const now = { outcome: "ok" as ReturnType<QueryWeather["query"]> };
  const asked: string[] = [];
  const weather: QueryWeather = {
    query: (user) => {
      asked.push(user);
      return now.outcome;
    },
  };
  const client = simulatedPrometheus({ metrics, clock, random, weather });
  const ask = async (query: string, signal?: AbortSignal): Promise<Sample> => {
    const sample = client.query(SERVER, query, instant(clock.now()), signal);
    await clock.advance(6000);
    return sample;
  };
  return { clock, client, ask, now, asked };
}

const NO_DATA = { kind: "noData", why: "the query answered no series" };

describe("the metrics server that a simulated engine asks", () => {
  it("answers with what was scraped, after a while", async () => {
    const { clock, client } = await aClient();
    let sample: Sample | undefined;
    const query = 'sum(rate(istio_requests_total{response_code="200"}[1m])) / sum(rate(istio_requests_total[1m]))';
    void client.query(SERVER, query, instant(clock.now())).then((answer) => {
      sample = answer;
    });
    await clock.advance(0);
    assert.equal(sample, undefined);
    await clock.advance(LONGEST_MILLIS);
    assert.deepEqual(sample, { kind: "value", value: 0.75, warnings: [] });
  });

  it("answers as a real one does where there is no number to judge", async () => {
    const { ask } = await aClient();
    assert.deepEqual(await ask("nothing_of_this_world"), NO_DATA);
    assert.match(JSON.stringify(await ask("istio_requests_total")), /answered 2 series where one was meant/);
    assert.match(JSON.stringify(await ask("0 * sum(istio_requests_total) / 0")), /"noData".*NaN/);
    assert.match(JSON.stringify(await ask("sum(istio_requests_total) / 0")), /"unmeasurable".*\+Inf/);
    assert.match(JSON.stringify(await ask("istio_requests_total[1m]")), /ranges of values.*"rejected":true/);
    const refused = await ask("sum(");
    assert.match(JSON.stringify(refused), /the server answered 400: bad_data: invalid parameter .*"rejected":true/);
    assert.match(JSON.stringify(await ask("up + on(x) group_left() {job!=''}")), /the server answered 422: execution/);
  });

  it("fails as the weather has it", async () => {
    const { ask, now, asked } = await aClient();
    now.outcome = "502";
    const bad = { kind: "unmeasurable", why: "the server answered 502: 502 Bad Gateway" };
    assert.deepEqual(await ask("up"), bad);
    now.outcome = "refused";
    const why = "no answer from the metrics server: ECONNREFUSED connect ECONNREFUSED prometheus.istio-system:9090";
    assert.deepEqual(await ask("up"), { kind: "unmeasurable", why });
    now.outcome = "empty";
    assert.deepEqual(await ask("up"), NO_DATA);
    now.outcome = "timeout";
    assert.deepEqual(await ask("up"), { kind: "unmeasurable", why: "no answer within 5s" });
    now.outcome = "ok";
    assert.equal((await ask("up")).kind, "value");
    assert.deepEqual(asked, ["serin", "serin", "serin", "serin", "serin"]);
  });

  it("asks once for the same question, and gives up when nobody waits", async () => {
    const { clock, client, asked } = await aClient();
    const at = instant(clock.now());
    const [one, other] = [new AbortController(), new AbortController()];
    const pending = clock.pending;
    const both = [one, other].map(({ signal }) => client.query(SERVER, "  up ", at, signal));
    assert.deepEqual([asked.length, clock.pending], [1, pending + 1]);
    one.abort();
    assert.match(JSON.stringify(await both[0]), /withdrawn/);
    assert.equal(clock.pending, pending + 1);
    other.abort();
    assert.match(JSON.stringify(await both[1]), /withdrawn/);
    await clock.advance(0);
    assert.equal(clock.pending, pending);
  });

  it("has an address", async () => {
    const { clock, client } = await aClient();
    const sample = await client.query({ address: "prometheus:9090" }, "up", instant(clock.now()));
    assert.match(JSON.stringify(sample), /not an http or https URL.*"rejected":true/);
  });

  it("tells whether it is there", async () => {
    const { clock, client, now } = await aClient();
    const ping = async () => {
      const fault = client.ping(SERVER, instant(clock.now()));
      await clock.advance(6000);
      return fault;
    };
    assert.equal(await ping(), undefined);
    now.outcome = "refused";
    assert.match((await ping()) ?? "", /ECONNREFUSED/);
  });

  it("ends within the deadline that it is given", async () => {
    const clock = new VirtualClock(0, settlePromises);
    const metrics = { answer: () => assert.fail("it was asked") };
    const weather: QueryWeather = { query: () => "timeout" };
    const options = { metrics, clock, random: seededRandom(1), weather, deadline: millis(700) };
    const sample = simulatedPrometheus(options).query(SERVER, "up", instant(0));
    await clock.advance(700);
    assert.deepEqual(await sample, { kind: "unmeasurable", why: "no answer within 700ms" });
  });
});
