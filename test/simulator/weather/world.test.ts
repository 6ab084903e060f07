import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ALL_FAULT_KINDS } from "../../../src/simulator/weather/faults.ts";
import { MOST_JUMP_MILLIS, MOST_SKEW_MILLIS } from "../../../src/simulator/weather/mishaps.ts";
import { CALM_PROXY_LAG_MILLIS, MOST_PROXY_LAG_MILLIS } from "../../../src/simulator/weather/proxies.ts";
import { drawTemper } from "../../../src/simulator/weather/temper.ts";
import { Rig, STORM_MILLIS } from "./rig.ts";

test("proxyLag: changes reach a proxy in their order and within the bound, mostly soon", async () => {
  const bounds = fc.constantFrom(MOST_PROXY_LAG_MILLIS, 900, 20_000);
  const property = fc.asyncProperty(fc.nat(), bounds, async (seed, mostProxyLagMillis) => {
    const rig = new Rig(["proxyLag"], { seed, mostProxyLagMillis });
    const lags: number[] = [];
    for (let last = 0; rig.elapsed < STORM_MILLIS + 10_000; await rig.clock.advance(97)) {
      const lag = rig.weather.proxyLagMillis(0);
      assert.ok(lag > 0 && lag <= mostProxyLagMillis, `${lag}`);
      assert.ok(rig.elapsed + lag >= last, "overtaken");
      last = rig.elapsed + lag;
      lags.push(lag);
    }
    assert.ok(lags.filter((lag) => lag <= 500).length > lags.length / 2);
    assert.equal(lags.at(-1), CALM_PROXY_LAG_MILLIS);
  });
  await fc.assert(property, { numRuns: 6 });
});

test("proxyLag: proxies lag one another, at times by seconds", async () => {
  const rig = new Rig(["proxyLag"], { seed: 1 });
  let most = 0;
  for (; rig.elapsed < STORM_MILLIS; await rig.clock.advance(200)) {
    most = Math.max(most, Math.abs(rig.weather.proxyLagMillis(0) - rig.weather.proxyLagMillis(1)));
  }
  assert.ok(most > 1_500, `${most}`);
  assert.equal(new Rig([]).weather.proxyLagMillis(0), CALM_PROXY_LAG_MILLIS);
});

test("scrapes are missed once, for a stretch of time, or all together with the server", async () => {
  const longest = async (kind: "scrapeMissed" | "scrapeGap" | "metricsOutage") => {
    const rig = new Rig([kind], { seed: 2 });
    let [run, most, missed, others] = [0, 0, 0, 0];
    for (; rig.elapsed < STORM_MILLIS; await rig.clock.advance(1_000)) {
      const isMissed = rig.weather.scrape("a") === "missed";
      if (isMissed && rig.weather.scrape("b") === "missed") others++;
      if (isMissed) missed++;
      run = isMissed ? run + 1 : 0;
      most = Math.max(most, run);
    }
    return { most, missed, others };
  };
  const [missed, gap, outage] = [
    await longest("scrapeMissed"),
    await longest("scrapeGap"),
    await longest("metricsOutage"),
  ];
  assert.ok(missed.missed > 60 && missed.most < 10);
  assert.ok(gap.most >= 10 && gap.others < gap.missed);
  assert.ok(outage.most >= 5 && outage.others === outage.missed);
});

test("queries are refused, answered with 502, not at all, or with nothing", async () => {
  for (const [kind, outcome] of [
    ["queryRefused", "502"],
    ["queryTimeout", "timeout"],
    ["queryEmpty", "empty"],
    ["metricsOutage", "refused"],
  ] as const) {
    const rig = new Rig([kind], { seed: 2 });
    const outcomes = new Set<string>();
    for (; rig.elapsed < STORM_MILLIS; await rig.clock.advance(1_000)) outcomes.add(rig.weather.query("a"));
    assert.deepEqual([...outcomes].sort(), ["ok", outcome].sort());
  }
});

test("replicas stall and are killed at times of their own, some stalls outlast a lease, and all is over with the storm", () => {
  let [longest, shortest] = [0, Number.POSITIVE_INFINITY];
  for (let seed = 0; seed < 30; seed++) {
    const rig = new Rig(["replicaStall", "replicaKill"], { seed });
    const [first, second] = [rig.weather.mishaps("r1"), rig.weather.mishaps("r2")];
    assert.notDeepEqual(
      first.map(({ atMillis }) => atMillis),
      second.map(({ atMillis }) => atMillis),
    );
    assert.deepEqual(rig.weather.mishaps("r1"), first);
    let last = rig.began;
    for (const { kind, atMillis, forMillis } of first) {
      assert.ok(atMillis >= last && atMillis + forMillis <= rig.began + STORM_MILLIS);
      last = atMillis;
      if (kind !== "replicaStall") continue;
      longest = Math.max(longest, forMillis);
      shortest = Math.min(shortest, forMillis);
    }
  }
  assert.ok(longest > 15_000 && shortest < 500);
});

