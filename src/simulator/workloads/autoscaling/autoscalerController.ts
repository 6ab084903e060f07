/** HorizontalPodAutoscalers on cpu: every 15 s while there is one, and not at all where there is none. */
import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import type { WorkQueue } from "../../../runtime/workQueue.ts";
import { isEqual, numberAt, objectAt, objectsAt, textAt } from "../../api/json.ts";
import { labelMatcher } from "../../api/selectors.ts";
import { isGone } from "../client.ts";
import { announce } from "../events.ts";
import type { Inventory } from "../garbage/inventory.ts";
import type { Kind } from "../kinds.ts";
import { type Controller, controllerOver, namespaceOf, timestamp, type World, workQueue } from "../world.ts";
import type { CpuOf } from "./metrics.ts";
import { recommend } from "./recommendation.ts";

const PERIOD_MILLIS = 15_000;

/** How long a high recommendation keeps the replicas up, unless the autoscaler's own behaviour says otherwise. */
const STABLE_SECONDS = 300;

interface Advice {
  readonly at: number;
  readonly replicas: number;
}

interface Room {
  readonly world: World;
  readonly inventory: Inventory;
  readonly cpuOf: CpuOf;
  readonly advice: Map<string, readonly Advice[]>;
}

export function autoscalerController(world: World, inventory: Inventory, cpuOf: CpuOf): Controller {
  const { autoscalers } = world.kinds;
  const room: Room = { world, inventory, cpuOf, advice: new Map() };
  const queue: WorkQueue = workQueue(world, "horizontalpodautoscaler", async (key) => {
    const autoscaler = autoscalers.store.get(key);
    if (autoscaler === undefined) {
      room.advice.delete(key);
      return;
    }
    queue.addAfter(key, PERIOD_MILLIS);
    await sync(room, key, autoscaler);
  });
  autoscalers.store.onChange((key, before, after) => {
    // Its status is our own word, and no reason to look again.
    if (!isEqual(before?.["spec"], after?.["spec"])) queue.add(key);
  });
  return controllerOver(queue);
}

async function sync(room: Room, key: string, autoscaler: KubeObject): Promise<void> {
  const scale = await scaleOf(room, autoscaler);
  if (scale === undefined) {
    const { kind, name } = objectAt(autoscaler, "spec", "scaleTargetRef") ?? {};
    const message = `the HPA controller was unable to get the target's current scale: ${String(kind)} "${String(name)}" not found`;
    return write(room.world, autoscaler, {}, [condition("AbleToScale", "False", "FailedGetScale", message)]);
  }
  const current = numberAt(scale.object, "spec", "replicas") ?? 0;
  const able = condition(
    "AbleToScale",
    "True",
    "SucceededGetScale",
    "the HPA controller was able to get the target's current scale",
  );
  if (current === 0) {
    const message = "scaling is disabled since the replica count of the target is zero";
    return write(room.world, autoscaler, { currentReplicas: 0, desiredReplicas: 0 }, [
      able,
      condition("ScalingActive", "False", "ScalingDisabled", message),
    ]);
  }
  const matches = labelMatcher(textAt(scale.object, "status", "selector") ?? "!impossible,impossible");
  const pods = room.world.kinds.pods.allIn(namespaceOf(autoscaler)).filter(matches);
  const wanted = recommend(autoscaler, pods, { current, cpuOf: room.cpuOf });
  const counts = { currentReplicas: numberAt(scale.object, "status", "replicas") ?? 0 };
  const known = objectAt(autoscaler, "status") ?? {};
  if (wanted.kind === "unknown") {
    const desiredReplicas = numberAt(known, "desiredReplicas") ?? 0;
    const inactive = condition("ScalingActive", "False", wanted.reason, wanted.message);
    return write(room.world, autoscaler, { ...counts, desiredReplicas }, [able, inactive]);
  }
  const stable = stabilised(room, key, autoscaler, { wanted: wanted.replicas, current });
  const { replicas, limited } = bounded(autoscaler, stable);
  if (replicas !== current) await rescale(room.world, autoscaler, scale, { from: current, to: replicas });
  const ready =
    replicas === current
      ? condition("AbleToScale", "True", "ReadyForNewScale", "recommended size matches current size")
      : condition(
          "AbleToScale",
          "True",
          "SucceededRescale",
          `the HPA controller was able to update the target scale to ${replicas}`,
        );
  const active = condition(
    "ScalingActive",
    "True",
    "ValidMetricFound",
    "the HPA was able to successfully calculate a replica count from cpu resource",
  );
  const lastScaleTime = replicas === current ? known["lastScaleTime"] : timestamp(room.world);
  const status = {
    ...counts,
    desiredReplicas: replicas,
    currentMetrics: wanted.metrics,
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
  };
  await write(room.world, autoscaler, status, [ready, active, limited]);
}

