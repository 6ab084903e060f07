/** Deployments, by ReplicaSets (as documented for Kubernetes, and as pkg/controller/deployment does it). */
import type { KubeObject } from "../../../runtime/transport.ts";
import type { WorkQueue } from "../../../runtime/workQueue.ts";
import { at, objectAt, textAt } from "../../api/json.ts";
import { controllerOf } from "../cached.ts";
import {
  type Controller,
  controllerOver,
  isBeingDeleted,
  namespaceOf,
  timestamp,
  type World,
  workQueue,
} from "../world.ts";
import { conditionOf, conditionsOf, REASONS } from "./conditions.ts";
import { isScaled, scaleSets } from "./proportion.ts";
import { Rollout } from "./rollout.ts";
import { active, countOf, sum } from "./sets.ts";
import { resizeNewest, shrinkOld } from "./sizes.ts";
import { countedStatus, deadlineIn, isComplete, rolloutStatus, type Status } from "./status.ts";

export function deploymentController(world: World): Controller {
  const { deployments, replicaSets, pods } = world.kinds;
  const queue: WorkQueue = workQueue(world, "deployment", async (key) => {
    const deployment = deployments.store.get(key);
    if (deployment !== undefined) await sync(world, deployment, queue);
  });
  deployments.store.onChange((key) => queue.add(key));
  replicaSets.store.onChange((_, before, after) => {
    for (const set of [before, after]) {
      if (set !== undefined) for (const key of concerned(world, set)) queue.add(key);
    }
  });
  // Recreate waits for the last of the old pods, of which the ReplicaSets know nothing once they are told to end.
  pods.store.onChange((_, before, after) => {
    if (before === undefined || after !== undefined) return;
    const set = replicaSets.find(namespaceOf(before), controllerOf(before)?.name ?? "");
    const deployment = set && deployments.find(namespaceOf(set), controllerOf(set)?.name ?? "");
    if (deployment !== undefined && isRecreate(deployment)) queue.add(keyFor(deployment));
  });
  return controllerOver(queue);
}

const keyFor = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

const isRecreate = (deployment: KubeObject): boolean => textAt(deployment, "spec", "strategy", "type") === "Recreate";

/** The Deployment that a ReplicaSet belongs to, or those that might adopt it. */
function concerned(world: World, set: KubeObject): readonly string[] {
  const owner = controllerOf(set);
  const namespace = namespaceOf(set);
  if (owner !== undefined) return owner.kind === "Deployment" ? [`${namespace}/${owner.name}`] : [];
  return world.kinds.deployments.allIn(namespace).map(keyFor);
}

async function sync(world: World, deployment: KubeObject, queue: WorkQueue): Promise<void> {
  const key = keyFor(deployment);
  if (isForAll(deployment)) return;
  const rollout = await Rollout.of(world, deployment);
  const isEnding = isBeingDeleted(deployment);
  if (!isEnding) await tellPause(rollout);
  if (isEnding) {
    await rollout.writeStatus(countedStatus(rollout.deployment, rollout.sets, timestamp(world)));
    return;
  }
  await rollout.syncRevision();
  const { spec } = rollout;
  if (spec.isPaused || isScaled(spec, rollout.sets)) return scale(world, rollout);
  const status = await (spec.strategy === "Recreate" ? recreate(world, rollout) : roll(world, rollout));
  const delay = deadlineIn(rollout.deployment, status, world.clock.now());
  if (delay !== undefined) queue.addAfter(key, delay);
}

/** An empty selector would take everything: Kubernetes leaves such a Deployment alone. */
function isForAll(deployment: KubeObject): boolean {
  const selector = objectAt(deployment, "spec", "selector") ?? {};
  return Object.values(selector).every((part) => typeof part !== "object" || Object.keys(part ?? {}).length === 0);
}

/** While a Deployment rests, and once it no longer does, its deadline does not run. */
async function tellPause(rollout: Rollout): Promise<void> {
  const { isPaused, progressDeadlineSeconds } = rollout.spec;
  if (progressDeadlineSeconds === undefined) return;
  const conditions = conditionsOf(objectAt(rollout.deployment, "status") ?? {});
  const reason = conditionOf(conditions, "Progressing")?.reason;
  if (reason === REASONS.timedOut) return;
  const say = (news: string, message: string): Promise<void> =>
    rollout.writeCondition({ type: "Progressing", status: "Unknown", reason: news, message });
  if (isPaused && reason !== REASONS.paused) await say(REASONS.paused, "Deployment is paused");
  if (!isPaused && reason === REASONS.paused) await say(REASONS.resumed, "Deployment is resumed");
}

async function scale(world: World, rollout: Rollout): Promise<void> {
  const reported = Number(at(rollout.deployment, "status", "replicas") ?? 0);
  await rollout.resize(scaleSets(rollout.spec, rollout.sets, reported));
  if (rollout.spec.isPaused) await rollout.cleanUp();
  await rollout.writeStatus(countedStatus(rollout.deployment, rollout.sets, timestamp(world)));
}

/** One step of a rolling update: up first, and down only where there is nothing to bring up. */
async function roll(world: World, rollout: Rollout): Promise<Status> {
  await rollout.createNewest();
  const up = resizeNewest(rollout.spec, rollout.sets);
  if (up !== undefined && (await rollout.resize([up]))) return report(world, rollout);
  if (await rollout.resize(shrinkOld(rollout.spec, rollout.sets))) return report(world, rollout);
  return finish(world, rollout);
}

/** No pod of a new template before the last of the old ones is gone. */
async function recreate(world: World, rollout: Rollout): Promise<Status> {
  const down = active(rollout.sets.old).map((set) => ({ set, size: 0 }));
  if (await rollout.resize(down)) return report(world, rollout);
  if (oldPodsRun(world, rollout)) return report(world, rollout);
  await rollout.createNewest();
  const up = resizeNewest(rollout.spec, rollout.sets);
  if (up !== undefined) await rollout.resize([{ ...up, size: rollout.spec.replicas }]);
  return finish(world, rollout);
}

function oldPodsRun(world: World, { sets }: Rollout): boolean {
  if (sum(sets.old, (set) => countOf(set, "replicas")) > 0) return true;
  return sets.old.some((set) =>
    world.kinds.pods
      .ownedBy(set.metadata.uid ?? "")
      .some((pod) => !["Failed", "Succeeded"].includes(textAt(pod, "status", "phase") ?? "")),
  );
}

async function finish(world: World, rollout: Rollout): Promise<Status> {
  const known = (objectAt(rollout.deployment, "status") ?? {}) as Partial<Status>;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = known;
  const status = { ...known, updatedReplicas, replicas, availableReplicas, observedGeneration } as Status;
  if (isComplete(rollout.spec, status, rollout.deployment)) await rollout.cleanUp();
  return report(world, rollout);
}

async function report(world: World, rollout: Rollout): Promise<Status> {
  const time = { now: world.clock.now(), text: timestamp(world) };
  const status = rolloutStatus(rollout.deployment, rollout.sets, time);
  await rollout.writeStatus(status);
  return status;
}
