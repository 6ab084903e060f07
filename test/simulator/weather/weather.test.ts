import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../src/runtime/random.ts";
import type { Transport } from "../../../src/runtime/transport.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { ALL_FAULT_KINDS, type Fault, type FaultKind } from "../../../src/simulator/weather/faults.ts";
import { drawTemper } from "../../../src/simulator/weather/temper.ts";
import { Weather, type WeatherOptions } from "../../../src/simulator/weather/weather.ts";
import { MAPS, Rig, STORM_MILLIS } from "./rig.ts";

/** A life that meets every kind of weather, from two clients, a proxy, a scraped target and a replica. */
async function tell(seed: number, options: Partial<WeatherOptions> = {}): Promise<readonly Fault[]> {
  const rig = new Rig(undefined, { seed, ...options });
  const { weather, faults } = rig;
  const other = weather.transport(rig.inner, "other");
  for (const mishap of weather.mishaps("replica 1")) {
    rig.clock.setTimer(mishap.atMillis - rig.began, () => weather.struck(mishap));
  }
  while (rig.elapsed < STORM_MILLIS) {
    const name = `m${rig.elapsed % 3}`;
    const body = { data: { at: String(rig.elapsed) } };
    const write = {
      method: "PATCH",
      path: `${MAPS}/${name}`,
      contentType: "application/merge-patch+json",
      body,
    } as const;
    rig.write(name);
    void rig.send(write);
    void other.request({ ...write, timeoutMillis: 3_000 }).catch(() => {});
    rig.watch();
    for (let proxy = 0; proxy < 10; proxy++) weather.proxyLagMillis(proxy);
    weather.scrape("pod a");
    weather.query("replica 1");
    weather.skewMillis("replica 1");
    weather.killOnRequest("replica 1", "PATCH");
    weather.stallAtRequest("replica 1", "PATCH");
    await rig.clock.advance(10_000);
  }
  return faults;
}

test("the same seed tells the same story, another one another", async () => {
  const wild = { kinds: ALL_FAULT_KINDS, intensity: 0.5 };
  const [first, again, other] = [await tell(7, wild), await tell(7, wild), await tell(8, wild)];
  assert.deepEqual(again, first);
  assert.notDeepEqual(other, first);
  const missing = ALL_FAULT_KINDS.filter((kind) => !first.concat(other).some((fault) => fault.kind === kind));
  // Nobody in that life asks for lists that may be stale.
  assert.deepEqual(
    missing.filter((kind) => kind !== "staleList"),
    [],
  );
  assert.equal(new Set(first.map(({ id }) => id)).size, first.length);
});

const WATCH_ONLY: readonly FaultKind[] = ["watchCut", "watchLag", "proxyLag", "replicaKill", "clockSkew"];

test("a kind that is switched off leaves those that do not meet it as they were", async () => {
  const strikes = (faults: readonly Fault[], kind: FaultKind) => faults.filter((fault) => fault.kind === kind);
  const both = await tell(5, { kinds: ["resetBefore", ...WATCH_ONLY], intensity: 1 });
  const fewer = await tell(5, { kinds: WATCH_ONLY, intensity: 1 });
  assert.ok(strikes(both, "resetBefore").length > 0);
  assert.deepEqual(
    both.filter(({ kind }) => kind !== "resetBefore"),
    fewer,
  );
});

test("a fault that is taken away by its id does not strike, and those before it are as they were", async () => {
  const all = await tell(9, { kinds: ALL_FAULT_KINDS, intensity: 0.3 });
  for (const place of [0, 3, Math.floor(all.length / 2)]) {
    const gone = all[place];
    assert.ok(gone !== undefined);
    const fewer = await tell(9, { kinds: ALL_FAULT_KINDS, intensity: 0.3, without: new Set([gone.id]) });
    assert.ok(!fewer.some(({ id }) => id === gone.id));
    assert.deepEqual(fewer.slice(0, place), all.slice(0, place));
  }
  assert.deepEqual(
    await tell(9, { kinds: ALL_FAULT_KINDS, without: new Set(all.map(({ id }) => id)), intensity: 0 }),
    [],
  );
});

test("only kinds that are on strike", async () => {
  for (let seed = 0; seed < 6; seed++) {
    const kinds = ALL_FAULT_KINDS.filter((_, place) => place % 6 === seed);
    const faults = await tell(seed, { kinds, intensity: 1 });
    assert.ok(faults.length > 0);
    assert.deepEqual(
      faults.filter(({ kind }) => !kinds.includes(kind)),
      [],
    );
  }
});

test("lives are calm, of one kind, mixed and wild, and every kind is drawn", () => {
  const tempers = Array.from({ length: 1_000 }, (_, seed) =>
    drawTemper(seededRandom(seed), seededRandom(seed + 1_000)),
  );
  const sizes = tempers.map(({ kinds }) => kinds.length);
  const share = (holds: (size: number) => boolean): number => sizes.filter(holds).length / sizes.length;
  assert.ok(Math.abs(share((size) => size === 0) - 0.1) < 0.04);
  assert.ok(Math.abs(share((size) => size === 1) - 0.2) < 0.05);
  assert.ok(Math.abs(share((size) => size > ALL_FAULT_KINDS.length / 2) - 0.25) < 0.05);
  for (const kind of ALL_FAULT_KINDS) {
    const alone = tempers.filter(({ kinds }) => kinds.length === 1 && kinds[0] === kind);
    assert.ok(alone.length > 0, kind);
  }
  assert.ok(tempers.every(({ intensity }) => intensity > 0 && intensity <= 1));
});

test("as many numbers are taken from the seed, whatever is drawn or asked for", () => {
  const rest = (seed: number, options: Partial<WeatherOptions>): number => {
    const [clock, random] = [new VirtualClock(), seededRandom(seed)];
    new Weather({ clock, random, stormEndsAtMillis: clock.now() + 1_000, ...options });
    return random.next();
  };
  for (let seed = 0; seed < 50; seed++) assert.equal(rest(seed, {}), rest(seed, { kinds: ["watchCut"], intensity: 1 }));
});

test("when the storm is over, every request and every watch is handed to the transport inside as it is", async () => {
  const property = fc.asyncProperty(fc.nat(), async (seed) => {
    const clock = new VirtualClock();
    const random = seededRandom(seed);
    const weather = new Weather({
      clock,
      random,
      stormEndsAtMillis: clock.now() + 60_000,
      kinds: ALL_FAULT_KINDS,
      intensity: 1,
      onFault: () => assert.ok(clock.monotonic() < 60_000),
    });
    const [answers, streams] = [Promise.resolve({ status: 200, body: {} }), (async function* () {})()];
    const inner: Transport = { request: () => answers, watch: () => streams };
    const transport = weather.transport(inner, "a");
    await clock.advance(60_000);
    assert.equal(weather.isOver, true);
    assert.equal(transport.request({ method: "GET", path: MAPS, timeoutMillis: 1 }), answers);
    assert.equal(transport.watch({ path: MAPS, idleTimeoutMillis: 1 }), streams);
    await clock.advance(1_000);
    for (let n = 0; n < 20; n++) {
      assert.equal(weather.proxyLagMillis(n), weather.proxyLagMillis(0));
      assert.equal(weather.scrape(`${n}`), "scraped");
      assert.equal(weather.query(`${n}`), "ok");
      assert.equal(weather.killOnRequest(`${n}`, "PATCH"), undefined);
      assert.equal(weather.skewMillis(`${n}`), 0);
    }
  });
  await fc.assert(property, { numRuns: 20 });
});
