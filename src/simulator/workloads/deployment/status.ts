/** A Deployment's status, from its ReplicaSets' (Kubernetes, pkg/controller/deployment/sync.go and progress.go). */
import type { KubeObject } from "../../../runtime/transport.ts";
import { numberAt, objectAt, objectsAt } from "../../api/json.ts";
import {
  aCondition,
  type Condition,
  type Conditions,
  conditionOf,
  conditionsOf,
  REASONS,
  withCondition,
  without,
} from "./conditions.ts";
import { allOf, countOf, type Sets, sizeOf, sum } from "./sets.ts";
import { type DeploymentSpec, specOf } from "./spec.ts";

export interface Status {
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly readyReplicas: number;
  readonly availableReplicas: number;
  readonly unavailableReplicas: number;
  readonly terminatingReplicas?: number;
  readonly conditions: Conditions;
}

/** The counts, and whether enough pods are available; what is said of progress stays as it was. */
export function countedStatus(deployment: KubeObject, sets: Sets, now: string): Status {
  const all = allOf(sets);
  const spec = specOf(deployment);
  const availableReplicas = sum(all, (set) => countOf(set, "availableReplicas"));
  const enough = availableReplicas >= spec.replicas - spec.maxUnavailable;
  const available = aCondition(now, {
    type: "Available",
    status: enough ? "True" : "False",
    reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
    message: `Deployment ${enough ? "has" : "does not have"} minimum availability.`,
  });
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(all, (set) => countOf(set, "replicas")),
    updatedReplicas: sets.newest === undefined ? 0 : countOf(sets.newest, "replicas"),
    readyReplicas: sum(all, (set) => countOf(set, "readyReplicas")),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, sizeOf) - availableReplicas),
    ...terminating(all),
    conditions: withCondition(conditionsOf(objectAt(deployment, "status") ?? {}), available),
  };
}

/** Only where the ReplicaSets say it themselves: servers before 1.33 do not know the field. */
function terminating(all: readonly KubeObject[]): Pick<Status, "terminatingReplicas"> {
  const counts = all.map((set) => numberAt(set, "status", "terminatingReplicas"));
  if (counts.length === 0 || counts.some((count) => count === undefined)) return {};
  return { terminatingReplicas: counts.reduce<number>((total, count) => total + (count ?? 0), 0) };
}

/** The status with what is to be said of progress and of pods that could not be made. `now` in milliseconds. */
export function rolloutStatus(
  deployment: KubeObject,
  sets: Sets,
  time: { readonly now: number; readonly text: string },
): Status {
  const status = countedStatus(deployment, sets, time.text);
  const spec = specOf(deployment);
  return {
    ...status,
    conditions: withFailures(progressed({ deployment, sets, spec, status, ...time }), sets, spec),
  };
}

interface Situation {
  readonly deployment: KubeObject;
  readonly sets: Sets;
  readonly spec: DeploymentSpec;
  readonly status: Status;
  readonly now: number;
  readonly text: string;
}

function progressed(situation: Situation): Conditions {
  const { spec, status, deployment, sets, text } = situation;
  const { conditions } = status;
  if (spec.progressDeadlineSeconds === undefined) return without(conditions, "Progressing");
  const before = conditionOf(conditions, "Progressing");
  // A rollout that came to its end has none until the next; pods that come and go are no news of it.
  if (status.replicas === status.updatedReplicas && before?.reason === REASONS.available) return conditions;
  const { newest } = sets;
  const who =
    newest === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newest.metadata.name}"`;
  const say = (standing: "True" | "False", reason: string, what: string): Condition =>
    aCondition(text, { type: "Progressing", status: standing, reason, message: `${who} ${what}.` });
  if (isComplete(spec, status, deployment)) {
    return withCondition(conditions, say("True", REASONS.available, "has successfully progressed"));
  }
  if (isProgressing(deployment, status)) {
    const news = say("True", REASONS.updated, "is progressing");
    const lastTransitionTime = before?.status === "True" ? before.lastTransitionTime : news.lastTransitionTime;
    // Each step of progress counts, so that the deadline runs from the last.
    return [...without(conditions, "Progressing"), { ...news, lastTransitionTime }];
  }
  if (!isTimedOut(situation, before)) return conditions;
  return withCondition(conditions, say("False", REASONS.timedOut, "has timed out progressing"));
}

export function isComplete({ replicas }: DeploymentSpec, status: Status, { metadata }: KubeObject): boolean {
  return (
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas &&
    status.observedGeneration >= (metadata.generation ?? 0)
  );
}

function isProgressing(deployment: KubeObject, after: Status): boolean {
  const before = (field: string): number => numberAt(deployment, "status", field) ?? 0;
  return (
    after.updatedReplicas > before("updatedReplicas") ||
    after.replicas - after.updatedReplicas < before("replicas") - before("updatedReplicas") ||
    after.readyReplicas > before("readyReplicas") ||
    after.availableReplicas > before("availableReplicas")
  );
}

function isTimedOut({ spec, now }: Situation, before: Condition | undefined): boolean {
  if (before === undefined || before.reason === REASONS.available) return false;
  if (before.reason === REASONS.timedOut) return true;
  return Date.parse(before.lastUpdateTime) + (spec.progressDeadlineSeconds ?? 0) * 1000 < now;
}

/** The oldest word of a ReplicaSet that cannot make its pods: the newest one's, if there is any. */
function withFailures(conditions: Conditions, sets: Sets, { strategy }: DeploymentSpec): Conditions {
  const of = (set: KubeObject): readonly Condition[] =>
    (objectsAt(set, "status", "conditions") as unknown as readonly Condition[]).filter(
      ({ type }) => type === "ReplicaFailure",
    );
  const own = sets.newest === undefined ? [] : of(sets.newest);
  const others = strategy === "Recreate" && own.length > 0 ? [] : sets.old.flatMap(of);
  const [failure] = [...own, ...others];
  if (failure === undefined) return without(conditions, "ReplicaFailure");
  const { status, reason, message, lastTransitionTime } = failure;
  return withCondition(conditions, {
    type: "ReplicaFailure",
    status,
    reason,
    message,
    lastUpdateTime: lastTransitionTime,
    lastTransitionTime,
  });
}

/** When to look again for a deadline that passes without any news, in milliseconds from now. */
export function deadlineIn(deployment: KubeObject, status: Status, now: number): number | undefined {
  const spec = specOf(deployment);
  const before = conditionOf(status.conditions, "Progressing");
  if (before === undefined || spec.progressDeadlineSeconds === undefined) return undefined;
  if (isComplete(spec, status, deployment)) return undefined;
  if (before.reason === REASONS.timedOut || before.reason === REASONS.available) return undefined;
  const due = Date.parse(before.lastUpdateTime) + spec.progressDeadlineSeconds * 1000;
  return Math.max(0, due - now) + 1000;
}
