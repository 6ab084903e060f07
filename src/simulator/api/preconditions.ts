import { isWireObject, type WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { ApiError, badRequest, conflict, invalid, invalidValue, STALE } from "./errors.ts";
import { type Draft, metadataOf } from "./json.ts";
import type { Resource } from "./resource.ts";
import type { Change, Place } from "./write.ts";

/** A write that says which version or life it means is good for no other. */
export function mustBeCurrent(draft: Draft, before: KubeObject, { resource, name }: Place): void {
  const { uid, resourceVersion } = metadataOf(draft);
  if (typeof uid === "string" && uid !== "" && uid !== before.metadata.uid) {
    throw conflict(resource, name, otherLife(before, uid, resource));
  }
  if (resourceVersion === undefined || resourceVersion === "" || resourceVersion === before.metadata.resourceVersion)
    return;
  throw conflict(resource, name, STALE);
}

/** What a patch makes of an object may not be one: that is said of the patch, not of the object. */
export function asPatched<T>({ isPatched, object, strategic }: Change, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const why =
      /cannot be handled as a \w+: (json: .*|quantities must .*|parsing time .*|illegal base64 .*|strict decoding error: .*)$/.exec(
        isPatched === true && error instanceof ApiError ? error.message : "",
      )?.[1];
    if (why === undefined) throw error;
    const problem =
      strategic === undefined
        ? invalidValue("patch", JSON.stringify(object), why)
        : invalidValue(
            "patch",
            printGo(strategic),
            why.replace(/^json: cannot .* of type (\w+)$/, "unrecognized type: $1"),
          );
    throw invalid({ group: "", plural: "", kind: "" }, "", [problem]);
  }
}

/** As Go prints what is in a map. */
function printGo(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printGo).join(" ")}]`;
  if (!isWireObject(value)) return value === null ? "<nil>" : String(value);
  const names = Object.keys(value).sort();
  return `map[${names.map((name) => `${name}:${printGo(value[name])}`).join(" ")}]`;
}

export function mustBeVersioned(draft: Draft, { resource, name }: Place): void {
  if (resource.behaviour.isUpdatedUnconditionally || (metadataOf(draft)["resourceVersion"] ?? "") !== "") return;
  const problem = invalidValue("metadata.resourceVersion", 0, "must be specified for an update");
  throw invalid({ ...resource, kind: resource.plural }, name, [problem]);
}

/** A write may say where it belongs, but only what the path says as well. */
export function mustBeNamed(metadata: WireObject, { name, namespace }: Place): void {
  const said = metadata["name"] ?? "";
  if (said === "") throw badRequest("name must be provided");
  if (said !== name) throw badRequest(`the name of the object (${said}) does not match the name on the URL (${name})`);
  const home = metadata["namespace"] ?? "";
  if (home === "" || home === namespace) return;
  throw badRequest(`the namespace of the object (${home}) does not match the namespace on the URL (${namespace})`);
}

/** In the words of the storage below, which is what finds out. */
function otherLife({ metadata: { uid, namespace, name } }: KubeObject, wanted: string, { plural }: Resource): string {
  const key = ["/registry", plural, ...(namespace === undefined ? [] : [namespace]), name].join("/");
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`;
}
