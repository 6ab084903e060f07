import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { silentLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { Reflector } from "../../../src/runtime/reflector.ts";
import { Store } from "../../../src/runtime/store.ts";
import { ALL_FAULT_KINDS, type FaultKind } from "../../../src/simulator/weather/faults.ts";
import { REQUEST_KINDS } from "../../../src/simulator/weather/requests.ts";
import { STREAM_KINDS } from "../../../src/simulator/weather/streamPlan.ts";
import { MAPS, Rig } from "./rig.ts";

const STORM_MILLIS = 240_000;
/** Waits of the reflector's own, Retry-After included, that began in the storm. */
const CALM_MILLIS = 120_000;

/** A production reflector through a storm, while objects come, change and go. Answers what was seen of it on the way. */
async function live(kinds: readonly FaultKind[] | undefined, seed: number) {
  const rig = new Rig(kinds, { seed, stormEndsAtMillis: new Rig([]).began + STORM_MILLIS });
  const { clock, stormy: transport } = rig;
  const [random, store] = [seededRandom(seed + 1), new Store()];
  const backwards: string[] = [];
  store.onChange((key, before, after) => {
    const [old, now] = [before?.metadata, after?.metadata];
    if (old?.uid === now?.uid && Number(now?.resourceVersion) < Number(old?.resourceVersion)) backwards.push(key);
  });
  const common = { clock, transport, store, random, log: silentLog(), kind: "configmaps", path: MAPS, pageSize: 3 };
  const reflector = new Reflector(common);
  reflector.start();
  while (rig.elapsed < STORM_MILLIS) {
    const name = `m${Math.floor(random.next() * 8)}`;
    if (random.next() < 0.3) rig.erase(name);
    else rig.write(name);
    if (random.next() < 0.02) rig.api.compact();
    await clock.advance(random.next() * 4_000);
  }
  await clock.advance(CALM_MILLIS);
  const kept = store.keys().map((key) => store.get(key)?.metadata.resourceVersion);
  const stored = rig.api.all("/configmaps").map(({ metadata }) => metadata.resourceVersion);
  reflector.stop();
  await clock.advance(0);
  return { rig, reflector, backwards, kept: kept.sort(), stored: stored.sort() };
}

test("a production reflector ends equal to the server after any storm, and lets go of everything", async () => {
  const kinds = fc.option(fc.subarray([...ALL_FAULT_KINDS]), { nil: undefined });
  const property = fc.asyncProperty(fc.nat(), kinds, async (seed, some) => {
    const { rig, backwards, kept, stored } = await live(some, seed);
    assert.deepEqual(kept, stored);
    assert.deepEqual(backwards, []);
    assert.equal(rig.api.watches, 0);
    assert.ok(rig.faults.every(({ atMillis }) => atMillis < rig.began + STORM_MILLIS));
  });
  await fc.assert(property, { numRuns: 40 });
});

const READ_KINDS = [...new Set([...REQUEST_KINDS, ...STREAM_KINDS])].filter(
  (kind) => !["resetAfter", "serverErrorAfter", "timeoutAfter", "lateWrite", "conflict", "staleList"].includes(kind),
);

for (const kind of READ_KINDS) {
  test(`${kind} strikes a production reflector, which ends equal to the server`, async () => {
    // A reflector lists once in fine weather: it must be made to list again, for what befalls lists to befall it.
    const kinds: readonly FaultKind[] = STREAM_KINDS.includes(kind) ? [kind] : [kind, "watchGone"];
    const lives = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => live(kinds, seed)));
    assert.ok(lives.some(({ rig }) => rig.faults.some((fault) => fault.kind === kind)));
    assert.ok(lives.every(({ rig }) => rig.faults.every((fault) => kinds.includes(fault.kind))));
    for (const { kept, stored } of lives) assert.deepEqual(kept, stored);
  });
}

test("what a reflector asks for is never stale: it names no version that may be", async () => {
  const { rig } = await live(["staleList"], 1);
  assert.deepEqual(rig.faults, []);
});
