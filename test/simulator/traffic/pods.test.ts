import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RequestCount } from "../../../src/simulator/metrics/podCounters.ts";
import type { PodObject } from "../../../src/simulator/pods/podObject.ts";
import { profileInManifest } from "../../../src/simulator/traffic/profile.ts";
import { scenarioOf } from "../../../src/simulator/traffic/scenarios.ts";
import type { Traffic } from "../../../src/simulator/traffic/traffic.ts";
import { isWithinChance, Rig } from "./rig.ts";

const NO_RETRIES = { retries: { attempts: 0 } };
const AT_ONCE = { lagMillisOf: () => 0, routesAfterMillis: 0 };

function oneVersion(env: Readonly<Record<string, string | number>>, pods = 1, rule: object = NO_RETRIES): Rig {
  const rig = new Rig();
  rig.version("web", pods, env);
  rig.route({ web: 100 }, rule);
  return rig;
}

const readingOf = (traffic: Traffic, name: string): readonly RequestCount[] =>
  traffic
    .counters()
    .find(({ pod }) => pod.name === name)
    ?.read() ?? [];

const sumOf = (counts: readonly RequestCount[], code?: number): number =>
  counts
    .filter(({ reported }) => code === undefined || reported.code === code)
    .reduce((sum, { count }) => sum + count, 0);

describe("a pod's own errors", () => {
  it("are failures, not losses, by their percentage", async () => {
    const rig = oneVersion({ ERROR_PERCENT: 20 }, 2);
    const traffic = rig.begin();
    const { total, failed, lost } = await rig.pass(60);
    assert.ok(isWithinChance(failed, total, 0.2), `${failed} of ${total}`);
    assert.equal(lost, 0);
    const counted = ["web-0", "web-1"].flatMap((name) => readingOf(traffic, name));
    assert.deepEqual([sumOf(counted, 500), sumOf(counted)], [failed, total]);
  });

  it("are tried again where the route says so, at another pod, which counts as well", async () => {
    const rig = new Rig();
    rig.version("web", 1, { ERROR_PERCENT: 100 });
    rig.pod("web-1", "web");
    rig.endpoints("web", ["web-0", "web-1"]);
    rig.route({ web: 100 }, { retries: { attempts: 1, retryOn: "5xx" } });
    const traffic = rig.begin();
    const { total, answered } = await rig.pass(30);
    assert.equal(answered, total);
    assert.equal(sumOf(readingOf(traffic, "web-1")), total);
    assert.ok(isWithinChance(sumOf(readingOf(traffic, "web-0")), total, 0.5));
  });

  it("are tried again at the same pod where there is no other, and no request goes astray", async () => {
    const rig = oneVersion({ ERROR_PERCENT: 50 }, 1, { retries: { attempts: 2, retryOn: "5xx" } });
    const traffic = rig.begin();
    const { total, failed, answered } = await rig.pass(60);
    assert.equal(failed + answered, traffic.sent("shop/web"));
    assert.ok(isWithinChance(failed, total, 1 / 8), `${failed} of ${total}`);
  });

  it("come in clumps for the whole version at once", async () => {
    const rig = oneVersion({ CLUMP_PERCENT: 100, CLUMP_EVERY_SECONDS: 60, CLUMP_SECONDS: 6 }, 3);
    rig.begin({ stretchMillis: 100 });
    const { total, failed } = await rig.pass(600);
    assert.ok(Math.abs(failed / total - 0.1) < 0.01, `${failed} of ${total}`);
    const bad = rig.batches.filter(({ outcome }) => outcome === "failed").map(({ fromMillis }) => fromMillis);
    const good = new Set(
      rig.batches.filter(({ outcome }) => outcome === "answered").map(({ fromMillis }) => fromMillis),
    );
    assert.ok(bad.every((fromMillis) => !good.has(fromMillis)));
  });

  it("leak with the age of the container", async () => {
    const rig = oneVersion({ LEAK_AFTER_SECONDS: 60, LEAK_PERCENT_PER_MINUTE: 10, LEAK_MILLIS_PER_MINUTE: 600 });
    const traffic = rig.begin();
    assert.equal((await rig.pass(60)).failed, 0);
    const second = await rig.pass(60);
    const third = await rig.pass(60);
    assert.ok(isWithinChance(second.failed, second.total, 0.05), `${second.failed} of ${second.total}`);
    assert.ok(isWithinChance(third.failed, third.total, 0.15), `${third.failed} of ${third.total}`);
    const [ok] = readingOf(traffic, "web-0");
    assert.ok((ok?.sumMillis ?? 0) / (ok?.count ?? 1) > 300);
  });

  it("spike once", async () => {
    const rig = oneVersion({ SPIKE_AFTER_SECONDS: 30, SPIKE_SECONDS: 10, SPIKE_PERCENT: 50 });
    rig.begin();
    assert.equal((await rig.pass(30)).failed, 0);
    const spike = await rig.pass(10);
    assert.ok(isWithinChance(spike.failed, spike.total, 0.5));
    assert.equal((await rig.pass(60)).failed, 0);
  });

  it("can be given to a version without a word in its manifest", async () => {
    const rig = oneVersion({});
    rig.begin({ profileOf: (pod) => ({ ...profileInManifest(pod as PodObject), ...scenarioOf("bad").profile }) });
    const { total, failed } = await rig.pass(60);
    assert.ok(isWithinChance(failed, total, 0.2), `${failed} of ${total}`);
  });
});

