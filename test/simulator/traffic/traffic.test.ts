import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { steady } from "../../../src/simulator/traffic/shape.ts";
import { CLIENT, isWithinChance, NAMESPACE, Rig } from "./rig.ts";

const NO_RETRIES = { retries: { attempts: 0 } };
const REFUSED = "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure";

/** Two versions of two pods each, and all requests to the first. */
function twoVersions(env = {}): Rig {
  const rig = new Rig();
  rig.version("web-primary", 2);
  rig.version("web-canary", 2, env, "2.0.0");
  rig.route({ "web-primary": 100, "web-canary": 0 });
  return rig;
}

describe("shares", () => {
  it("are those of the weights, within chance, and every request is told", async () => {
    const rig = twoVersions();
    rig.route({ "web-primary": 90, "web-canary": 10 });
    const traffic = rig.begin();
    const { total, answered, by } = await rig.pass(200);
    assert.ok(isWithinChance(by["web-canary"] ?? 0, total, 0.1), JSON.stringify(by));
    assert.equal(answered, total);
    assert.equal(traffic.sent("shop/web"), total);
    assert.ok(Math.abs(total - 60_000) < 5 * Math.sqrt(60_000), `${total}`);
  });

  it("go through all proxies alike, and batches last a second", async () => {
    const rig = twoVersions();
    rig.begin({ proxies: 4 });
    const { total } = await rig.pass(50);
    for (const proxy of [0, 1, 2, 3]) {
      const own = rig.batches.filter((batch) => batch.proxy === proxy).reduce((sum, { count }) => sum + count, 0);
      assert.ok(isWithinChance(own, total, 0.25), `${proxy}: ${own} of ${total}`);
    }
    assert.ok(rig.batches.every(({ fromMillis, toMillis }) => toMillis - fromMillis === 1000));
    assert.ok(rig.batches.every(({ version, service }) => version === "1.0.0" && service === "shop/web"));
  });

  it("cost no more batches for many requests than for few", async () => {
    const counts = [10, 1_000_000].map(async (rate) => {
      const rig = twoVersions();
      rig.begin({ clients: [{ ...CLIENT, shape: steady(rate) }] });
      const { total } = await rig.pass(100);
      assert.ok(Math.abs(total - 100 * rate) < 5 * Math.sqrt(100 * rate), `${total}`);
      return rig.batches.length;
    });
    const [few = 0, many = 0] = await Promise.all(counts);
    assert.equal(many, 300);
    assert.ok(few <= many);
  });

  it("are drawn from the seed alone", async () => {
    const told = async (seed: number) => {
      const rig = twoVersions({ ERROR_PERCENT: 20, LATENCY_MILLIS: 30 });
      rig.route({ "web-primary": 50, "web-canary": 50 });
      const traffic = rig.begin({ seed });
      await rig.pass(20);
      return JSON.stringify([rig.batches, traffic.counters().map((pod) => pod.read())]);
    };
    assert.equal(await told(3), await told(3));
    assert.notEqual(await told(3), await told(4));
  });
});

