import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { at, numberAt, objectAt, textAt } from "../../api/json.ts";

/** What a Deployment asks for, its defaults filled in. */
export interface DeploymentSpec {
  readonly replicas: number;
  readonly strategy: "RollingUpdate" | "Recreate";
  /** Pods over `replicas` that a rolling update may have; none for Recreate. */
  readonly maxSurge: number;
  /** Pods under `replicas` that a rolling update may lack; none for Recreate. */
  readonly maxUnavailable: number;
  readonly isPaused: boolean;
  readonly minReadySeconds: number;
  readonly revisionHistoryLimit: number;
  /** Undefined where nobody wants progress to be watched. */
  readonly progressDeadlineSeconds: number | undefined;
  readonly template: WireObject;
}

/** What stands for "no deadline" in a field that must be a number. */
const NO_LIMIT = 2 ** 31 - 1;

export function specOf(deployment: KubeObject): DeploymentSpec {
  const number = (field: string, otherwise: number): number => numberAt(deployment, "spec", field) ?? otherwise;
  const replicas = number("replicas", 1);
  const isRolling = textAt(deployment, "spec", "strategy", "type") !== "Recreate";
  const deadline = number("progressDeadlineSeconds", 600);
  return {
    replicas,
    strategy: isRolling ? "RollingUpdate" : "Recreate",
    ...(isRolling ? allowances(deployment, replicas) : { maxSurge: 0, maxUnavailable: 0 }),
    isPaused: at(deployment, "spec", "paused") === true,
    minReadySeconds: number("minReadySeconds", 0),
    revisionHistoryLimit: number("revisionHistoryLimit", 10),
    progressDeadlineSeconds: deadline === NO_LIMIT ? undefined : deadline,
    template: objectAt(deployment, "spec", "template") ?? {},
  };
}

function allowances(deployment: KubeObject, replicas: number): Pick<DeploymentSpec, "maxSurge" | "maxUnavailable"> {
  const rolling = objectAt(deployment, "spec", "strategy", "rollingUpdate");
  return fenceposts(at(rolling, "maxSurge") ?? "25%", at(rolling, "maxUnavailable") ?? "25%", replicas);
}

/**
 * Both allowances in pods. Surge is rounded up and unavailability down; where both come out as nothing, one pod may be
 * missing, or no update would ever begin (Kubernetes, deployment_util.go, ResolveFenceposts).
 */
export function fenceposts(
  surge: unknown,
  unavailable: unknown,
  replicas: number,
): Pick<DeploymentSpec, "maxSurge" | "maxUnavailable"> {
  const maxSurge = inPods(surge, replicas, Math.ceil);
  const missing = inPods(unavailable, replicas, Math.floor);
  const maxUnavailable = maxSurge === 0 && missing === 0 ? 1 : missing;
  return { maxSurge, maxUnavailable: Math.min(maxUnavailable, replicas) };
}

/** A number of pods, or a percentage of `whole`. */
export function inPods(value: unknown, whole: number, round: (share: number) => number): number {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  return percent === undefined ? 0 : round((Number(percent) * whole) / 100);
}
