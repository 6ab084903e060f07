import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { autoscalersOf } from "../../src/simulation/autoscaling.ts";
import { clusterImage } from "../../src/simulation/clusterImage.ts";
import { endState } from "../../src/simulation/endState.ts";
import { drawPlan } from "../../src/simulation/plan.ts";
import { NAMESPACE } from "../../src/simulation/users.ts";
import type { SimWorld } from "../../src/simulation/world.ts";
import { numberAt } from "../../src/simulator/api/json.ts";
import { steady } from "../../src/simulator/traffic/shape.ts";
import { aWorld, phaseIn, WEB } from "../build/simWorld.ts";

const SERVICE = `${NAMESPACE}/web`;
const TWO_MINUTES_MILLIS = 120_000;
const AUTOSCALED = {
  ...WEB,
  autoscaling: { of: ["target", "primary"], more: 2, millicores: 100, calmSeconds: 0 },
} as const;

async function autoscaled(ratePerSecond: number): Promise<SimWorld> {
  const client = {
    service: SERVICE,
    gateway: "ingress",
    host: "web.example.com",
    port: 80,
    comes: "once it is served",
    shape: steady(ratePerSecond),
  } as const;
  const world = await aWorld(1, { image: await clusterImage(), clients: [client] });
  world.hands.apply(...autoscalersOf(AUTOSCALED));
  await world.clock.until(() => phaseIn(world) === "Initialized");
  await world.clock.advance(TWO_MINUTES_MILLIS);
  return world;
}

function podsOf({ hands }: SimWorld, name: string): number | undefined {
  const place = { apiVersion: "apps/v1", kind: "Deployment", namespace: NAMESPACE, name };
  return numberAt(hands.find(place), "spec", "replicas");
}

describe("autoscalers of a life", () => {
  it("follow the requests that pods have, and wake nothing that stands at zero", async () => {
    const world = await autoscaled(60);
    assert.deepEqual([podsOf(world, "web"), podsOf(world, "web-primary")], [0, 4]);
    world.traffic.setShape(SERVICE, steady(1));
    await world.clock.advance(TWO_MINUTES_MILLIS);
    assert.deepEqual([podsOf(world, "web"), podsOf(world, "web-primary")], [0, 2]);
    await world.stop();
  });

  it("leave the end of a life as it is, however many pods they made last", async () => {
    const [many, few] = [await autoscaled(60), await autoscaled(1)];
    assert.notEqual(podsOf(many, "web-primary"), podsOf(few, "web-primary"));
    assert.equal(endState(many.api), endState(few.api));
    for (const world of [many, few]) await world.stop();
  });

  it("are drawn for some applications", () => {
    const apps = Array.from({ length: 200 }, (_, seed) => drawPlan(seed)).flatMap((plan) => plan.apps);
    const share = apps.filter(({ autoscaling }) => autoscaling !== undefined).length / apps.length;
    assert.ok(share > 0.1 && share < 0.3, String(share));
  });
});
