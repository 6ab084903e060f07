import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clusterImage } from "../../src/simulation/clusterImage.ts";
import { endState } from "../../src/simulation/endState.ts";
import type { Replica } from "../../src/simulation/replica.ts";
import type { Moment, Struck } from "../../src/simulation/strikes.ts";
import type { SimWorld } from "../../src/simulation/world.ts";
import type { WriteSeen } from "../../src/simulator/happening.ts";
import { aWorld, phaseIn, release } from "../build/simWorld.ts";

const ROLLOUT_MILLIS = 120_000;

/** Longer than the lease, which is 15 s. */
const LONG_MILLIS = 40_000;

const image = await clusterImage();
const watchesOfTheCluster = await watchesWithoutReplicas();

const initialized = (world: SimWorld): Promise<void> => world.clock.until(() => phaseIn(world) === "Initialized");

const leaderOf = ({ replicas }: SimWorld): Replica | undefined => replicas.find(({ isLeading }) => isLeading);

function replica(world: SimWorld, number = 0): Replica {
  const found = world.replicas[number];
  assert.ok(found !== undefined);
  return found;
}

describe("a replica", () => {
  it("leads alone, and rolls out while the others stand by", async () => {
    const writes: WriteSeen[] = [];
    const world = await aWorld(3, { image, watchers: [{ wrote: (write) => void writes.push(write) }] });
    await initialized(world);
    assert.equal(world.replicas.filter(({ isLeading }) => isLeading).length, 1);
    release(world);
    await world.clock.until(() => phaseIn(world) === "Succeeded");
    const writers = new Set(
      writes.filter(({ kind, user }) => kind !== "Lease" && user.startsWith("serin-")).map(({ user }) => user),
    );
    assert.deepEqual([...writers], [leaderOf(world)?.name]);
    assert.ok(world.replicas.every(({ requests }) => requests > 0));
    await world.stop();
  });

  it("that is killed at any of its writes, sent or not, ends as one that never was", async () => {
    const unhurt = await endOf();
    for (const sort of ["writes", "lease"] as const satisfies Struck[]) {
      for (const moment of ["before it is sent", "before its answer"] as const satisfies Moment[]) {
        for (const nth of [1, 5, 9]) {
          const struck = await endOf({ of: sort, moment, nth });
          assert.equal(struck.starts, 2, `${sort} ${nth} ${moment}: was never hit`);
          assert.equal(struck.end, unhurt.end, `${sort} ${nth} ${moment}`);
        }
      }
    }
  });

  it("that dies before a write is sent has written nothing, and after it took effect has", async () => {
    for (const [moment, count] of [
      ["before it is sent", 0],
      ["before its answer", 1],
    ] as const) {
      const writes: string[] = [];
      const wrote = ({ user, kind, name }: WriteSeen): void => {
        if (user === "serin-0" && kind !== "Lease") writes.push(`${kind} ${name}`);
      };
      const world = await aWorld(0, { image, watchers: [{ wrote }] });
      const only = world.addReplica({ restartMillis: 1_000_000 });
      only.strikes.expect({ kind: "kill", moment }, { of: "writes", nth: 1 });
      only.start();
      await world.clock.advance(30_000);
      assert.equal(writes.length, count, moment);
      assert.equal(only.isAlive, false);
      await world.clock.advance(30_000);
      assert.equal(writes.length, count, "the dead write nothing");
      assert.equal(world.api.watches, watchesOfTheCluster, "and their watches are closed");
      await world.stop();
    }
  });

  it("that stands still for longer than its lease writes nothing that another could contradict", async () => {
    const writes: WriteSeen[] = [];
    const world = await aWorld(2, { image, watchers: [{ wrote: (write) => void writes.push(write) }] });
    await initialized(world);
    const first = leaderOf(world);
    release(world);
    await world.clock.advance(4_000);
    first?.stall(LONG_MILLIS);
    const [before, requests] = [writes.length, first?.requests];
    await world.clock.advance(LONG_MILLIS - 1);
    assert.equal(first?.requests, requests, "who stands still asks nothing");
    const second = leaderOf({ ...world, replicas: world.replicas.filter((one) => one !== first) } as SimWorld);
    assert.ok(second !== undefined, "the other one took over");
    await world.clock.until(() => phaseIn(world) === "Succeeded");
    await world.clock.advance(10_000);
    const late = writes.slice(before).filter(({ user, kind }) => user === first?.name && kind !== "Event");
    assert.deepEqual(
      late.map(({ kind }) => kind),
      [],
    );
    assert.equal(first?.isLeading, false);
    assert.ok((first?.requests ?? 0) > (requests ?? 0), "it goes on afterwards");
    await world.stop();
  });

  it("that was suspended finds its timers as far off as they were", async () => {
    const world = await aWorld(2, { image });
    await initialized(world);
    const first = leaderOf(world);
    first?.suspend(LONG_MILLIS);
    await world.clock.advance(LONG_MILLIS + 5_000);
    assert.equal(world.replicas.filter(({ isLeading }) => isLeading).length, 1);
    assert.notEqual(leaderOf(world), first);
    release(world);
    await world.clock.until(() => phaseIn(world) === "Succeeded");
    await world.stop();
  });

  it("that is told to stop lets go of the lease, so that another begins at once", async () => {
    const world = await aWorld(2, { image });
    await initialized(world);
    const first = leaderOf(world);
    const stopping = first?.stop();
    await world.clock.advance(6_000);
    await stopping;
    assert.equal(first?.isAlive, false);
    assert.notEqual(leaderOf(world), undefined);
    await world.stop();
  });

  it("whose clock is off by minutes rolls out as well as any", async () => {
    const unhurt = await endOf();
    for (const millis of [-180_000, 180_000]) {
      const world = await aWorld(1, { image });
      replica(world).setSkew(millis);
      assert.equal((await rolledOut(world)).end, unhurt.end);
    }
  });

  it("whose clock leaps as it hears of a release rolls it out once it has renewed its lease", async () => {
    const world = await aWorld(1, { image });
    await initialized(world);
    replica(world).setSkew(60_000);
    assert.equal(leaderOf(world), undefined, "for now it cannot know that it leads");
    assert.equal((await rolledOut(world)).starts, 1);
  });
});

async function watchesWithoutReplicas(): Promise<number> {
  const world = await aWorld(0, { image });
  const { watches } = world.api;
  await world.stop();
  return watches;
}

interface Blow {
  readonly of: Struck;
  readonly moment: Moment;
  readonly nth: number;
}

async function endOf(blow?: Blow): Promise<{ readonly end: string; readonly starts: number }> {
  const world = await aWorld(1, { image });
  if (blow !== undefined) replica(world).strikes.expect({ kind: "kill", moment: blow.moment }, blow);
  return rolledOut(world);
}

async function rolledOut(world: SimWorld): Promise<{ readonly end: string; readonly starts: number }> {
  await initialized(world);
  release(world);
  await world.clock.advance(ROLLOUT_MILLIS);
  const end = { end: endState(world.api), starts: replica(world).starts };
  assert.equal(phaseIn(world), "Succeeded");
  await world.stop();
  return end;
}
