import assert from "node:assert/strict";
import { test } from "node:test";
import { isAtRest } from "../../src/domain/phase.ts";
import { seconds } from "../../src/domain/time.ts";
import { type Random, seededRandom } from "../../src/runtime/random.ts";
import { Life } from "../build/life.ts";
import { type Fault, World } from "../build/world.ts";

/** From nothing to the promotion of `v2`, or its failure, with one fault at one write. */
async function aLife(fault: Fault, at: number, sample: number): Promise<World> {
  const world = new World();
  world.sample = { kind: "value", value: sample };
  const life = new Life(world);
  let writes = 0;
  world.fault = () => (++writes === at ? fault : "none");
  await life.pass(seconds(60));
  world.push("v2");
  await life.pass(seconds(600));
  return world;
}

const outcomes: Record<string, number> = { "a promotion": 100, "a rollback": 50 };

for (const [name, sample] of Object.entries(outcomes)) {
  for (const fault of ["crashBefore", "crashAfter", "stale", "down"] as const) {
    test(`${name} goes the same way whichever write meets the fault "${fault}"`, async () => {
      const whole = await aLife("none", 0, sample);
      for (let at = 1; at <= whole.writes; at++) {
        const world = await aLife(fault, at, sample);
        assert.deepEqual(world.phases, whole.phases, `write ${at}`);
        assert.deepEqual(world.weights, whole.weights, `write ${at}`);
        assert.equal(world.primary?.revision, whole.primary?.revision, `write ${at}`);
        assert.equal(world.target?.replicas, 0, `write ${at}`);
      }
    });
  }
}

/** One thing that people, pods or Prometheus do. */
const DEEDS: readonly ((world: World, random: Random) => void)[] = [
  (world, random) => world.push(pick(random, ["v1-old", "v2", "v3", "v4"])),
  (world, random) => world.push(pick(random, ["v2", "v3"])),
  (world, random) => {
    world.sample = pick(random, [
      { kind: "value", value: 100 },
      { kind: "value", value: 100 },
      { kind: "value", value: 50 },
      { kind: "value", value: Number.POSITIVE_INFINITY },
      { kind: "noData", why: "no requests" },
      { kind: "unmeasurable", why: "502" },
    ] as const);
  },
  (world) => world.edit({ suspend: !world.spec.suspend }),
  (world) => world.edit({ skipAnalysis: !world.spec.skipAnalysis }),
  (world, random) => {
    const strategy = {
      kind: "weighted",
      stepWeights: pick(random, [[10, 50, 100], [50], [20, 40, 60]]),
      promotionStepWeight: pick(random, [0, 30]),
    } as const;
    world.edit({ analysis: { ...world.spec.analysis, strategy } });
  },
  (world, random) => void world.broken.add(pick(random, ["podinfo v3", "podinfo-primary v3", "podinfo-primary v4"])),
  (world) => world.target?.lose(1, world.now),
  (world) => world.primary?.lose(1, world.now),
  (world) => world.target?.scale(world.target.replicas === 0 ? 0 : 3, world.now),
  (world) => world.primary?.scale(3, world.now),
  (world) => world.deleteTarget(),
  (world, random) => {
    if (world.target === undefined) world.createTarget(pick(random, ["v1-old", "v2", "v4"]));
  },
];

function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random.next() * items.length)] ?? items[0];
}

function unlucky(random: Random): Fault {
  const dice = random.next();
  return (["crashBefore", "crashAfter", "stale", "down"] as const)[Math.floor(dice * 25)] ?? "none";
}

/** The world is checked against the laws at every write; here, that it comes to rest once it is left alone. */
async function live(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const world = new World();
  const life = new Life(world);
  world.endpointLag = seconds(pick(random, [0, 1, 3, 8]));
  world.fault = () => unlucky(random);
  await life.pass(seconds(20));
  for (let deed = 0; deed < 12; deed++) {
    DEEDS[Math.floor(random.next() * DEEDS.length)]?.(world, random);
    await life.pass(seconds(Math.floor(random.next() ** 2 * 90)));
  }
  world.fault = () => "none";
  if (world.spec.suspend) world.edit({ suspend: false });
  await life.pass(seconds(3600));
  settled(world);
  const { writes } = world;
  await life.pass(seconds(3600));
  assert.equal(world.writes, writes, "law 8: at rest, silence");
  world.deleteCanary();
  await life.pass(seconds(300));
  if (!world.isGone) {
    assert.ok(lacksPods(world), "deletion waits for the target's pods alone");
    assert.ok(world.status.problems.some(({ reason }) => reason === "TargetNotReady"));
    world.broken.clear();
    world.push("v5");
    await life.pass(seconds(300));
  }
  assert.ok(world.isGone, "deletion ends");
}

/** The primary serves with more pods than the target has. */
function lacksPods({ target, primary, now }: World): boolean {
  return (target?.available(now) ?? 0) < (primary?.available(now) ?? 0);
}

function settled({ status, route, primary, target, now }: World): void {
  if (!isAtRest(status.phase)) {
    // A retreat has nowhere to go where no pod of the primary is left.
    assert.equal(status.phase.name, "Retreating", "law 4: everything has an end");
    assert.equal(primary?.available(now) ?? 0, 0, "law 4: everything has an end");
    return;
  }
  assert.equal(route?.canary, status.phase.name === "Stranded" ? 100 : 0);
  if (status.phase.name === "Stranded") {
    const needed = Math.min(target?.replicas ?? 0, primary?.available(now) ?? 0);
    assert.ok((target?.available(now) ?? 0) >= needed, "all traffic is where the pods are");
  }
  if (status.phase.name === "Steady") assert.equal(primary?.revision, status.lastPromotedRevision);
}

const only = process.env["SEED"];
const seeds = only === undefined ? Array.from({ length: 300 }, (_, seed) => seed) : [Number(only)];

test("whatever happens, the laws hold and there is an end", async () => {
  for (const seed of seeds) {
    await live(seed).catch((error: unknown) => {
      throw new Error(`SEED=${seed}`, { cause: error });
    });
  }
});