describe("a pod that goes", () => {
  it("refuses from the moment of its deletion, or serves on as long as it says", async () => {
    for (const [env, served] of [
      [{}, 0],
      [{ SHUTDOWN: "graceful", SHUTDOWN_SECONDS: 4 }, 4],
    ] as const) {
      const rig = oneVersion(env);
      rig.begin(AT_ONCE);
      await rig.pass(1);
      const deletedAt = rig.clock.now();
      const { status } = rig.api.request({
        method: "DELETE",
        path: "/api/v1/namespaces/shop/pods/web-0",
        user: "test",
      });
      assert.ok(status < 300);
      await rig.pass(10);
      const answered = rig.batches.filter(({ outcome }) => outcome === "answered");
      const lost = rig.batches.filter(({ outcome }) => outcome === "lost");
      assert.equal(answered.at(-1)?.toMillis, deletedAt + served * 1000);
      assert.equal(lost[0]?.fromMillis, deletedAt + served * 1000);
    }
  });

  it("takes its counters along: the next of its name begins at nothing", async () => {
    const rig = oneVersion({});
    const traffic = rig.begin(AT_ONCE);
    await rig.pass(10);
    const before = readingOf(traffic, "web-0");
    rig.remove("v1", "Pod", "web-0");
    assert.deepEqual(traffic.counters(), []);
    rig.pod("web-0", "web");
    rig.endpoints("web", ["web-0"]);
    const { total } = await rig.pass(1);
    assert.ok(sumOf(before) > 2000);
    assert.equal(sumOf(readingOf(traffic, "web-0")), total);
  });
});

describe("a program that stops by itself", () => {
  it("crashes at its age, is started again after longer and longer, and its node notices a second later", async () => {
    const rig = oneVersion({ CRASH_AFTER_SECONDS: 20 });
    const said: string[] = [];
    const startedAt = rig.clock.now();
    const at = () => (rig.clock.now() - startedAt) / 1000;
    rig.begin({ ...AT_ONCE, keeper: { setReady: (pod, how) => said.push(`${at()} ${pod.name} ${how}`) } });
    await rig.pass(50);
    const lost = rig.batches.filter(({ outcome }) => outcome === "lost");
    const spans = lost.map(({ fromMillis, toMillis }) => [
      (fromMillis - startedAt) / 1000,
      (toMillis - startedAt) / 1000,
    ]);
    assert.ok(
      spans.every(([from = 0, to = 0]) => (from >= 20 && to <= 21) || (from >= 41 && to <= 43)),
      `${spans}`,
    );
    assert.deepEqual(said, ["21 web-0 unready", "22 web-0 ready", "42 web-0 unready", "44 web-0 ready"]);
  });

  it("flaps: well and refusing in turns", async () => {
    const rig = oneVersion({ FLAP_WELL_SECONDS: 10, FLAP_ILL_SECONDS: 5 });
    const said: string[] = [];
    rig.begin({ ...AT_ONCE, keeper: { setReady: (_, how) => said.push(how) } });
    for (let round = 0; round < 3; round++) {
      assert.equal((await rig.pass(10)).lost, 0);
      const ill = await rig.pass(5);
      assert.equal(ill.lost, ill.total);
    }
    assert.deepEqual(said.slice(0, 4), ["unready", "ready", "unready", "ready"]);
  });
});

