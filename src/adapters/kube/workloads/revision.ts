import { hash } from "node:crypto";
import type { ClusterObject } from "../../../control/ports.ts";
import { asObject, canonicalJson } from "../json.ts";

/** Stored objects are frozen and replaced whole, so a hash holds as long as the object that it was made from. */
export class Revisions {
  readonly #known = new WeakMap<ClusterObject, string>();

  of(workload: ClusterObject): string {
    const known = this.#known.get(workload);
    if (known !== undefined) return known;
    const revision = revisionOf(workload);
    this.#known.set(workload, revision);
    return revision;
  }
}

/**
 * Names what a workload's pods are made from, as the API server returns it with its defaults. Replicas and strategy do
 * not count; `kubectl rollout restart` does. The form can never be taken for one of Flagger's hashes.
 */
export function revisionOf(workload: ClusterObject): string {
  const template = asObject(asObject(workload["spec"])?.["template"]) ?? {};
  return `v1-${hash("sha256", canonicalJson(template)).slice(0, 16)}`;
}

/**
 * Names one copy of a revision together with the configs it runs with. It is the pods' `flagger-id`: pods roll when it
 * changes, and applying the same copy twice changes nothing.
 */
export function copyId(revision: string, checksums: Readonly<Record<string, string>> | undefined): string {
  if (checksums === undefined || Object.keys(checksums).length === 0) return revision;
  return `${revision}-${hash("sha256", canonicalJson(checksums)).slice(0, 8)}`;
}
