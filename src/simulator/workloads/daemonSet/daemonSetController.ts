/** One pod on each node that a DaemonSet selects (as documented for Kubernetes, without its ControllerRevisions). */
import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import type { WorkQueue } from "../../../runtime/workQueue.ts";
import { at, isEqual, numberAt, objectAt, textAt } from "../../api/json.ts";
import { controllerOf } from "../cached.ts";
import { claim, referenceTo } from "../claim.ts";
import { isGone } from "../client.ts";
import { inPods } from "../deployment/spec.ts";
import { templateHash } from "../deployment/template.ts";
import { announce } from "../events.ts";
import { availableIn, isOver, isReady } from "../pods.ts";
import { type Controller, controllerOver, isBeingDeleted, namespaceOf, type World, workQueue } from "../world.ts";
import { affinityTo, nodeOf, tolerations, wantsPodOn } from "./nodes.ts";

const HASH = "controller-revision-hash";
const GENERATION = "pod-template-generation";

export function daemonSetController(world: World): Controller {
  const { daemonSets, pods, nodes } = world.kinds;
  const queue: WorkQueue = workQueue(world, "daemonset", async (key) => {
    const set = daemonSets.store.get(key);
    if (set !== undefined) await sync(world, set, queue);
  });
  daemonSets.store.onChange((key) => queue.add(key));
  pods.store.onChange((_, before, after) => {
    for (const pod of [before, after]) {
      const owner = pod && controllerOf(pod);
      if (pod !== undefined && owner?.kind === "DaemonSet") queue.add(`${namespaceOf(pod)}/${owner.name}`);
    }
  });
  nodes.store.onChange((_, before, after) => {
    const isNews =
      !isEqual(before?.metadata.labels, after?.metadata.labels) || !isEqual(before?.["spec"], after?.["spec"]);
    if (isNews) for (const key of daemonSets.store.keys()) queue.add(key);
  });
  return controllerOver(queue);
}

/** A node that counts, and the pods of the set that are on it or on their way to it. */
interface Post {
  readonly node: string;
  readonly isWanted: boolean;
  readonly pods: readonly KubeObject[];
}

async function sync(world: World, set: KubeObject, queue: WorkQueue): Promise<void> {
  const claimed = await claim(set, world.kinds.pods);
  const posts = postsOf(world, set, claimed);
  const hash = templateHash(objectAt(set, "spec", "template") ?? {}, 0);
  if (!isBeingDeleted(set)) {
    for (const post of posts) await man(world, set, post, hash);
    if (textAt(set, "spec", "updateStrategy", "type") !== "OnDelete") await renew(world, set, posts, hash);
  }
  await writeStatus(world, set, posts, hash);
  const minReadySeconds = numberAt(set, "spec", "minReadySeconds") ?? 0;
  const waits = claimed.flatMap((pod) => availableIn(pod, minReadySeconds, world.clock.now()) ?? []);
  const waiting = waits.filter((wait) => wait > 0);
  if (waiting.length > 0) queue.addAfter(`${namespaceOf(set)}/${set.metadata.name}`, Math.min(...waiting));
}

function postsOf(world: World, set: KubeObject, claimed: readonly KubeObject[]): readonly Post[] {
  return world.kinds.nodes.store.list().map((node) => ({
    node: node.metadata.name,
    isWanted: wantsPodOn(set, node),
    pods: claimed.filter((pod) => nodeOf(pod) === node.metadata.name),
  }));
}

/** Exactly one pod where one is wanted, and none elsewhere. What is about to end is waited for. */
async function man(world: World, set: KubeObject, { node, isWanted, pods }: Post, hash: string): Promise<void> {
  const over = pods.filter((pod) => isOver(pod) && !isBeingDeleted(pod));
  const running = pods.filter((pod) => !isOver(pod));
  const staying = running.filter((pod) => !isBeingDeleted(pod));
  const surplus = isWanted ? staying.slice(1) : staying;
  for (const pod of [...over, ...surplus]) await remove(world, set, pod);
  if (isWanted && running.length === 0) await create(world, set, node, hash);
}