describe("a node", () => {
  it("does not notice what is over within a second", async () => {
    const rig = oneVersion({ FLAP_WELL_SECONDS: 10, FLAP_ILL_SECONDS: 0.5 });
    const said: string[] = [];
    rig.begin({ ...AT_ONCE, keeper: { setReady: (_, how) => said.push(how) } });
    const { lost } = await rig.pass(60);
    assert.ok(lost > 500);
    assert.ok(!said.includes("unready"), `${said}`);
  });
});

describe("counters", () => {
  it("carry Istio's labels and put every request in one bucket", async () => {
    const rig = oneVersion({ LATENCY_MILLIS: 60 });
    const traffic = rig.begin();
    const { total } = await rig.pass(30);
    const [pod] = traffic.counters();
    assert.deepEqual(pod?.pod, {
      namespace: "shop",
      name: "web-0",
      address: "10.244.1.1",
      app: "web",
      version: "latest",
    });
    const [count] = pod?.read() ?? [];
    assert.equal(count?.reported.reporter, "destination");
    assert.equal(count?.reported.destination.name, "web");
    assert.equal(count?.reported.service.host, "web.shop.svc.cluster.local");
    assert.equal(count?.count, total);
    assert.equal(
      count?.buckets.reduce((sum, bucket) => sum + bucket, 0),
      total,
    );
    const under100 = (count?.buckets ?? []).slice(0, 7).reduce((sum, bucket) => sum + bucket, 0);
    assert.ok(under100 / total > 0.8 && under100 / total < 0.99, `${under100} of ${total}`);
    const mean = (count?.sumMillis ?? 0) / total;
    assert.ok(mean > 60 && mean < 70, `${mean}`);
    assert.equal(pod?.read()[0]?.reported, count?.reported, "a kind is known again by its labels");
  });

  it("of proxies have the lost ones as well", async () => {
    const rig = oneVersion({});
    rig.service("web-empty");
    rig.route({ web: 50, "web-empty": 50 });
    const traffic = rig.begin();
    const { answered, lost } = await rig.pass(30);
    const counts = traffic.gatewayCounters().flatMap((proxy) => proxy.read());
    const of = (flags: string) =>
      counts.filter(({ reported }) => reported.flags === flags).reduce((sum, { count }) => sum + count, 0);
    assert.deepEqual([of("-"), of("UH")], [answered, lost]);
    assert.ok(lost > 0);
  });

  it("have mirrored requests, which are nobody's", async () => {
    const rig = new Rig();
    rig.version("web-primary", 2);
    rig.version("web-canary", 2, { ERROR_PERCENT: 50 });
    const mirror = { host: "web-canary" };
    rig.route({ "web-primary": 100 }, { mirror, mirrorPercentage: { value: 40 } });
    const traffic = rig.begin();
    const { total, answered, by } = await rig.pass(60);
    assert.equal(answered, total);
    assert.deepEqual(by, { "web-primary": total });
    const copies = ["web-canary-0", "web-canary-1"].flatMap((name) => readingOf(traffic, name));
    assert.ok(isWithinChance(sumOf(copies), total, 0.4), `${sumOf(copies)} of ${total}`);
    assert.ok(isWithinChance(sumOf(copies, 500), sumOf(copies), 0.5));
  });
});