describe("proxies", () => {
  it("obey a change when their own lag is over, and not a millisecond before", async () => {
    const rig = twoVersions();
    const lags = [200, 1500, 4000];
    rig.begin({ lagMillisOf: (proxy) => lags[proxy] ?? 0, routesAfterMillis: 0 });
    await rig.pass(10);
    const changedAt = rig.clock.now();
    rig.route({ "web-primary": 0, "web-canary": 100 });
    await rig.pass(6);
    for (const [proxy, lag] of lags.entries()) {
      const own = rig.batches.filter((batch) => batch.proxy === proxy);
      const old = own.filter(({ workload }) => workload === "shop/web-primary");
      const fresh = own.filter(({ workload }) => workload === "shop/web-canary");
      assert.equal(Math.max(...old.map(({ toMillis }) => toMillis)), changedAt + lag);
      assert.equal(Math.min(...fresh.map(({ fromMillis }) => fromMillis)), changedAt + lag);
    }
  });

  it("take changes in their order, however lags change", async () => {
    const rig = twoVersions();
    let lag = 3000;
    rig.begin({ proxies: 1, lagMillisOf: () => lag, routesAfterMillis: 0 });
    rig.route({ "web-primary": 0, "web-canary": 100 });
    await rig.pass(1);
    lag = 10;
    rig.route({ "web-primary": 100, "web-canary": 0 });
    const { by } = await rig.pass(5);
    assert.deepEqual(Object.keys(by), ["web-primary"], "the later change was not overtaken by the earlier one");
  });

  it("know endpoints before routes that were written after them", async () => {
    const rig = twoVersions();
    rig.begin({ lagMillisOf: () => 700 });
    rig.version("web-new", 1);
    rig.route({ "web-new": 100 });
    const { lost, by } = await rig.pass(3);
    assert.equal(lost, 0);
    assert.deepEqual(Object.keys(by), ["web-primary", "web-new"]);
  });

  it("wait with a route for the endpoints that were written before it, however late those are", async () => {
    const rig = twoVersions();
    let lag = 3000;
    rig.begin({ proxies: 1, lagMillisOf: () => lag });
    rig.version("web-new", 1);
    lag = 10;
    rig.route({ "web-new": 100 });
    const before = await rig.pass(3);
    const after = await rig.pass(3);
    assert.equal(before.lost + after.lost, 0);
    assert.deepEqual([Object.keys(before.by), Object.keys(after.by)], [["web-primary"], ["web-new"]]);
  });

  it("may hear that endpoints are gone before they hear where to send instead", async () => {
    const rig = twoVersions();
    rig.begin({ routesAfterMillis: 500 });
    rig.route({ "web-primary": 0, "web-canary": 100 });
    rig.endpoints("web-primary", []);
    const { lost, why } = await rig.pass(3);
    assert.deepEqual(why, { "no healthy upstream": lost });
    assert.ok(Math.abs(lost - 150) < 5 * Math.sqrt(150), `${lost}`);
  });

  it("take no notice of what changes nothing for them", async () => {
    const rig = twoVersions();
    const traffic = rig.begin();
    rig.setReady("web-primary-0", "True");
    rig.pod("somebody-else", "web-primary");
    rig.service("web-canary", { team: "b" });
    assert.ok(traffic.isUpToDate);
    rig.route({ "web-primary": 50, "web-canary": 50 });
    assert.ok(!traffic.isUpToDate);
    await rig.pass(1);
    assert.ok(traffic.isUpToDate);
  });
});

describe("requests are lost", () => {
  const all = async (rig: Rig, why: string) => {
    rig.begin();
    const { total, lost, why: reasons } = await rig.pass(5);
    assert.ok(total > 0);
    assert.equal(lost, total);
    assert.deepEqual(reasons, { [why]: total });
  };

  it("where a route leads to a Service without ready endpoints: 503, no healthy upstream", async () => {
    const rig = twoVersions();
    rig.service("web-empty");
    rig.route({ "web-empty": 100 });
    await all(rig, "no healthy upstream");
  });

  it("where a route leads to a Service that is not there", async () => {
    const rig = twoVersions();
    rig.route({ "web-nowhere": 100 });
    await all(rig, "no cluster");
  });

  it("where no route has the host", async () => {
    const rig = twoVersions();
    rig.remove("networking.istio.io/v1", "VirtualService", "web");
    await all(rig, "no route");
  });

  it("where a subset has no pods", async () => {
    const rig = twoVersions();
    const subsets = [{ name: "v9", labels: { version: "v9" } }];
    const metadata = { name: "web", namespace: NAMESPACE };
    const apiVersion = "networking.istio.io/v1";
    rig.apply({ apiVersion, kind: "DestinationRule", metadata, spec: { host: "web-primary", subsets } });
    rig.rules([{ route: [{ destination: { host: "web-primary", subset: "v9" } }] }]);
    await all(rig, "no healthy upstream");
  });

  it("where the only pod is gone and its proxy has not heard", async () => {
    const rig = twoVersions();
    rig.endpoints("web-primary", ["web-primary-0"]);
    rig.remove("v1", "Pod", "web-primary-0");
    await all(rig, REFUSED);
  });

  it("where a pod never listened", async () => {
    const rig = new Rig();
    rig.service("web-primary");
    rig.pod("web-primary-0", "web-primary");
    rig.remove("v1", "Pod", "web-primary-0");
    rig.pod("web-primary-0", "web-primary");
    rig.route({ "web-primary": 100 });
    rig.setReady("web-primary-0", "False");
    rig.endpoints("web-primary", ["web-primary-0"]);
    await all(rig, REFUSED);
  });

  it("by the share of the dead pods, where nothing is tried again", async () => {
    const rig = twoVersions();
    rig.route({ "web-primary": 100 }, NO_RETRIES);
    rig.begin();
    await rig.pass(1);
    rig.remove("v1", "Pod", "web-primary-1");
    const { total, lost } = await rig.pass(60);
    assert.ok(isWithinChance(lost, total, 0.5), `${lost} of ${total}`);
  });

  it("not at all where the mesh's own two retries find a living pod", async () => {
    const rig = twoVersions();
    rig.begin();
    rig.remove("v1", "Pod", "web-primary-1");
    const { total, answered } = await rig.pass(60);
    assert.equal(answered, total);
  });

  it("where two retries find no more than dead pods: one in four with three of four dead", async () => {
    const rig = new Rig();
    rig.version("web-primary", 4);
    rig.route({ "web-primary": 100 });
    rig.begin();
    for (const index of [0, 1, 2]) rig.remove("v1", "Pod", `web-primary-${index}`);
    const { total, lost } = await rig.pass(60);
    assert.ok(isWithinChance(lost, total, 1 / 4), `${lost} of ${total}`);
  });

  it("where pods are slower than the route's timeout", async () => {
    const rig = new Rig();
    rig.version("web-primary", 1, { LATENCY_MILLIS: 1000 });
    rig.route({ "web-primary": 100 }, { timeout: "0.1s" });
    const traffic = rig.begin();
    const { total, why } = await rig.pass(10);
    assert.deepEqual(why, { "upstream request timeout": total });
    const counts = traffic.counters().flatMap((pod) => pod.read());
    assert.deepEqual(
      counts.map(({ reported, count }) => [reported.code, reported.flags, count]),
      [[0, "DC", total]],
    );
  });

  it("not by a redirect, an answer of the proxy's own, or a fault that the route asks for", async () => {
    const rig = twoVersions();
    rig.begin({ routesAfterMillis: 0, lagMillisOf: () => 0 });
    rig.rules([{ redirect: { uri: "/new" } }]);
    const redirected = await rig.pass(5);
    rig.rules([{ directResponse: { status: 200 } }]);
    const responded = await rig.pass(5);
    const fault = { abort: { percentage: { value: 30 }, httpStatus: 503 } };
    rig.route({ "web-primary": 100 }, { fault });
    const aborted = await rig.pass(60);
    assert.equal(redirected.answered + responded.answered, redirected.total + responded.total);
    assert.deepEqual([redirected.by, responded.by], [{}, {}]);
    assert.ok(isWithinChance(aborted.failed, aborted.total, 0.3));
    assert.equal(aborted.lost, 0);
    assert.deepEqual(aborted.why, { "fault filter abort": aborted.failed });
  });
});

