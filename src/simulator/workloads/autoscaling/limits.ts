/** How far and how fast an autoscaler may go, by its bounds, its behaviour and what it wanted before. */
import type { KubeObject } from "../../../runtime/transport.ts";
import { numberAt, objectAt, objectsAt, textAt } from "../../api/json.ts";

/** What an autoscaler remembers. Times are of the monotonic clock. */
export interface Memory {
  readonly wanted: readonly { readonly at: number; readonly replicas: number }[];
  /** By how many pods it changed its target, and when. */
  readonly changes: readonly { readonly at: number; readonly by: number }[];
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export interface Step {
  readonly current: number;
  readonly wanted: number;
  readonly now: number;
}

export interface Allowed {
  readonly replicas: number;
  readonly able: Words;
  readonly limited: Words & { readonly status: "True" | "False" };
}

export interface Words {
  readonly reason: string;
  readonly message: string;
}

/** How long a high recommendation keeps the replicas up, unless the autoscaler's own behaviour says otherwise. */
const STABLE_SECONDS = 300;
/** No window and no policy's period is longer. */
const LONGEST_MILLIS = 3_600_000;
/** Without a behaviour of its own, it may double, or go to so many. */
const ALWAYS_ALLOWED = 4;

export const boundsOf = (autoscaler: KubeObject): Bounds => ({
  least: numberAt(autoscaler, "spec", "minReplicas") ?? 1,
  most: numberAt(autoscaler, "spec", "maxReplicas") ?? 1,
});

export function remember(memory: Memory, { wanted, now }: Pick<Step, "wanted" | "now">): Memory {
  const isFresh = ({ at }: { readonly at: number }): boolean => now - at <= LONGEST_MILLIS;
  return {
    wanted: [...memory.wanted.filter(isFresh), { at: now, replicas: wanted }],
    changes: memory.changes.filter(isFresh),
  };
}

export function allow(autoscaler: KubeObject, memory: Memory, step: Step): Allowed {
  const { replicas: stable, ...able } = stabilised(autoscaler, memory, step);
  const { replicas, ...why } = limited(autoscaler, memory, { ...step, wanted: stable });
  return { replicas, able, limited: { ...why, status: replicas === stable ? "False" : "True" } };
}

type Decided = Words & { readonly replicas: number };

/** Down only to the highest that was wanted in the window, and up, where that has a window, to the lowest. */
function stabilised(autoscaler: KubeObject, { wanted: before }: Memory, { wanted, current, now }: Step): Decided {
  const seconds = (direction: string, otherwise: number): number =>
    numberAt(autoscaler, "spec", "behavior", direction, "stabilizationWindowSeconds") ?? otherwise;
  const within = (window: number): readonly number[] =>
    before.flatMap(({ at, replicas }) => (now - at < window * 1000 ? [replicas] : []));
  const highest = Math.max(wanted, ...within(seconds("scaleDown", STABLE_SECONDS)));
  const lowest = Math.min(wanted, ...within(seconds("scaleUp", 0)));
  const replicas = hasBehaviour(autoscaler) ? Math.min(Math.max(current, lowest), highest) : highest;
  if (replicas === wanted)
    return { replicas, reason: "ReadyForNewScale", message: "recommended size matches current size" };
  if (hasBehaviour(autoscaler) && wanted >= current) {
    const message = "recent recommendations were lower than current one, applying the lowest recent recommendation";
    return { replicas, reason: "ScaleUpStabilized", message };
  }
  const message = "recent recommendations were higher than current one, applying the highest recent recommendation";
  return { replicas, reason: "ScaleDownStabilized", message };
}

const hasBehaviour = (autoscaler: KubeObject): boolean => objectAt(autoscaler, "spec", "behavior") !== undefined;

const FEW = { reason: "TooFewReplicas", message: "the desired replica count is less than the minimum replica count" };
const MANY = { reason: "TooManyReplicas", message: "the desired replica count is more than the maximum replica count" };
const FAST_UP = {
  reason: "ScaleUpLimit",
  message: "the desired replica count is increasing faster than the maximum scale rate",
};
const FAST_DOWN = {
  reason: "ScaleDownLimit",
  message: "the desired replica count is decreasing faster than the maximum scale rate",
};
const WITHIN = { reason: "DesiredWithinRange", message: "the desired count is within the acceptable range" };

function limited(autoscaler: KubeObject, memory: Memory, step: Step): Decided {
  const { wanted, current } = step;
  const { least, most } = boundsOf(autoscaler);
  const isUp = hasBehaviour(autoscaler) ? wanted > current : true;
  const isDown = hasBehaviour(autoscaler) ? wanted < current : true;
  const highest = hasBehaviour(autoscaler)
    ? Math.max(current, fastest(autoscaler, "scaleUp", memory, step))
    : Math.max(2 * current, ALWAYS_ALLOWED);
  const lowest = hasBehaviour(autoscaler) ? Math.min(current, fastest(autoscaler, "scaleDown", memory, step)) : 0;
  if (isDown && wanted < Math.max(least, lowest))
    return { replicas: Math.max(least, lowest), ...(least < lowest ? FAST_DOWN : FEW) };
  if (isUp && wanted > Math.min(most, highest))
    return { replicas: Math.min(most, highest), ...(most > highest ? FAST_UP : MANY) };
  return { replicas: wanted, ...WITHIN };
}

/** As far as the policies of one direction let it go now. */
function fastest(
  autoscaler: KubeObject,
  direction: "scaleUp" | "scaleDown",
  { changes }: Memory,
  { current, now }: Step,
): number {
  const rules = objectAt(autoscaler, "spec", "behavior", direction) ?? {};
  const select = textAt(rules, "selectPolicy");
  if (select === "Disabled") return current;
  const isUp = direction === "scaleUp";
  const reach = objectsAt(rules, "policies").map((policy) => {
    const millis = (numberAt(policy, "periodSeconds") ?? 0) * 1000;
    const recent = changes.filter(({ at }) => now - at < millis);
    const start = recent.reduce((replicas, { by }) => replicas - by, current);
    const value = (numberAt(policy, "value") ?? 0) * (isUp ? 1 : -1);
    if (textAt(policy, "type") === "Pods") return start + value;
    const next = start * (1 + value / 100);
    // Rounded up, as it would otherwise never get away from few pods.
    return isUp ? Math.ceil(next) : Math.trunc(next);
  });
  const takesHigher = isUp === (select !== "Min");
  return takesHigher ? Math.max(...reach) : Math.min(...reach);
}
