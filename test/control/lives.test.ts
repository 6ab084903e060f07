import assert from "node:assert/strict";
import { test } from "node:test";
import { seconds } from "../../src/domain/time.ts";
import { Life } from "../build/life.ts";
import { World } from "../build/world.ts";

async function initialized(prepare: (world: World) => void = () => {}): Promise<{ life: Life; world: World }> {
  const world = new World();
  prepare(world);
  const life = new Life(world);
  await life.pass(seconds(30));
  assert.deepEqual(world.status.phase, { name: "Steady", outcome: "Initialized" });
  return { life, world };
}

test("a good revision is seen at 10, 50 and 100 % and then promoted", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(300));
  assert.deepEqual(world.phases, [
    ...["Copying", "Adopting", "Steady"],
    ...["Warming", "Baking 10", "Baking 50", "Baking 100", "Replacing", "Draining", "Steady"],
  ]);
  assert.deepEqual(world.weights, [0, 10, 50, 100, 0]);
  assert.deepEqual(world.told, [
    "Initialization done! podinfo.test",
    "New revision detected! Scaling up podinfo.test",
    "Starting canary analysis for podinfo.test",
    "Advance podinfo.test canary weight 10",
    "Advance podinfo.test canary weight 50",
    "Advance podinfo.test canary weight 100",
    "Copying podinfo.test template spec to podinfo-primary.test",
    "Routing all traffic to primary",
    "Promotion completed! Scaling down podinfo.test",
  ]);
  assert.equal(world.primary?.revision, "v2");
  assert.equal(world.target?.replicas, 0);
});