describe("clients", () => {
  it("that wait for a service come once every proxy has a pod to send them to", async () => {
    const rig = new Rig();
    const lags = [100, 2500];
    const clients = [{ ...CLIENT, comes: "once it is served" as const }];
    rig.begin({ clients, proxies: 2, lagMillisOf: (proxy) => lags[proxy] ?? 0, routesAfterMillis: 0 });
    assert.equal((await rig.pass(5)).total, 0);
    rig.version("web-primary", 1);
    rig.route({ "web-primary": 100 });
    assert.equal((await rig.pass(2)).total, 0);
    const { total, answered } = await rig.pass(10);
    assert.ok(total > 2000);
    assert.equal(answered, total);
  });

  it("in the mesh reach a Service by its name", async () => {
    const rig = new Rig();
    rig.version("web", 1);
    rig.begin({ clients: [{ ...CLIENT, gateway: "mesh", host: "web.shop", port: 9898 }] });
    const { total, by } = await rig.pass(5);
    assert.deepEqual(by, { web: total });
  });

  it("that send several kinds of requests are routed by what they send", async () => {
    const rig = twoVersions();
    const beta = {
      match: [{ headers: { "x-beta": { exact: "yes" } } }],
      route: [{ destination: { host: "web-canary" } }],
    };
    rig.rules([beta, { route: [{ destination: { host: "web-primary" } }] }]);
    const mix = [{ share: 3 }, { share: 1, headers: { "x-beta": "yes" } }];
    rig.begin({ clients: [{ ...CLIENT, mix }] });
    const { total, by } = await rig.pass(60);
    assert.ok(isWithinChance(by["web-canary"] ?? 0, total, 0.25), JSON.stringify(by));
  });

  it("may come at another rate, or stay away", async () => {
    const rig = twoVersions();
    const traffic = rig.begin();
    await rig.pass(1);
    traffic.setShape("shop/web", steady(0));
    assert.equal((await rig.pass(10)).total, 0);
    traffic.setShape("shop/web", steady(1000));
    const { total } = await rig.pass(10);
    assert.ok(Math.abs(total - 10_000) < 5 * 100, `${total}`);
  });

  it("are told of to the millisecond when all stops", async () => {
    const rig = twoVersions();
    const traffic = rig.begin();
    await rig.clock.advance(1500);
    traffic.stop();
    const told = rig.batches.length;
    assert.equal(rig.batches.at(-1)?.toMillis, rig.clock.now());
    await rig.clock.advance(5000);
    assert.equal(rig.batches.length, told);
    assert.equal(rig.clock.pending, 0);
  });
});
