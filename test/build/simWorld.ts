/** A small simulated world with one application, whose new version is good. */
import type { PrometheusClient } from "../../src/adapters/metrics/prometheus.ts";
import type { Sample } from "../../src/adapters/metrics/sample.ts";
import type { KubeObject } from "../../src/runtime/transport.ts";
import type { AppPlan } from "../../src/simulation/app.ts";
import { FIRST } from "../../src/simulation/author.ts";
import { found, perform } from "../../src/simulation/deeds.ts";
import { NAMESPACE } from "../../src/simulation/users.ts";
import { SimWorld, type SimWorldOptions } from "../../src/simulation/world.ts";
import { textAt } from "../../src/simulator/api/json.ts";

export const WEB: AppPlan = {
  name: "web",
  replicas: 2,
  startSeconds: 1,
  shutdownSeconds: 0,
  maxSurge: "25%",
  maxUnavailable: "25%",
  hasConfig: false,
  hasEntrance: true,
  crowds: [],
  canary: {
    intervalSeconds: 5,
    threshold: 2,
    progressDeadlineSeconds: 60,
    steps: { stepWeights: [50] },
    skipAnalysis: false,
    revertOnDeletion: true,
  },
};

/** A metrics server that finds everything well, at once. */
export const ALL_IS_WELL: PrometheusClient = {
  query: async (): Promise<Sample> => ({ kind: "value", value: 100, warnings: [] }),
  ping: async () => undefined,
  close: () => {},
};

/** A world whose application was just applied, and so many replicas of the controller, all started. */
export async function aWorld(replicas: number, options: Omit<SimWorldOptions, "seed">): Promise<SimWorld> {
  const world = new SimWorld({ seed: 1, prometheus: ALL_IS_WELL, ...options });
  await world.start();
  for (let number = 0; number < replicas; number++) world.addReplica().start();
  found(WEB, FIRST, world);
  return world;
}

/** The next version of the application. */
export function release(world: SimWorld, tag = "2.0.0"): void {
  perform({ id: tag, atMillis: 0, app: WEB, act: { kind: "release", tag, fate: "good" } }, world);
}

export function canaryIn(world: SimWorld): KubeObject | undefined {
  return world.hands.find({ apiVersion: "flagger.app/v1beta1", kind: "Canary", namespace: NAMESPACE, name: WEB.name });
}

export const phaseIn = (world: SimWorld): string | undefined => textAt(canaryIn(world), "status", "phase");