interface Scale {
  readonly kind: Kind;
  readonly object: KubeObject;
}

async function scaleOf({ world, inventory }: Room, autoscaler: KubeObject): Promise<Scale | undefined> {
  const target = objectAt(autoscaler, "spec", "scaleTargetRef") ?? {};
  const name = textAt(target, "name") ?? "";
  const kind = inventory.cacheOf(textAt(target, "apiVersion") ?? "", textAt(target, "kind") ?? "")?.kind;
  if (kind === undefined) return undefined;
  try {
    const path = { namespace: namespaceOf(autoscaler), name: `${name}` };
    const object = await world.client.readPart(kind, path, "scale");
    return { kind, object };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Up at once; down only to the highest that was wanted in the window. */
function stabilised(
  { world, advice }: Room,
  key: string,
  autoscaler: KubeObject,
  { wanted, current }: { readonly wanted: number; readonly current: number },
): number {
  const now = world.clock.monotonic();
  const seconds = numberAt(autoscaler, "spec", "behavior", "scaleDown", "stabilizationWindowSeconds") ?? STABLE_SECONDS;
  // What it had before the first advice counts as one.
  const known = advice.get(key) ?? [{ at: now, replicas: current }];
  const fresh = [...known.filter(({ at }) => now - at < seconds * 1000), { at: now, replicas: wanted }];
  advice.set(key, fresh);
  return wanted >= current ? wanted : Math.min(current, Math.max(...fresh.map(({ replicas }) => replicas)));
}

function bounded(
  autoscaler: KubeObject,
  replicas: number,
): { readonly replicas: number; readonly limited: WireObject } {
  const least = numberAt(autoscaler, "spec", "minReplicas") ?? 1;
  const most = numberAt(autoscaler, "spec", "maxReplicas") ?? 1;
  if (replicas < least) {
    const message = "the desired replica count is less than the minimum replica count";
    return { replicas: least, limited: condition("ScalingLimited", "True", "TooFewReplicas", message) };
  }
  if (replicas > most) {
    const message = "the desired replica count is more than the maximum replica count";
    return { replicas: most, limited: condition("ScalingLimited", "True", "TooManyReplicas", message) };
  }
  const message = "the desired count is within the acceptable range";
  return { replicas, limited: condition("ScalingLimited", "False", "DesiredWithinRange", message) };
}

async function rescale(
  world: World,
  autoscaler: KubeObject,
  { kind, object }: Scale,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  await world.client.update(kind, { ...object, spec: { replicas: to } }, "scale");
  const why = to > from ? "cpu resource utilization (percentage of request) above target" : "All metrics below target";
  const message = `New size: ${to}; reason: ${why}`;
  announce(world, autoscaler, {
    type: "Normal",
    reason: "SuccessfulRescale",
    message,
    component: "horizontal-pod-autoscaler",
  });
}

const condition = (type: string, status: string, reason: string, message: string): WireObject => ({
  type,
  status,
  reason,
  message,
});

async function write(
  world: World,
  autoscaler: KubeObject,
  status: WireObject,
  conditions: readonly WireObject[],
): Promise<void> {
  const known = objectAt(autoscaler, "status") ?? {};
  const before = objectsAt(known, "conditions");
  const merged = conditions.map((next) => {
    const same = before.find(({ type, status: standing }) => type === next["type"] && standing === next["status"]);
    return { ...next, lastTransitionTime: same?.["lastTransitionTime"] ?? timestamp(world) };
  });
  const others = before.filter(({ type }) => !conditions.some((next) => next["type"] === type));
  const complete = { desiredReplicas: 0, ...status, conditions: [...others, ...merged] };
  const { observedGeneration: _, ...compared } = known;
  if (isEqual(compared, complete)) return;
  await world.kinds.autoscalers.update({ ...autoscaler, status: complete }, "status");
}
