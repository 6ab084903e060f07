import type { KubeObject } from "../../runtime/transport.ts";
import { at, isEqual } from "../../simulator/api/json.ts";
import type { WriteSeen } from "../../simulator/happening.ts";

/** All objects as they are now, known from the writes alone. */
export class Objects {
  readonly #byKind = new Map<string, Map<string, KubeObject>>();

  note({ kind, namespace, name, after }: WriteSeen): void {
    const objects = this.#byKind.get(kind) ?? new Map<string, KubeObject>();
    this.#byKind.set(kind, objects);
    const key = `${namespace ?? ""}/${name}`;
    if (after === undefined) objects.delete(key);
    else objects.set(key, after);
  }

  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#byKind.get(kind)?.get(`${namespace}/${name}`);
  }

  of(kind: string): Iterable<KubeObject> {
    return this.#byKind.get(kind)?.values() ?? [];
  }
}

/** Whether a write changed what is found at this path. A creation changes what it brings. */
export function changes({ before, after }: WriteSeen, ...path: readonly string[]): boolean {
  return !isEqual(at(before, ...path), at(after, ...path));
}

/** A Deployment has as many pods as it asks for, all of its newest template, and its own controller says so. */
export function isWhole(deployment: KubeObject): boolean {
  const { metadata } = deployment;
  const count = (...path: readonly string[]): number => Number(at(deployment, ...path) ?? 0);
  const wanted = replicasOf(deployment);
  return (
    count("status", "observedGeneration") >= (metadata.generation ?? 0) &&
    ["updatedReplicas", "replicas", "availableReplicas"].every((field) => count("status", field) === wanted)
  );
}

/** How many pods a Deployment asks for; one where it says nothing. */
export function replicasOf(deployment: KubeObject | undefined): number {
  return Number(at(deployment, "spec", "replicas") ?? 1);
}

/** How many of a Deployment's pods are available, of any revision. */
export function availableOf(deployment: KubeObject | undefined): number {
  return Number(at(deployment, "status", "availableReplicas") ?? 0);
}
