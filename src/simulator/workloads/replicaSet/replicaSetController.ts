/** ReplicaSets, by pods (as documented for Kubernetes, and as pkg/controller/replicaset does it). */
import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import type { WorkQueue } from "../../../runtime/workQueue.ts";
import { isEqual, numberAt, objectAt, objectsAt, textAt } from "../../api/json.ts";
import { matchesSelector } from "../../api/selectors.ts";
import { controllerOf } from "../cached.ts";
import { claim, referenceTo } from "../claim.ts";
import { isGone, isTooLate, RefusedError } from "../client.ts";
import { announce } from "../events.ts";
import { availableIn, isActive, isOver, isReady } from "../pods.ts";
import {
  type Controller,
  controllerOver,
  isBeingDeleted,
  namespaceOf,
  timestamp,
  type World,
  workQueue,
} from "../world.ts";
import { leastMissedFirst } from "./farewell.ts";

const COMPONENT = "replicaset-controller";

/** How many pods are made or taken in one go. */
const BURST = 500;

export function replicaSetController(world: World): Controller {
  const { replicaSets, pods } = world.kinds;
  const queue: WorkQueue = workQueue(world, "replicaset", async (key) => {
    const set = replicaSets.store.get(key);
    if (set !== undefined) await sync(world, set, queue);
  });
  replicaSets.store.onChange((key) => queue.add(key));
  pods.store.onChange((_, before, after) => {
    for (const pod of [before, after]) {
      if (pod !== undefined) for (const key of concerned(world, pod)) queue.add(key);
    }
  });
  return controllerOver(queue);
}

const keyFor = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

function concerned(world: World, pod: KubeObject): readonly string[] {
  const owner = controllerOf(pod);
  const namespace = namespaceOf(pod);
  if (owner !== undefined) return owner.kind === "ReplicaSet" ? [`${namespace}/${owner.name}`] : [];
  const labels = pod.metadata.labels ?? {};
  return world.kinds.replicaSets
    .allIn(namespace)
    .filter((set) => matchesSelector(objectAt(set, "spec", "selector"), labels))
    .map(keyFor);
}

async function sync(world: World, set: KubeObject, queue: WorkQueue): Promise<void> {
  const claimed = await claim(set, world.kinds.pods);
  const active = claimed.filter(isActive);
  let failure: { readonly reason: string; readonly error: unknown } | undefined;
  if (!isBeingDeleted(set)) {
    const missing = (numberAt(set, "spec", "replicas") ?? 1) - active.length;
    try {
      if (missing > 0) await createPods(world, set, Math.min(missing, BURST));
      if (missing < 0) await deletePods(world, set, leavers(world, set, active, Math.min(-missing, BURST)));
    } catch (error) {
      if (isTooLate(error)) return;
      failure = { reason: missing > 0 ? "FailedCreate" : "FailedDelete", error };
    }
  }
  // What was made or taken just now counts from the next look on, which it causes itself.
  const { status, lookIn } = statusOf(world, set, claimed, failure);
  await writeStatus(world, set, status);
  if (lookIn !== undefined) queue.addAfter(keyFor(set), lookIn);
  if (failure !== undefined) throw failure.error;
}

async function createPods(world: World, set: KubeObject, count: number): Promise<void> {
  const template = objectAt(set, "spec", "template") ?? {};
  const { labels, annotations, finalizers } = (objectAt(template, "metadata") ?? {}) as WireObject;
  const namespace = namespaceOf(set);
  const body = {
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [referenceTo(set)],
    },
    spec: template["spec"],
  };
  // One after the other: where one is refused, the others would be as well.
  for (let made = 0; made < count; made += 1) {
    const pod = await world.kinds.pods.create(namespace, body);
    tell(world, set, "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
  }
}

function leavers(world: World, set: KubeObject, active: readonly KubeObject[], count: number): readonly KubeObject[] {
  if (count >= active.length) return active;
  const crowds = new Map<string, number>();
  for (const pod of relatives(world, set)) {
    const node = textAt(pod, "spec", "nodeName") ?? "";
    crowds.set(node, (crowds.get(node) ?? 0) + 1);
  }
  const neighbours = (pod: KubeObject): number => crowds.get(textAt(pod, "spec", "nodeName") ?? "") ?? 0;
  return leastMissedFirst(active, neighbours, world.clock.now()).slice(0, count);
}

/** The pods of all ReplicaSets that have the same owner. */
function relatives(world: World, set: KubeObject): readonly KubeObject[] {
  const { pods, replicaSets } = world.kinds;
  const owner = controllerOf(set)?.uid;
  const sets = owner === undefined ? [set] : replicaSets.ownedBy(owner);
  return sets.flatMap(({ metadata }) => pods.ownedBy(metadata.uid ?? "")).filter(isActive);
}

async function deletePods(world: World, set: KubeObject, leaving: readonly KubeObject[]): Promise<void> {
  for (const pod of leaving) {
    try {
      await world.kinds.pods.delete(pod);
      tell(world, set, "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function tell(world: World, set: KubeObject, reason: string, message: string): void {
  announce(world, set, { type: "Normal", reason, message, component: COMPONENT });
}

interface Outcome {
  readonly status: WireObject;
  /** When one of the pods has been ready for long enough. */
  readonly lookIn: number | undefined;
}

function statusOf(
  world: World,
  set: KubeObject,
  claimed: readonly KubeObject[],
  failure: { readonly reason: string; readonly error: unknown } | undefined,
): Outcome {
  const pods = claimed.filter(isActive);
  const minReadySeconds = numberAt(set, "spec", "minReadySeconds") ?? 0;
  const waits = pods.map((pod) => availableIn(pod, minReadySeconds, world.clock.now()));
  const waiting = waits.filter((wait) => wait !== undefined && wait > 0) as readonly number[];
  const wanted = Object.entries(objectAt(set, "spec", "template", "metadata", "labels") ?? {});
  const isLabelled = ({ metadata }: KubeObject): boolean =>
    wanted.every(([label, value]) => metadata.labels?.[label] === value);
  const conditions = failureConditions(world, set, failure);
  const status = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter(isLabelled).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: waits.filter((wait) => wait === 0).length,
    terminatingReplicas: claimed.filter((pod) => isBeingDeleted(pod) && !isOver(pod)).length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
  return { status, lookIn: waiting.length === 0 ? undefined : Math.min(...waiting) };
}

function failureConditions(
  world: World,
  set: KubeObject,
  failure: { readonly reason: string; readonly error: unknown } | undefined,
): readonly WireObject[] {
  const conditions = objectsAt(set, "status", "conditions");
  const others = conditions.filter(({ type }) => type !== "ReplicaFailure");
  if (failure === undefined) return others;
  if (others.length < conditions.length) return conditions;
  const { reason, error } = failure;
  const message = error instanceof RefusedError ? error.message : String(error);
  const lastTransitionTime = timestamp(world);
  return [...others, { type: "ReplicaFailure", status: "True", reason, message, lastTransitionTime }];
}

async function writeStatus(world: World, set: KubeObject, status: WireObject): Promise<void> {
  const known = objectAt(set, "status") ?? {};
  if (isEqual(withoutZeros(status), withoutZeros(known))) return;
  await world.kinds.replicaSets.update({ ...set, status: withoutZeros(status, "replicas") }, "status");
}

/** The server leaves out what is zero, and a server that does not know a field leaves it out as well. */
function withoutZeros(status: WireObject, kept?: string): WireObject {
  return Object.fromEntries(Object.entries(status).filter(([field, value]) => value !== 0 || field === kept));
}
