/** HorizontalPodAutoscalers on cpu: looked at again and again while there are any, and not at all where there is none. */
import type { KubeObject } from "../../../runtime/transport.ts";
import type { WorkQueue } from "../../../runtime/workQueue.ts";
import { isEqual, numberAt, objectAt, textAt } from "../../api/json.ts";
import { labelMatcher } from "../../api/selectors.ts";
import { isConflict, isGone, RefusedError } from "../client.ts";
import { announce } from "../events.ts";
import type { Inventory } from "../garbage/inventory.ts";
import type { Kind } from "../kinds.ts";
import { type Controller, controllerOver, namespaceOf, type World, workQueue } from "../world.ts";
import { AutoscalerStatus } from "./autoscalerStatus.ts";
import { allow, boundsOf, type Memory, remember } from "./limits.ts";
import type { CpuOf } from "./metrics.ts";
import { recommend } from "./recommendation.ts";

/** As kube-controller-manager does unless told otherwise. */
const SYNC_SECONDS = 15;

export interface AutoscalingOptions {
  /** What a pod uses, in cores; without it the cluster has nobody who measures pods. */
  readonly cpuOf?: CpuOf;
  /** How often each autoscaler looks; 15 unless told otherwise. */
  readonly autoscalerSeconds?: number;
}

interface Room {
  readonly world: World;
  readonly inventory: Inventory;
  readonly cpuOf: CpuOf | undefined;
  readonly memories: Map<string, Memory>;
}

export function autoscalerController(world: World, inventory: Inventory, options: AutoscalingOptions): Controller {
  const { autoscalers } = world.kinds;
  const { cpuOf, autoscalerSeconds = SYNC_SECONDS } = options;
  const room: Room = { world, inventory, cpuOf, memories: new Map() };
  const queue: WorkQueue = workQueue(world, "horizontalpodautoscaler", async (key) => {
    const autoscaler = autoscalers.store.get(key);
    if (autoscaler === undefined) {
      room.memories.delete(key);
      return;
    }
    queue.addAfter(key, autoscalerSeconds * 1000);
    await sync(room, key, autoscaler);
  });
  autoscalers.store.onChange((key, before, after) => {
    // Its status is our own word, and no reason to look again. Nor is anything a reason to look at once.
    if (!isEqual(before?.["spec"], after?.["spec"])) queue.addAfter(key, autoscalerSeconds * 1000);
  });
  return controllerOver(queue);
}

async function sync(room: Room, key: string, autoscaler: KubeObject): Promise<void> {
  const { world } = room;
  const status = new AutoscalerStatus(world, autoscaler);
  const scale = await scaleOf(room, autoscaler);
  if (typeof scale === "string") {
    const message = `the HPA controller was unable to get the target's current scale: ${scale}`;
    if (!status.hasSaid("AbleToScale", message)) warn(world, autoscaler, "FailedGetScale", scale);
    status.say("AbleToScale", "False", { reason: "FailedGetScale", message });
    return status.write();
  }
  status.say("AbleToScale", "True", {
    reason: "SucceededGetScale",
    message: "the HPA controller was able to get the target's current scale",
  });
  const current = numberAt(scale.object, "spec", "replicas") ?? 0;
  // What it had before the first advice counts as one.
  if (!room.memories.has(key))
    room.memories.set(key, { wanted: [{ at: world.clock.monotonic(), replicas: current }], changes: [] });
  const next = nextSize(room, key, autoscaler, { scale, current, status });
  if (next === undefined) return status.write();
  status.count(current, next.replicas, next.metrics);
  if (next.replicas !== current) await rescale(room, key, autoscaler, { scale, current, status, ...next });
  await status.write();
}

interface Look {
  readonly scale: Scale;
  readonly current: number;
  readonly status: AutoscalerStatus;
}

interface NextSize {
  readonly replicas: number;
  readonly why: string;
  readonly metrics: ReturnType<typeof recommend>["statuses"];
}

/** Its bounds are held to before anything is measured. Undefined where nothing can be said; why, the status says. */
function nextSize(room: Room, key: string, autoscaler: KubeObject, look: Look): NextSize | undefined {
  const { current, status } = look;
  const { least, most } = boundsOf(autoscaler);
  if (current === 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    status.say("ScalingActive", "False", { reason: "ScalingDisabled", message });
    return { replicas: 0, why: "", metrics: [] };
  }
  if (current > most) return { replicas: most, why: "Current number of replicas above Spec.MaxReplicas", metrics: [] };
  if (current < least)
    return { replicas: least, why: "Current number of replicas below Spec.MinReplicas", metrics: [] };
  return measuredSize(room, key, autoscaler, look);
}

