import { RejectedError } from "../../control/errors.ts";
import type { Cluster, ClusterObject } from "../../control/ports.ts";
import type { JsonObject } from "../../domain/spec.ts";
import { defined, digest, isObject, listOf, objectOf, same } from "./json.ts";
import { MEMORY } from "./marks.ts";
import { portKey, portsWithoutClash } from "./ports.ts";
import type { Wanted } from "./wanted.ts";

/** Makes objects so, and remembers which of them the API server does not keep as they were sent. */
export interface Converger {
  /** Write only if the live object differs in what we own. */
  converge(wanted: Wanted): Promise<void>;
  /** Whether our last write of this object was answered with something else, for example because a field is unknown. */
  isKeptOtherwise(wanted: Wanted): boolean;
  /** False: nothing at all is kept otherwise, and nobody has to render anything to find that out. */
  readonly hasDoubts: boolean;
}

export function newConverger(cluster: Cluster): Converger {
  const otherwise = new Map<string, string>();
  const isKnown = (wanted: Wanted) => otherwise.get(keyOf(wanted)) === answerOf(wanted, wanted.live);
  return {
    async converge(wanted) {
      if (!differs(wanted) || isKnown(wanted)) return;
      await applyOverObstacles(cluster, wanted);
      const answer = await trim(cluster, wanted);
      // A field that the server drops would otherwise be written again for ever.
      if (differs({ ...wanted, live: answer })) otherwise.set(keyOf(wanted), answerOf(wanted, answer));
      else otherwise.delete(keyOf(wanted));
    },
    isKeptOtherwise: (wanted) => differs(wanted) && isKnown(wanted),
    get hasDoubts() {
      return otherwise.size > 0;
    },
  };
}

/** Whether the live object is not as we want it, in the fields that are ours. */
export function differs({ object, live, exact }: Wanted): boolean {
  if (live === undefined) return true;
  const wanted = objectOf(object["spec"]);
  const spec = objectOf(live["spec"]);
  const loose = Object.keys(wanted).filter((field) => !exact.includes(field));
  return (
    exact.some((field) => !same(spec[field], wanted[field])) ||
    loose.some((field) => !covers(spec[field], wanted[field])) ||
    !covers(live.metadata.labels ?? {}, object.metadata.labels ?? {}) ||
    !covers(live.metadata.annotations ?? {}, object.metadata.annotations ?? {}) ||
    !covers(live.metadata.ownerReferences ?? [], object.metadata.ownerReferences ?? [])
  );
}

/** Whether everything wanted is there. The server's defaults and other people's entries may stand beside it. */
function covers(live: unknown, wanted: unknown): boolean {
  if (isObject(wanted)) {
    return isObject(live) && Object.entries(wanted).every(([field, value]) => covers(live[field], value));
  }
  if (!Array.isArray(wanted)) return same(live, wanted);
  return wanted.every((entry) =>
    listOf(live).some((other) => entryKey(other) === entryKey(entry) && covers(other, entry)),
  );
}

/** What server-side apply tells entries of the lists apart by that we share with others: owners and ports. */
function entryKey(entry: unknown): string {
  const uid = objectOf(entry)["uid"];
  return typeof uid === "string" ? uid : portKey(entry);
}

/**
 * Apply, and where the server refuses because of something that another manager owns as well, take that away and apply
 * again. Apply comes first because it takes along whatever only we own; a merge leaves traces of a second ownership.
 */
async function applyOverObstacles(cluster: Cluster, wanted: Wanted): Promise<void> {
  const { kind, object, live } = wanted;
  try {
    await cluster.apply(kind, object);
  } catch (error) {
    const obstacle = live && (surplus(wanted, live) ?? clash(wanted, live));
    if (!(error instanceof RejectedError) || obstacle === undefined) throw error;
    const { name, namespace = "", resourceVersion: guard, ...metadata } = object.metadata;
    // What stood there is remembered in the same write that begins to change it.
    const marks = Object.entries(metadata.annotations ?? {}).filter(([key]) => MEMORY.includes(key));
    const annotations = Object.fromEntries(marks);
    const patch = { ...(marks.length > 0 && { metadata: { annotations } }), spec: obstacle };
    await cluster.merge(kind, namespace, name, patch, live?.metadata.resourceVersion);
    const resourceVersion = guard && cluster.read(kind, namespace, name)?.metadata.resourceVersion;
    const again = defined({ ...metadata, name, namespace, resourceVersion }) as ClusterObject["metadata"];
    await cluster.apply(kind, { ...object, metadata: again });
  }
}

/** Remove what is left in fields that are ours as a whole. Answers with the object as it is then. */
async function trim(cluster: Cluster, wanted: Wanted): Promise<ClusterObject | undefined> {
  const { name, namespace = "" } = wanted.object.metadata;
  const answer = cluster.read(wanted.kind, namespace, name);
  const patch = answer && surplus(wanted, answer);
  if (patch === undefined) return answer;
  await cluster.merge(wanted.kind, namespace, name, { spec: patch }, answer?.metadata.resourceVersion);
  return cluster.read(wanted.kind, namespace, name);
}

/** The merge patch that removes what is too much in the fields to trim. It sets nothing, so that it comes to own nothing. */
function surplus({ object, trimmed }: Wanted, live: ClusterObject): JsonObject | undefined {
  const pick = (from: JsonObject) =>
    Object.fromEntries(trimmed.filter((field) => from[field] !== undefined).map((field) => [field, from[field]]));
  return removals(pick(objectOf(live["spec"])), pick(objectOf(object["spec"])));
}

function removals(live: JsonObject, wanted: JsonObject): JsonObject | undefined {
  const kept = new Map(Object.entries(wanted));
  const patch = new Map<string, unknown>();
  for (const [field, value] of Object.entries(live)) {
    const beside = kept.get(field);
    if (beside === undefined) patch.set(field, null);
    const inner = isObject(value) && isObject(beside) ? removals(value, beside) : undefined;
    if (inner !== undefined) patch.set(field, inner);
  }
  return patch.size === 0 ? undefined : Object.fromEntries(patch);
}

function clash({ kind, object }: Wanted, live: ClusterObject): JsonObject | undefined {
  if (kind !== "Service") return undefined;
  const standing = object.metadata.ownerReferences === undefined ? "borrowed" : "owned";
  const wanted = listOf(objectOf(object["spec"])["ports"]).filter(isObject);
  const ports = portsWithoutClash(objectOf(live["spec"])["ports"], wanted, standing);
  return ports === undefined ? undefined : { ports };
}

function keyOf({ kind, object }: Wanted): string {
  return `${kind}/${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

function answerOf({ object }: Wanted, live: ClusterObject | undefined): string {
  const { resourceVersion: _version, ...metadata } = object.metadata;
  return digest([{ ...object, metadata }, live?.metadata.resourceVersion ?? ""]);
}
