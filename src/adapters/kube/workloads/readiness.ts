import type { ClusterObject } from "../../../control/ports.ts";
import type { WorkloadFacts } from "../../../domain/observation.ts";
import type { JsonObject } from "../../../domain/spec.ts";
import { type Instant, instant } from "../../../domain/time.ts";
import { asNumber, asObject, asString, objectsOf } from "../json.ts";
import { desiredReplicas } from "./primary.ts";

type Readiness = Pick<
  WorkloadFacts,
  "desiredPods" | "availablePods" | "isReady" | "notReadyReason" | "hasGivenUp" | "progressedAt"
>;

/** How far a Deployment is, as its own controller reports it, in the words of `kubectl rollout status`. */
export function readinessOf(deployment: ClusterObject, thresholdPercent: number): Readiness {
  const status = asObject(deployment["status"]) ?? {};
  const reason = obstacle(deployment, status, thresholdPercent);
  return {
    desiredPods: desiredReplicas(deployment),
    availablePods: count(status, "availableReplicas"),
    isReady: reason === undefined,
    notReadyReason: reason,
    hasGivenUp: hasGivenUp(deployment, status),
    progressedAt: progressedAt(status),
  };
}

function obstacle(deployment: ClusterObject, status: JsonObject, thresholdPercent: number): string | undefined {
  const waiting = "waiting for rollout to finish:";
  if (!isObserved(deployment)) return `${waiting} observed deployment generation less than desired generation`;
  if (hasGivenUp(deployment, status)) return `deployment "${deployment.metadata.name}" exceeded its progress deadline`;
  const desired = desiredReplicas(deployment);
  const [replicas, updated] = [count(status, "replicas"), count(status, "updatedReplicas")];
  const available = count(status, "availableReplicas");
  if (updated < desired) return `${waiting} ${updated} out of ${desired} new replicas have been updated`;
  if (replicas > updated) return `${waiting} ${replicas - updated} old replicas are pending termination`;
  // Half of one pod is one pod: a threshold never makes a workload ready that has nothing to answer with.
  const needed = Math.max(Math.trunc((updated * thresholdPercent) / 100), Math.min(1, updated));
  if (available >= needed) return undefined;
  return `${waiting} ${available} of ${updated} (readyThreshold ${thresholdPercent}%) updated replicas are available`;
}

/** Its own controller has seen the newest spec. */
export function isObserved({ metadata, status }: ClusterObject): boolean {
  return count(asObject(status) ?? {}, "observedGeneration") >= (metadata.generation ?? 0);
}

/** Only for the generation that was observed: a condition about an older template says nothing of the newest. */
function hasGivenUp(deployment: ClusterObject, status: JsonObject): boolean {
  return isObserved(deployment) && condition(status, "Progressing")?.["reason"] === "ProgressDeadlineExceeded";
}

function progressedAt(status: JsonObject): Instant | undefined {
  const times = [
    condition(status, "Progressing")?.["lastUpdateTime"],
    condition(status, "Available")?.["lastTransitionTime"],
  ]
    .map((time) => Date.parse(asString(time) ?? ""))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : instant(Math.max(...times));
}

function condition(status: JsonObject, type: string): JsonObject | undefined {
  return objectsOf(status["conditions"]).find((entry) => entry["type"] === type);
}

/** Fewer than none are none, and a part of a pod is none: a hand that writes a status can say anything. */
function count(status: JsonObject, field: string): number {
  return Math.max(0, Math.trunc(asNumber(status[field]) ?? 0));
}
