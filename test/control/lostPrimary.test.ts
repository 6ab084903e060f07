import assert from "node:assert/strict";
import { test } from "node:test";
import { seconds } from "../../src/domain/time.ts";
import { Life } from "../build/life.ts";
import { World } from "../build/world.ts";

/** Somebody deleted the primary while a canary had its first share, and releases something else before it is mended. */
async function lostAt(weight: number): Promise<{ life: Life; world: World }> {
  const world = new World();
  const life = new Life(world);
  await life.pass(seconds(30));
  world.push("v2");
  await life.until(({ weights }) => weights.at(-1) === weight);
  world.deletePrimary();
  world.push("v3");
  return { life, world };
}

test("a primary that was lost is made anew, and takes over when proxies have heard of it", async () => {
  const { life, world } = await lostAt(50);
  await life.pass(seconds(60));
  assert.deepEqual(world.phases.slice(-3), ["Copying", "Adopting", "Steady"]);
  assert.deepEqual(world.weights, [0, 10, 50, 0]);
  assert.equal(world.primary?.revision, "v3");
});

test("one that is made anew and has clients already is not replaced under them", async () => {
  const { life, world } = await lostAt(10);
  await life.pass(seconds(2));
  world.primary?.lose(1, world.now);
  await life.until(({ primary, now }) => primary?.availableFor(seconds(1), now).length === 1);
  assert.equal(world.status.phase.name, "Copying");
  world.push("v4");
  await life.pass(seconds(300));
  assert.deepEqual(world.phases.slice(-8), [
    ...["Copying", "Warming", "Baking 10", "Baking 50", "Baking 100", "Replacing", "Draining", "Steady"],
  ]);
  assert.equal(world.primary?.revision, "v4");
});