function measuredSize(
  { world, cpuOf, memories }: Room,
  key: string,
  autoscaler: KubeObject,
  { scale, current, status }: Look,
): NextSize | undefined {
  const selector = textAt(scale.object, "status", "selector") ?? "";
  if (selector === "") {
    const message = "the HPA target's scale is missing a selector";
    if (!status.hasSaid("ScalingActive", message)) warn(world, autoscaler, "SelectorRequired", "selector is required");
    status.say("ScalingActive", "False", { reason: "InvalidSelector", message });
    status.count(current, status.desired, []);
    return undefined;
  }
  const pods = world.kinds.pods.allIn(namespaceOf(autoscaler)).filter(labelMatcher(selector));
  const advice = recommend(autoscaler, { pods, cpuOf, current, now: world.clock.now() });
  if (advice.wanted === undefined) {
    tellFailure(world, autoscaler, status, advice);
    status.count(current, status.desired, advice.statuses);
    return undefined;
  }
  const { replicas: wanted, metric } = advice.wanted;
  const message = `the HPA was able to successfully calculate a replica count from ${metric}`;
  status.say("ScalingActive", "True", { reason: "ValidMetricFound", message });
  const now = world.clock.monotonic();
  const memory = memories.get(key) ?? { wanted: [], changes: [] };
  const { replicas, able, limited } = allow(autoscaler, memory, { current, wanted, now });
  memories.set(key, remember(memory, { wanted, now }));
  status.say("AbleToScale", "True", able);
  status.say("ScalingLimited", limited.status, limited);
  const why = wanted > current ? `${metric} above target` : "All metrics below target";
  return { replicas, why, metrics: advice.statuses };
}

/** Told once for each cause, and not once for each look. */
function tellFailure(
  world: World,
  autoscaler: KubeObject,
  status: AutoscalerStatus,
  { failure, failures, statuses }: ReturnType<typeof recommend>,
): void {
  const { reason = "", error = "", about = "" } = failure ?? {};
  const message = `the HPA was unable to compute the replica count: ${error}`;
  if (!status.hasSaid("ScalingActive", message)) {
    warn(world, autoscaler, reason, error);
    const whole = `invalid metrics (${failures} invalid out of ${statuses.length}), first error is: failed to get ${about} metric value: ${error}`;
    warn(world, autoscaler, "FailedComputeMetricsReplicas", whole);
  }
  status.say("ScalingActive", "False", { reason, message });
}

interface Scale {
  readonly kind: Kind;
  readonly object: KubeObject;
}

/** The target's scale, or why there is none. */
async function scaleOf({ world, inventory }: Room, autoscaler: KubeObject): Promise<Scale | string> {
  const target = objectAt(autoscaler, "spec", "scaleTargetRef") ?? {};
  const [apiVersion = "", kindName = ""] = [textAt(target, "apiVersion"), textAt(target, "kind")];
  const kind = inventory.cacheOf(apiVersion, kindName)?.kind;
  if (kind === undefined) return `no matches for kind "${kindName}" in group "${apiVersion.split("/")[0]}"`;
  try {
    const path = { namespace: namespaceOf(autoscaler), name: textAt(target, "name") ?? "" };
    return { kind, object: await world.client.readPart(kind, path, "scale") };
  } catch (error) {
    if (error instanceof RefusedError && isGone(error)) return error.words;
    throw error;
  }
}

async function rescale(
  { world, memories }: Room,
  key: string,
  autoscaler: KubeObject,
  { scale, current, status, replicas, why }: Look & NextSize,
): Promise<void> {
  const { kind, object } = scale;
  try {
    await world.client.update(kind, { ...object, spec: { replicas } }, "scale");
  } catch (error) {
    // Somebody else was quicker: the queue looks again.
    if (!(error instanceof RefusedError) || isConflict(error)) throw error;
    warn(world, autoscaler, "FailedRescale", `New size: ${replicas}; reason: ${why}; error: ${error.words}`);
    const message = `the HPA controller was unable to update the target scale: ${error.words}`;
    status.say("AbleToScale", "False", { reason: "FailedUpdateScale", message });
    status.count(current, status.desired, []);
    return;
  }
  const message = `the HPA controller was able to update the target scale to ${replicas}`;
  status.say("AbleToScale", "True", { reason: "SucceededRescale", message });
  status.markScaled();
  const memory = memories.get(key) ?? { wanted: [], changes: [] };
  const change = { at: world.clock.monotonic(), by: replicas - current };
  memories.set(key, { ...memory, changes: [...memory.changes, change] });
  tell(world, autoscaler, {
    type: "Normal",
    reason: "SuccessfulRescale",
    message: `New size: ${replicas}; reason: ${why}`,
  });
}

const warn = (world: World, autoscaler: KubeObject, reason: string, message: string): void =>
  tell(world, autoscaler, { type: "Warning", reason, message });

function tell(
  world: World,
  autoscaler: KubeObject,
  event: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string },
): void {
  announce(world, autoscaler, { ...event, component: "horizontal-pod-autoscaler" });
}
