import { isWireObject, type WireObject } from "../../resources/wire.ts";
import { mustSayKind } from "./bodies.ts";
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
  options: { readonly validation: FieldValidation; readonly isKnown: KnowsKind },
): Reading {
  const { validation, isKnown } = options;
  if (!isWireObject(value)) throw badRequest(notAnObject(value, resource));
  mustBeKind(value, resource, isKnown);
  const { draft, unknown } = resource.isCustom ? readCustom(value, resource, types) : readBuiltin(value, resource);
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
  const all = [...unknown, ...metadata.unknown.map((path) => `metadata.${path}`)];
  return { draft: typed(draft, resource), unknown: all.sort() };
}

const typed = (draft: Draft, { apiVersion, kind }: Resource): Draft => ({ ...draft, apiVersion, kind });

/** The object of this kind that nobody has written yet: what ownership is measured from. */
export function emptyOf({ isCustom, schema, apiVersion, kind }: Resource): WireObject {
  return isCustom ? { apiVersion, kind, metadata: {} } : { ...zeroOf(schema), apiVersion, kind, metadata: {} };
}
