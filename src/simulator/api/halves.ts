import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { type Draft, fieldsOf, isEqual, listAt, metadataOf, setField } from "./json.ts";
import { hasStatus, type Resource } from "./resource.ts";
import { zeroOf } from "./schema/decode.ts";

export function resetStatus(draft: Draft, resource: Resource): void {
  if (!hasStatus(resource) || resource.kind === "Node") return;
  delete draft["status"];
  const schema = resource.schema.properties?.["status"];
  if (!resource.isCustom && schema?.default !== undefined) draft["status"] = zeroOf(schema);
}

/** A write of one half of an object leaves the other half as it was. */
export function merged(draft: Draft, current: WireObject, resource: Resource, subresource: string): Draft {
  const now: WireObject = current;
  if (subresource !== "status") {
    if (!hasStatus(resource)) return draft;
    if (now["status"] === undefined) delete draft["status"];
    else draft["status"] = now["status"];
    return draft;
  }
  const { status } = draft;
  const kept = metadataOf(now);
  const metadata = resource.isCustom ? kept : { ...metadataOf(draft), labels: kept["labels"] };
  const result: Draft = { ...now, metadata: { ...metadata } };
  const owners = metadataOf(draft)["managedFields"];
  if (owners !== undefined) (result["metadata"] as Draft)["managedFields"] = owners;
  if (status === undefined) delete result["status"];
  else result["status"] = status;
  return result;
}

const SYSTEM: ReadonlySet<string> = new Set([
  "name",
  "namespace",
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "generation",
  "selfLink",
  "resourceVersion",
]);

export function keepSystemMetadata(draft: Draft, before: WireObject): void {
  const [metadata, said]: [Draft, WireObject] = [{}, metadataOf(draft)];
  for (const field of Object.keys(said)) {
    const value = SYSTEM.has(field) ? before[field] : said[field];
    if (value !== undefined) setField(metadata, field, value);
  }
  for (const field of SYSTEM) {
    if (metadata[field] === undefined && before[field] !== undefined) metadata[field] = before[field];
  }
  draft["metadata"] = metadata;
}

/** Whose fields are whose before this write: what the client said of it, or what was recorded. */
export function ownershipIn(draft: Draft, current: KubeObject): readonly unknown[] {
  const said = metadataOf(draft)["managedFields"];
  if (!Array.isArray(said)) return listAt(fieldsOf(current), "metadata", "managedFields");
  // An empty entry is how a client says that nobody is to own anything.
  const isReset = said.length === 0 || (said.length === 1 && isEqual(said[0], {}));
  return isReset ? [] : said;
}

/** A client that sends no ownership says nothing about it. */
export function isSameContent(next: WireObject, current: WireObject): boolean {
  const metadata = metadataOf(next);
  if (metadata["managedFields"] !== undefined) return isEqual(next, current);
  const { managedFields: _, ...rest } = metadataOf(current);
  return isEqual(next, { ...current, metadata: rest });
}

export function withoutTimes(object: KubeObject): WireObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  const managedFields = (listAt(fieldsOf(object), "metadata", "managedFields") as readonly WireObject[]).map(
    ({ time: _time, ...entry }) => entry,
  );
  return { ...object, metadata: { ...metadata, managedFields } };
}
