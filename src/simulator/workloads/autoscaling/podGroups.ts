import type { KubeObject } from "../../../runtime/transport.ts";
import { objectsAt, textAt } from "../../api/json.ts";
import { isBeingDeleted } from "../world.ts";
import { type CpuOf, milliCores } from "./metrics.ts";

/** How long after its start a pod's readiness still comes and goes. */
const INITIALISATION_MILLIS = 300_000;
/** A pod that was last unready so soon after its start was never ready. */
const FIRST_READINESS_MILLIS = 30_000;

/** The pods of an autoscaler, by what their use says of it. */
export interface PodGroups {
  /** What each of the pods that count uses, in thousandths of a core. */
  readonly used: ReadonlyMap<KubeObject, number>;
  /** They will take some of the load, and what they use as they start says nothing. */
  readonly unready: readonly KubeObject[];
  /** Nobody measured them. */
  readonly missing: readonly KubeObject[];
}

export function groupPods(pods: readonly KubeObject[], cpuOf: CpuOf, now: number): PodGroups {
  const used = new Map<KubeObject, number>();
  const unready: KubeObject[] = [];
  const missing: KubeObject[] = [];
  for (const pod of pods) {
    const phase = textAt(pod, "status", "phase");
    if (isBeingDeleted(pod) || phase === "Failed") continue;
    const cpu = cpuOf(pod);
    if (phase === "Pending") unready.push(pod);
    else if (cpu === undefined) missing.push(pod);
    else if (isStarting(pod, now)) unready.push(pod);
    else used.set(pod, milliCores(cpu));
  }
  return { used, unready, missing };
}

function isStarting(pod: KubeObject, now: number): boolean {
  const ready = objectsAt(pod, "status", "conditions").find(({ type }) => type === "Ready");
  const startedAt = Date.parse(textAt(pod, "status", "startTime") ?? "");
  if (ready === undefined || Number.isNaN(startedAt)) return true;
  if (ready["status"] !== "False") return false;
  const since = Date.parse(textAt(ready, "lastTransitionTime") ?? "") || 0;
  return startedAt + INITIALISATION_MILLIS > now || startedAt + FIRST_READINESS_MILLIS > since;
}
