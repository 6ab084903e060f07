/**
 * How large each ReplicaSet may be while a rolling update is under way. The arithmetic is that of Kubernetes
 * (pkg/controller/deployment/rolling.go and util/deployment_util.go).
 */
import type { KubeObject } from "../../../runtime/transport.ts";
import { active, allOf, countOf, oldestFirst, type Sets, sizeOf, sum } from "./sets.ts";
import type { DeploymentSpec } from "./spec.ts";

/** What a ReplicaSet's size should become. */
export interface Resize {
  readonly set: KubeObject;
  readonly size: number;
}

/** The size for the newest ReplicaSet, now of `size`: as far up as the surge lets it. `total` counts all of them. */
export function newestSize(
  spec: DeploymentSpec,
  { size, total }: { readonly size: number; readonly total: number },
): number {
  if (spec.strategy === "Recreate") return spec.replicas;
  const room = spec.replicas + spec.maxSurge - total;
  if (room <= 0) return size;
  return size + Math.min(room, spec.replicas - size);
}

/** How the newest should be resized now, or undefined. */
export function resizeNewest(spec: DeploymentSpec, sets: Sets): Resize | undefined {
  const { newest } = sets;
  if (newest === undefined || sizeOf(newest) === spec.replicas) return undefined;
  if (sizeOf(newest) > spec.replicas) return { set: newest, size: spec.replicas };
  const size = newestSize(spec, { size: sizeOf(newest), total: sum(allOf(sets), sizeOf) });
  return size === sizeOf(newest) ? undefined : { set: newest, size };
}

/** How old ReplicaSets should shrink now: first by pods that serve nobody, then by as many as may be missing. */
export function shrinkOld(spec: DeploymentSpec, sets: Sets): readonly Resize[] {
  const old = active(oldestFirst(sets.old));
  if (old.length === 0) return [];
  const all = allOf(sets);
  const least = spec.replicas - spec.maxUnavailable;
  const newestMissing = sets.newest === undefined ? 0 : sizeOf(sets.newest) - countOf(sets.newest, "availableReplicas");
  const most = sum(all, sizeOf) - least - newestMissing;
  if (most <= 0) return [];
  const sizes = new Map(old.map((set) => [set, sizeOf(set)]));
  let left = most;
  const take = (limit: number, takeable: (set: KubeObject, size: number) => number): void => {
    let free = Math.min(limit, left);
    for (const [set, size] of sizes) {
      const taken = Math.max(0, Math.min(free, takeable(set, size)));
      sizes.set(set, size - taken);
      free -= taken;
      left -= taken;
    }
  };
  take(most, (set, size) => size - countOf(set, "availableReplicas"));
  // Never more than the sizes allow: a status that has not followed the last resize tells of pods that are about to go.
  take(sum(all, (set) => countOf(set, "availableReplicas")) - least, (_, size) => size);
  return [...sizes].flatMap(([set, size]) => (size === sizeOf(set) ? [] : [{ set, size }]));
}