async function create(world: World, set: KubeObject, node: string, hash: string): Promise<void> {
  const template = objectAt(set, "spec", "template") ?? {};
  const { labels, annotations } = objectAt(template, "metadata") ?? {};
  const generation = set.metadata.annotations?.["deprecated.daemonset.template.generation"];
  const podSpec = objectAt(template, "spec") ?? {};
  const pod = await world.kinds.pods.create(namespaceOf(set), {
    metadata: {
      generateName: `${set.metadata.name}-`,
      namespace: namespaceOf(set),
      labels: {
        ...(labels as object),
        [HASH]: hash,
        ...(generation === undefined ? {} : { [GENERATION]: generation }),
      },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [referenceTo(set)],
    },
    spec: { ...podSpec, affinity: affinityTo(node), tolerations: tolerations(set) },
  });
  tell(world, set, "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
}

/** Pods of an older template go, as many at a time as may be missing; those that serve nobody go in any case. */
async function renew(world: World, set: KubeObject, posts: readonly Post[], hash: string): Promise<void> {
  const wanted = posts.filter(({ isWanted }) => isWanted);
  const value = at(set, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable") ?? 1;
  const allowed = Math.max(1, inPods(value, wanted.length, Math.ceil));
  const minReadySeconds = numberAt(set, "spec", "minReadySeconds") ?? 0;
  const isAvailable = (pod: KubeObject): boolean =>
    !isBeingDeleted(pod) && availableIn(pod, minReadySeconds, world.clock.now()) === 0;
  let missing = wanted.filter(({ pods }) => !pods.some(isAvailable)).length;
  for (const { pods } of wanted) {
    const staying = pods.filter((pod) => !isBeingDeleted(pod) && !isOver(pod));
    const old = staying.find((pod) => pod.metadata.labels?.[HASH] !== hash);
    if (old === undefined) continue;
    if (isAvailable(old) && missing >= allowed) continue;
    if (isAvailable(old)) missing += 1;
    await remove(world, set, old);
  }
}

async function remove(world: World, set: KubeObject, pod: KubeObject): Promise<void> {
  try {
    await world.kinds.pods.delete(pod);
    tell(world, set, "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function tell(world: World, set: KubeObject, reason: string, message: string): void {
  announce(world, set, { type: "Normal", reason, message, component: "daemonset-controller" });
}

async function writeStatus(world: World, set: KubeObject, posts: readonly Post[], hash: string): Promise<void> {
  const minReadySeconds = numberAt(set, "spec", "minReadySeconds") ?? 0;
  const wanted = posts.filter(({ isWanted }) => isWanted);
  const manned = wanted.filter(({ pods }) => pods.length > 0);
  const first = manned.flatMap(({ pods }) => oldest(pods));
  const available = first.filter((pod) => availableIn(pod, minReadySeconds, world.clock.now()) === 0).length;
  const status: WireObject = {
    currentNumberScheduled: manned.length,
    desiredNumberScheduled: wanted.length,
    numberAvailable: available,
    numberMisscheduled: posts.filter(({ isWanted, pods }) => !isWanted && pods.length > 0).length,
    numberReady: first.filter(isReady).length,
    numberUnavailable: wanted.length - available,
    observedGeneration: set.metadata.generation ?? 0,
    updatedNumberScheduled: first.filter((pod) => pod.metadata.labels?.[HASH] === hash).length,
  };
  const known = objectAt(set, "status") ?? {};
  if (Object.entries(status).every(([field, count]) => (known[field] ?? 0) === count)) return;
  const kept = Object.entries(status).filter(([field, count]) => count !== 0 || REQUIRED.includes(field));
  await world.kinds.daemonSets.update({ ...set, status: Object.fromEntries(kept) }, "status");
}

/** Written also where they are zero. */
const REQUIRED = ["currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"];

/** The one that counts where there are two: the older. */
function oldest(pods: readonly KubeObject[]): readonly KubeObject[] {
  const creation = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? "";
  return [...pods].sort((one, other) => (creation(one) < creation(other) ? -1 : 1)).slice(0, 1);
}