test("killAtRequest: before and after, writes more often than reads, and back when the storm is over", async () => {
  const rig = new Rig(["killAtRequest"]);
  const kills = (method: string) =>
    Array.from({ length: 1_000 }, () => rig.weather.killOnRequest("r1", method)).filter((kill) => kill !== undefined);
  const [writes, reads] = [kills("PATCH"), kills("GET")];
  assert.ok(writes.length > reads.length && reads.length > 0);
  assert.deepEqual([...new Set(writes.map(({ moment }) => moment))].sort(), ["after", "before"]);
  assert.ok(writes.every(({ downMillis }) => downMillis > 0));
  assert.equal(rig.faults.length, writes.length + reads.length);
  await rig.clock.advance(STORM_MILLIS - 1_000);
  const last = kills("PATCH");
  assert.ok(last.length > 0 && last.every(({ downMillis }) => downMillis <= 1_000));
});

test("stallAtRequest: writes more often than reads, some for longer than a lease, and over with the storm", async () => {
  const rig = new Rig(["stallAtRequest"]);
  const stalls = (method: string) =>
    Array.from({ length: 1_000 }, () => rig.weather.stallAtRequest("r1", method)).filter((each) => each !== undefined);
  const [writes, reads] = [stalls("PATCH"), stalls("GET")];
  assert.ok(writes.length > reads.length && reads.length > 0);
  assert.ok(Math.max(...writes) > 15_000 && Math.min(...writes) < 500);
  assert.equal(rig.faults.length, writes.length + reads.length);
  await rig.clock.advance(STORM_MILLIS - 1_000);
  const last = stalls("PATCH");
  assert.ok(last.length > 0 && last.every((millis) => millis <= 1_000));
});

test("machines are suspended, some for longer than a lease, and for no longer than the storm", () => {
  const all = Array.from({ length: 30 }, (_, seed) => new Rig(["replicaSuspend"], { seed })).flatMap((rig) =>
    rig.weather.mishaps("r1").map((mishap) => ({ ...mishap, endsAt: rig.began + STORM_MILLIS })),
  );
  assert.deepEqual([...new Set(all.map(({ kind }) => kind))], ["replicaSuspend"]);
  assert.ok(all.some(({ forMillis }) => forMillis > 15_000));
  assert.ok(all.every(({ atMillis, forMillis, endsAt }) => atMillis + forMillis <= endsAt));
});

test("kinds that are drawn apart change no other draw, and come as often as others", () => {
  const APART: readonly string[] = ["replicaSuspend", "stallAtRequest"];
  let [apart, all] = [0, 0];
  for (let seed = 0; seed < 500; seed++) {
    const [one, other] = [1, 2].map((dice) => drawTemper(seededRandom(seed), seededRandom(seed + dice * 10_000)));
    assert.ok(one !== undefined && other !== undefined);
    assert.equal(one.intensity, other.intensity);
    const rest = [one, other].map(({ kinds }) => kinds.filter((kind) => !APART.includes(kind)));
    if (rest.every(({ length }) => length > 0)) assert.deepEqual(rest[0], rest[1]);
    apart += one.kinds.filter((kind) => APART.includes(kind)).length;
    all += one.kinds.length;
  }
  const expected = APART.length / ALL_FAULT_KINDS.length;
  assert.ok(Math.abs(apart / all - expected) < expected / 3, `${apart} of ${all}`);
});

test("clocks: skewed by little all the time, off by much for a while, right when the storm is over", async () => {
  const skews = async (kind: "clockSkew" | "clockJump", replica: string) => {
    const rig = new Rig([kind], { seed: 2 });
    const seen = new Set<number>();
    for (; rig.elapsed < STORM_MILLIS; await rig.clock.advance(1_000)) seen.add(rig.weather.skewMillis(replica));
    assert.equal(rig.weather.skewMillis(replica), 0);
    return [...seen];
  };
  const [one, two] = [await skews("clockSkew", "r1"), await skews("clockSkew", "r2")];
  assert.equal(one.length, 1);
  assert.notDeepEqual(one, two);
  assert.ok(Math.abs(one[0] ?? 0) <= MOST_SKEW_MILLIS && one[0] !== 0);
  const jumps = await skews("clockJump", "r1");
  assert.ok(jumps.includes(0) && jumps.some((millis) => Math.abs(millis) > MOST_SKEW_MILLIS));
  assert.ok(jumps.every((millis) => Math.abs(millis) <= MOST_JUMP_MILLIS));
});
