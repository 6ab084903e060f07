import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clusterImage } from "../../src/simulation/clusterImage.ts";
import { endState } from "../../src/simulation/endState.ts";
import { NAMESPACE, roleOf, USERS } from "../../src/simulation/users.ts";
import type { RequestBatch, WriteSeen } from "../../src/simulator/happening.ts";
import { aWorld, phaseIn, release } from "../build/simWorld.ts";

const image = await clusterImage();

describe("a simulated world", () => {
  it("leaves the image that it began as untouched, so that the next begins as it did", async () => {
    const before = image.version;
    const ends: string[] = [];
    for (let round = 0; round < 2; round++) {
      const world = await aWorld(1, { image });
      await world.clock.until(() => phaseIn(world) === "Initialized");
      ends.push(endState(world.api));
      await world.stop();
    }
    assert.equal(image.version, before);
    assert.deepEqual(image.all("flagger.app/canaries"), []);
    assert.equal(ends[0], ends[1]);
  });

  it("tells its watchers of every write, whoever made it, and of every request", async () => {
    const writes: WriteSeen[] = [];
    const batches: RequestBatch[] = [];
    const client = {
      service: `${NAMESPACE}/web`,
      gateway: "ingress",
      host: "web.example.com",
      port: 80,
      comes: "once it is served",
      shape: { ratePerSecond: 20 },
    } as const;
    const world = await aWorld(1, {
      image,
      clients: [client],
      watchers: [{ wrote: (write) => void writes.push(write), served: (batch) => void batches.push(batch) }],
    });
    await world.clock.until(() => phaseIn(world) === "Initialized");
    release(world);
    await world.clock.until(() => phaseIn(world) === "Succeeded");
    assert.equal(world.writes, writes.length);
    assert.deepEqual(new Set(writes.map(({ user }) => roleOf(user))), new Set(["controller", "cluster", "person"]));
    assert.ok(writes.some(({ user, kind }) => user === USERS.node && kind === "Pod"));
    const times = writes.map(({ atMillis }) => atMillis);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
    assert.ok(batches.length > 0);
    assert.deepEqual(new Set(batches.map(({ outcome }) => outcome)), new Set(["answered"]));
    assert.deepEqual(new Set(batches.map(({ version }) => version)), new Set(["1.0.0", "2.0.0"]));
    await world.stop();
  });

  it("is silent once it is stopped", async () => {
    const world = await aWorld(2, { image });
    await world.clock.until(() => phaseIn(world) === "Initialized");
    await world.stop();
    const { writes } = world;
    await world.clock.advance(600_000);
    assert.equal(world.writes, writes);
    assert.equal(world.api.watches, 0);
  });
});
