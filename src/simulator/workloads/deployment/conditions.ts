import type { WireObject } from "../../../resources/wire.ts";
import { objectsAt } from "../../api/json.ts";

/** One condition of a Deployment, as the API has it. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly lastUpdateTime: string;
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

export type Conditions = readonly Condition[];

/** The reasons of the condition Progressing. */
export const REASONS = {
  created: "NewReplicaSetCreated",
  found: "FoundNewReplicaSet",
  updated: "ReplicaSetUpdated",
  available: "NewReplicaSetAvailable",
  timedOut: "ProgressDeadlineExceeded",
  paused: "DeploymentPaused",
  resumed: "DeploymentResumed",
} as const;

export function conditionsOf(status: WireObject): Conditions {
  return objectsAt(status, "conditions") as unknown as Conditions;
}

export function conditionOf(conditions: Conditions, type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

export function aCondition(
  now: string,
  condition: Omit<Condition, "lastUpdateTime" | "lastTransitionTime">,
): Condition {
  return { ...condition, lastUpdateTime: now, lastTransitionTime: now };
}

/**
 * The conditions with this one in the place of what was. Neither time nor message moves where status and reason stay: a
 * condition is news, not a heartbeat. The time of transition moves with the status alone.
 */
export function withCondition(conditions: Conditions, condition: Condition): Conditions {
  const before = conditionOf(conditions, condition.type);
  if (before !== undefined && before.status === condition.status && before.reason === condition.reason)
    return conditions;
  const lastTransitionTime =
    before?.status === condition.status ? before.lastTransitionTime : condition.lastTransitionTime;
  return [...without(conditions, condition.type), { ...condition, lastTransitionTime }];
}

export function without(conditions: Conditions, type: string): Conditions {
  return conditions.filter((condition) => condition.type !== type);
}
