import { isWireObject, type WireObject } from "../../resources/wire.ts";
import { mustSayKind } from "./bodies.ts";
import type { Canon } from "./canon.ts";
import { badRequest, invalid, invalidValue } from "./errors.ts";
import { type Draft, metadataOf, textAt } from "./json.ts";
import type { Resource } from "./resource.ts";
import type { BuiltinTypes } from "./schema/builtin.ts";
import { decodeObject, zeroOf } from "./schema/decode.ts";
import { fillDefaults, prune } from "./schema/structural.ts";

export type FieldValidation = "Ignore" | "Warn" | "Strict";

/** Whether there is a kind of this name in this version at all. */
export type KnowsKind = (apiVersion: string, kind: string) => boolean;

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
  options: { readonly validation: FieldValidation; readonly isKnown: KnowsKind; readonly canon: Canon },
): Reading {
  const { validation, isKnown, canon } = options;
  if (!isWireObject(value)) throw badRequest(notAnObject(value, resource));
  mustBeKind(value, resource, isKnown);
  const { draft, unknown } = resource.isCustom
    ? readCustom(value, resource, types, canon)
    : readBuiltin(value, resource, canon);
  if (unknown.length > 0 && validation === "Strict") throw badRequest(strictWords(unknown, resource));
  const warnings = validation === "Warn" ? unknown.map((path) => `unknown field ${JSON.stringify(path)}`) : [];
  return { draft, warnings };
}

function notAnObject(value: unknown, { kind, version }: Resource): string {
  const type = value === undefined || value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: json: cannot unmarshal ${type} into Go value of type ${version}.${kind}`;
}

function strictWords(unknown: readonly string[], { kind, version }: Resource): string {
  const said = unknown.map((path) => `unknown field ${JSON.stringify(path)}`).join(", ");
  return `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: strict decoding error: ${said}`;
}

function mustBeKind(value: WireObject, resource: Resource, isKnown: KnowsKind): void {
  const { kind, apiVersion, isCustom } = resource;
  if (isCustom) mustSayKind(value, resource);
  const [saidVersion, saidKind] = [textAt(value, "apiVersion") || apiVersion, textAt(value, "kind") || kind];
  if (saidVersion === apiVersion && saidKind === kind) return;
  if (isCustom) throw otherCustomKind(value, resource, { saidKind, saidVersion });
  const version = saidVersion.split("/").at(-1) ?? "";
  const why = isKnown(saidVersion, saidKind)
    ? `converting (${version}.${saidKind}) to (${internalPackage(resource)}.${kind}): unknown conversion`
    : `no kind ${JSON.stringify(saidKind)} is registered for version ${JSON.stringify(saidVersion)} in scheme "pkg/runtime/scheme.go:111"`;
  throw badRequest(`${saidKind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);
}

const internalPackage = ({ group }: Resource): string => (group === "" ? "core" : (group.split(".")[0] ?? group));

function otherCustomKind(
  value: WireObject,
  { kind, apiVersion, group, plural }: Resource,
  { saidKind, saidVersion }: { readonly saidKind: string; readonly saidVersion: string },
): Error {
  const problems = [
    ...(saidKind === kind ? [] : [invalidValue("kind", saidKind, `must be ${kind}`)]),
    ...(saidVersion === apiVersion ? [] : [invalidValue("apiVersion", saidVersion, `must be ${apiVersion}`)]),
  ];
  return invalid({ group, plural, kind: saidKind }, textAt(value, "metadata", "name") ?? "", problems);
}

interface Read {
  readonly draft: Draft;
  readonly unknown: readonly string[];
}

function readBuiltin(value: WireObject, resource: Resource, canon: Canon): Read {
  const { object, unknown } = decodeObject(value, resource.schema, resource, canon);
  resource.behaviour.defaults?.(object);
  return { draft: typed(object, resource), unknown };
}

const OBJECT_META = { kind: "ObjectMeta", version: "v1" };

function readCustom(value: WireObject, resource: Resource, types: BuiltinTypes, canon: Canon): Read {
  const unknown: string[] = [];
  const draft = prune(value, resource.schema, unknown, canon);
  const metadata = decodeObject(metadataOf(value), types.type("ObjectMeta"), OBJECT_META, canon);
  draft["metadata"] = metadata.object;
  fillDefaults(draft, resource.schema, canon);
  const all = [...unknown, ...metadata.unknown.map((path) => `metadata.${path}`)];
  return { draft: typed(draft, resource), unknown: all.sort() };
}

const typed = (draft: Draft, { apiVersion, kind }: Resource): Draft => ({ ...draft, apiVersion, kind });

/** The object of this kind that nobody has written yet: what ownership is measured from. */
export function emptyOf({ isCustom, schema, apiVersion, kind }: Resource): WireObject {
  return isCustom ? { apiVersion, kind, metadata: {} } : { ...zeroOf(schema), apiVersion, kind, metadata: {} };
}
