import type { KubeObject } from "../../../runtime/transport.ts";
import { numberAt, objectAt } from "../../api/json.ts";
import { isSameTemplate } from "./template.ts";

export const REVISION = "deployment.kubernetes.io/revision";
export const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
export const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
export const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

/** A Deployment's ReplicaSets: the one of its newest template, if it is there yet, and all others. */
export interface Sets {
  readonly newest: KubeObject | undefined;
  readonly old: readonly KubeObject[];
}

/** Oldest first. Of several that have the template, the oldest is the one to use. */
export function sortSets(deployment: KubeObject, sets: readonly KubeObject[]): Sets {
  const template = objectAt(deployment, "spec", "template") ?? {};
  const sorted = oldestFirst(sets);
  const newest = sorted.find((set) => isSameTemplate(objectAt(set, "spec", "template") ?? {}, template));
  return { newest, old: sorted.filter((set) => set !== newest) };
}

export const allOf = ({ newest, old }: Sets): readonly KubeObject[] => (newest === undefined ? old : [...old, newest]);

/** How many pods a ReplicaSet is asked for. */
export const sizeOf = (set: KubeObject): number => numberAt(set, "spec", "replicas") ?? 1;

/** One of the counts that a ReplicaSet reports. */
export function countOf(set: KubeObject, field: "replicas" | "readyReplicas" | "availableReplicas"): number {
  return numberAt(set, "status", field) ?? 0;
}

export const sum = (sets: readonly KubeObject[], count: (set: KubeObject) => number): number =>
  sets.reduce((total, set) => total + count(set), 0);

export const active = (sets: readonly KubeObject[]): readonly KubeObject[] => sets.filter((set) => sizeOf(set) > 0);

const creationOf = ({ metadata }: KubeObject): number => Date.parse(metadata.creationTimestamp ?? "") || 0;

/** By age, and by name where the clock of the API server, which counts seconds, saw no difference. */
export function oldestFirst(sets: readonly KubeObject[]): readonly KubeObject[] {
  return [...sets].sort(
    (one, other) =>
      creationOf(one) - creationOf(other) ||
      (one.metadata.name < other.metadata.name ? -1 : one.metadata.name > other.metadata.name ? 1 : 0),
  );
}

export const newestFirst = (sets: readonly KubeObject[]): readonly KubeObject[] => [...oldestFirst(sets)].reverse();

/** Largest first; of equals, the one that `ages` has first. */
export function largestFirst(
  sets: readonly KubeObject[],
  ages: (sets: readonly KubeObject[]) => readonly KubeObject[],
): readonly KubeObject[] {
  return [...ages(sets)].sort((one, other) => sizeOf(other) - sizeOf(one));
}

/** The number that an annotation holds, or undefined. */
export function annotatedNumber({ metadata }: KubeObject, annotation: string): number | undefined {
  const text = metadata.annotations?.[annotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

export const revisionOf = (set: KubeObject): number => annotatedNumber(set, REVISION) ?? 0;
