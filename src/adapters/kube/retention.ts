import type { KindName } from "../../control/ports.ts";
import type { KubeObject, ObjectMeta } from "../../runtime/transport.ts";
import { slimSlice } from "./endpoints.ts";
import { KINDS } from "./kinds.ts";
import { summarise } from "./managers.ts";

/** What kubectl last applied. Services and routes keep it: it says what to give back when a Canary is deleted. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** What the store of a kind keeps of an object: the `transform` to make that store with. */
export function retain(kind: KindName): (object: KubeObject) => KubeObject {
  if (KINDS[kind].metadataOnly) return (object) => metadataOf(kind, object);
  if (kind === "Deployment") return deployment;
  if (kind === "EndpointSlice") return slimSlice;
  return (object) => ({ ...object, metadata: slim(object.metadata) });
}

function metadataOf(kind: KindName, object: KubeObject): KubeObject {
  // A write answers with the whole object. Its data must not stay in memory, least of all a Secret's.
  return { apiVersion: KINDS[kind].apiVersion, kind, metadata: withoutLastApplied(slim(object.metadata)) };
}

function deployment({ apiVersion, kind, metadata, spec, status }: KubeObject): KubeObject {
  const known = { ...(apiVersion === undefined ? {} : { apiVersion }), ...(kind === undefined ? {} : { kind }) };
  return { ...known, metadata: withoutLastApplied(slim(metadata)), spec, status };
}

function slim({ managedFields, ...metadata }: ObjectMeta): ObjectMeta {
  const summary = summarise(managedFields);
  return summary === undefined ? metadata : { ...metadata, managedFields: summary };
}

function withoutLastApplied(metadata: ObjectMeta): ObjectMeta {
  if (metadata.annotations?.[LAST_APPLIED] === undefined) return metadata;
  const { [LAST_APPLIED]: _, ...annotations } = metadata.annotations;
  return { ...metadata, annotations };
}
