import type { KubeObject } from "../../runtime/transport.ts";
import { objectsAt, textAt } from "../api/json.ts";
import { isBeingDeleted } from "./world.ts";

/** Whether the pod still counts as one of those that its owner wants. */
export function isActive(pod: KubeObject): boolean {
  return !isBeingDeleted(pod) && !isOver(pod);
}

/** Whether it ran to its end and will not run again. */
export function isOver(pod: KubeObject): boolean {
  const phase = textAt(pod, "status", "phase");
  return phase === "Succeeded" || phase === "Failed";
}

export const isReady = (pod: KubeObject): boolean => textAt(readyCondition(pod), "status") === "True";

/** Since when it is ready, in milliseconds; undefined where it is not. */
export function readySince(pod: KubeObject): number | undefined {
  const condition = readyCondition(pod);
  if (textAt(condition, "status") !== "True") return undefined;
  return Date.parse(textAt(condition, "lastTransitionTime") ?? "") || 0;
}

/** In how many milliseconds a ready pod is available: 0 where it is, undefined where it is not even ready. */
export function availableIn(pod: KubeObject, minReadySeconds: number, now: number): number | undefined {
  const since = readySince(pod);
  if (since === undefined) return undefined;
  return minReadySeconds === 0 ? 0 : Math.max(0, since + minReadySeconds * 1000 - now);
}

function readyCondition(pod: KubeObject): unknown {
  return objectsAt(pod, "status", "conditions").find(({ type }) => type === "Ready");
}
