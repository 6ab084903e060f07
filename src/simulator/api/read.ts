import { isWireObject, type WireObject } from "../../resources/wire.ts";
import { badRequest } from "./errors.ts";
import { type Draft, metadataOf, textAt } from "./json.ts";
import type { Resource } from "./resource.ts";
import type { BuiltinTypes } from "./schema/builtin.ts";
import { decodeObject, zeroOf } from "./schema/decode.ts";
import { fillDefaults, prune } from "./schema/structural.ts";

export type FieldValidation = "Ignore" | "Warn" | "Strict";

/** An object as it came in, in the form that the kind has. */
export interface Reading {
  readonly draft: Draft;
  readonly warnings: readonly string[];
}

/** Read what a client sent as an object of this kind, defaults filled in. Throws 400 where it is none. */
export function readObject(
  value: unknown,
  resource: Resource,
  types: BuiltinTypes,
  validation: FieldValidation,
): Reading {
  if (!isWireObject(value)) throw badRequest(notAnObject(value, resource));
  mustBeKind(value, resource);
  const { draft, unknown } = resource.isCustom ? readCustom(value, resource, types) : readBuiltin(value, resource);
  if (unknown.length > 0 && validation === "Strict") throw badRequest(strictWords(unknown, resource));
  const warnings = validation === "Warn" ? unknown.map((path) => `unknown field ${JSON.stringify(path)}`) : [];
  return { draft, warnings };
}

function notAnObject(value: unknown, { kind, version }: Resource): string {
  const type = value === undefined || value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: json: cannot unmarshal ${type} into Go value of type ${version}.${kind}`;
}

function strictWords(unknown: readonly string[], { kind, version, isCustom }: Resource): string {
  const said = unknown.map((path) => `unknown field ${JSON.stringify(path)}`).join(", ");
  if (isCustom) return `strict decoding error: ${said}`;
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: strict decoding error: ${said}`;
}

function mustBeKind(value: WireObject, { apiVersion, kind, isCustom }: Resource): void {
  const [saidVersion, saidKind] = [textAt(value, "apiVersion") ?? "", textAt(value, "kind") ?? ""];
  if (isCustom && saidKind === "") throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(value)}'`);
  if (saidVersion !== "" && saidVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${saidVersion}) does not match the expected API version (${apiVersion})`,
    );
  }
  if (saidKind !== "" && saidKind !== kind) {
    throw badRequest(`${saidKind} in version ${JSON.stringify(saidVersion || "v1")} cannot be handled as a ${kind}`);
  }
}

function readBuiltin(value: WireObject, resource: Resource): { draft: Draft; unknown: readonly string[] } {
  const { object, unknown } = decodeObject(value, resource.schema, resource);
  resource.behaviour.defaults?.(object);
  return { draft: typed(object, resource), unknown };
}

function readCustom(value: WireObject, resource: Resource, types: BuiltinTypes): { draft: Draft; unknown: string[] } {
  const unknown: string[] = [];
  const draft = prune(value, resource.schema, unknown);
  const metadata = decodeObject(metadataOf(value), types.type("ObjectMeta"), { kind: "ObjectMeta", version: "v1" });
  draft["metadata"] = metadata.object;
  fillDefaults(draft, resource.schema);
  return {
    draft: typed(draft, resource),
    unknown: [...unknown, ...metadata.unknown.map((path) => `metadata.${path}`)],
  };
}

const typed = (draft: Draft, { apiVersion, kind }: Resource): Draft => ({ ...draft, apiVersion, kind });

/** The object of this kind that nobody has written yet: what ownership is measured from. */
export function emptyOf({ isCustom, schema, apiVersion, kind }: Resource): WireObject {
  return isCustom ? { apiVersion, kind, metadata: {} } : { ...zeroOf(schema), apiVersion, kind, metadata: {} };
}
