/**
 * What becomes of the ReplicaSets when the Deployment itself is scaled (Kubernetes, pkg/controller/deployment/sync.go): the
 * only one follows; while an update is under way, each has its share of the change.
 */
import type { KubeObject } from "../../../runtime/transport.ts";
import {
  active,
  allOf,
  annotatedNumber,
  countOf,
  DESIRED_REPLICAS,
  largestFirst,
  MAX_REPLICAS,
  newestFirst,
  oldestFirst,
  type Sets,
  sizeOf,
  sum,
} from "./sets.ts";
import type { Resize } from "./sizes.ts";
import type { DeploymentSpec } from "./spec.ts";

/** `reported` is the Deployment's own status.replicas, for ReplicaSets that nobody annotated. */
export function scaleSets(spec: DeploymentSpec, sets: Sets, reported: number): readonly Resize[] {
  const only = activeOrLatest(sets);
  if (only !== undefined) return sizeOf(only) === spec.replicas ? [] : [{ set: only, size: spec.replicas }];
  if (isSaturated(spec, sets.newest)) return active(sets.old).map((set) => ({ set, size: 0 }));
  return spec.strategy === "RollingUpdate" ? shares(spec, active(allOf(sets)), reported) : [];
}

/** The one with pods, or the newest where none has any; undefined where several have. */
function activeOrLatest(sets: Sets): KubeObject | undefined {
  const withPods = active(allOf(sets));
  if (withPods.length === 0) return sets.newest ?? newestFirst(sets.old)[0];
  return withPods.length === 1 ? withPods[0] : undefined;
}

function isSaturated({ replicas }: DeploymentSpec, newest: KubeObject | undefined): boolean {
  return (
    newest !== undefined &&
    sizeOf(newest) === replicas &&
    annotatedNumber(newest, DESIRED_REPLICAS) === replicas &&
    countOf(newest, "availableReplicas") === replicas
  );
}

function shares(spec: DeploymentSpec, sets: readonly KubeObject[], reported: number): readonly Resize[] {
  const allowed = spec.replicas > 0 ? spec.replicas + spec.maxSurge : 0;
  const change = allowed - sum(sets, sizeOf);
  const sorted = largestFirst(sets, change > 0 ? newestFirst : oldestFirst);
  let done = 0;
  const resizes = sorted.map((set) => {
    const share = shareOf(set, { spec, left: change - done, reported });
    done += share;
    return { set, size: sizeOf(set) + share };
  });
  // What rounding left over is for the largest.
  const [largest, ...others] = resizes;
  if (largest === undefined) return [];
  return [{ ...largest, size: Math.max(0, largest.size + change - done) }, ...others];
}

interface Change {
  readonly spec: DeploymentSpec;
  /** Pods still to be added, or taken away where negative. */
  readonly left: number;
  readonly reported: number;
}

function shareOf(set: KubeObject, { spec, left, reported }: Change): number {
  const size = sizeOf(set);
  if (size === 0 || left === 0) return 0;
  const share = fractionOf(set, spec, reported);
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}

/** What the set would gain if it kept its part of the whole. */
function fractionOf(set: KubeObject, spec: DeploymentSpec, reported: number): number {
  const size = sizeOf(set);
  if (spec.replicas === 0) return -size;
  const before = annotatedNumber(set, MAX_REPLICAS) ?? reported;
  if (before === 0) return 0;
  return Math.round((size * (spec.replicas + spec.maxSurge)) / before) - size;
}

/** Whether the Deployment was scaled since its ReplicaSets were last sized. */
export function isScaled({ replicas }: DeploymentSpec, sets: Sets): boolean {
  return active(allOf(sets)).some((set) => {
    const desired = annotatedNumber(set, DESIRED_REPLICAS);
    return desired !== undefined && desired !== replicas;
  });
}
