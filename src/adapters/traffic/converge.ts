import type { Cluster, ClusterObject } from "../../control/ports.ts";
import type { JsonObject } from "../../domain/spec.ts";
import { digest, isObject, listOf, objectOf, patchBetween, same } from "./json.ts";
import { APPLIED } from "./marks.ts";
import { portKey, portsWithoutClash } from "./ports.ts";
import type { Wanted } from "./wanted.ts";

/** Makes objects so, and remembers which of them the API server does not keep as they were sent. */
export interface Converger {
  /** Write only if the live object differs in what we own. */
  converge(wanted: Wanted): Promise<void>;
  /** Whether our last write of this object was answered with something else, for example because a field is unknown. */
  isKeptOtherwise(wanted: Wanted): boolean;
}

export function newConverger(cluster: Cluster): Converger {
  const otherwise = new Map<string, string>();
  const isKnown = (wanted: Wanted) => otherwise.get(keyOf(wanted)) === answerOf(wanted, wanted.live);
  return {
    async converge(wanted) {
      if (!differs(wanted) || isKnown(wanted)) return;
      const version = await prepare(cluster, wanted);
      const { metadata } = wanted.object;
      const guard = metadata.resourceVersion === undefined ? {} : { resourceVersion: version };
      await cluster.apply(wanted.kind, { ...wanted.object, metadata: { ...metadata, ...guard } } as ClusterObject);
      const answer = cluster.read(wanted.kind, metadata.namespace ?? "", metadata.name);
      // A field that the server drops would otherwise be written again for ever.
      if (differs({ ...wanted, live: answer })) otherwise.set(keyOf(wanted), answerOf(wanted, answer));
      else otherwise.delete(keyOf(wanted));
    },
    isKeptOtherwise: (wanted) => differs(wanted) && isKnown(wanted),
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

/** What apply alone cannot do: take away what another manager owns as well. Answers with the version to go on from. */
async function prepare(cluster: Cluster, wanted: Wanted): Promise<string | undefined> {
  const { kind, object, live } = wanted;
  const { name, namespace = "" } = object.metadata;
  const patch = live === undefined ? undefined : (surplus(wanted, live) ?? clash(wanted, live));
  if (patch === undefined) return live?.metadata.resourceVersion;
  // What stood there is remembered in the same write that begins to change it.
  const { [APPLIED]: _applied, ...annotations } = object.metadata.annotations ?? {};
  await cluster.merge(
    kind,
    namespace,
    name,
    { metadata: { annotations }, spec: patch },
    live?.metadata.resourceVersion,
  );
  return cluster.read(kind, namespace, name)?.metadata.resourceVersion;
}

function surplus({ object, trimmed }: Wanted, live: ClusterObject): JsonObject | undefined {
  const wanted = objectOf(object["spec"]);
  const spec = objectOf(live["spec"]);
  const fields = trimmed.filter((field) => exceeds(spec[field], wanted[field]));
  const pick = (from: JsonObject) =>
    Object.fromEntries(fields.filter((field) => from[field] !== undefined).map((field) => [field, from[field]]));
  return patchBetween(pick(spec), pick(wanted));
}

function exceeds(live: unknown, wanted: unknown): boolean {
  if (live === undefined) return false;
  if (wanted === undefined) return true;
  if (!isObject(live) || !isObject(wanted)) return false;
  return Object.keys(live).some((field) => exceeds(live[field], wanted[field]));
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
