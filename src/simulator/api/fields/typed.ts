import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { internal } from "../errors.ts";
import { metadataOf } from "../json.ts";
import { isAtomicMap, listTypeOf, type Schema } from "../schema/schema.ts";
import { printPath } from "./fieldSet.ts";
import { entryStep } from "./steps.ts";

/** Server-side apply reads a configuration strictly. Throws, as the real one with 500, where the schema does not allow it. */
export function mustBeTyped(configuration: WireObject, schema: Schema, what: "patch" | "live" = "patch"): void {
  const problems = problemsIn(configuration, withMetadata(schema), "");
  if (problems.length === 0) return;
  const { name = "", namespace = "" } = metadataOf(configuration) as Readonly<Record<string, string>>;
  const { apiVersion = "", kind = "" } = configuration as Readonly<Record<string, string>>;
  const version = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
  const said = problems.length === 1 ? problems[0] : `errors:\n${problems.map((problem) => `  ${problem}`).join("\n")}`;
  throw internal(`failed to create typed ${what} object (${namespace}/${name}; ${version}, Kind=${kind}): ${said}`);
}

/** Every object has these, whether its definition says so or not. */
function withMetadata(schema: Schema): Schema {
  const { apiVersion, kind, metadata } = schema.properties ?? {};
  const anything: Schema = { "x-kubernetes-preserve-unknown-fields": true };
  const properties = {
    ...schema.properties,
    apiVersion: apiVersion ?? anything,
    kind: kind ?? anything,
    metadata: metadata?.properties === undefined ? anything : metadata,
  };
  return { ...schema, properties };
}

function problemsIn(value: unknown, schema: Schema, path: string): readonly string[] {
  if (value === null || schema["x-kubernetes-int-or-string"] === true || isOpen(schema)) return [];
  const problem = (what: string): readonly string[] => [`${path === "" ? "." : path}: ${what}`];
  switch (schema.type) {
    case "object":
      return isWireObject(value) ? problemsInFields(value, schema, path) : problem(`expected map, got ${shown(value)}`);
    case "array":
      return Array.isArray(value)
        ? problemsInEntries(value, schema, path)
        : problem(`expected list, got ${shown(value)}`);
    case "integer":
    case "number":
      return typeof value === "number" ? [] : problem(`expected numeric (int or float), got ${goType(value)}`);
    case "boolean":
      return typeof value === "boolean" ? [] : problem(`expected boolean, got ${goType(value)}`);
    case "string":
      if (typeof value === "string" || schema.format === "quantity") return [];
      return problem(`expected string, got ${shown(value)}`);
    default:
      return [];
  }
}

const isOpen = ({ type, properties, ...schema }: Schema): boolean =>
  schema["x-kubernetes-preserve-unknown-fields"] === true && properties === undefined && type !== "array";

function problemsInFields(value: WireObject, schema: Schema, path: string): readonly string[] {
  const { properties = {}, additionalProperties: values } = schema;
  const isFree = schema["x-kubernetes-preserve-unknown-fields"] === true || values === true;
  return Object.entries(value).flatMap(([field, inner]) => {
    const known = Object.hasOwn(properties, field)
      ? properties[field]
      : typeof values === "object"
        ? values
        : undefined;
    if (known !== undefined) return problemsIn(inner, known, `${path}.${field}`);
    return isFree || (schema.properties === undefined && values === undefined && isAtomicMap(schema))
      ? []
      : [`${path}.${field}: field not declared in schema`];
  });
}

function problemsInEntries(list: readonly unknown[], schema: Schema, path: string): readonly string[] {
  const { items } = schema;
  const seen = new Set<string>();
  const isKeyed = listTypeOf(schema) !== "atomic";
  return list.flatMap((entry, place) => {
    const step = isKeyed ? entryStep(schema, entry) : undefined;
    const shownStep = step === undefined ? `[${place}]` : printPath([step]);
    if (isKeyed && step === undefined)
      return [
        `${path}: element ${place}: associative list with keys has an element that omits key field ${keyNames(schema)} (and doesn't have default value)`,
      ];
    if (step !== undefined && seen.has(step)) {
      return [`${path}: duplicate entries for key ${shownStep}`];
    }
    if (step !== undefined) seen.add(step);
    return items === undefined ? [] : problemsIn(entry, items, `${path}${shownStep}`);
  });
}

const keyNames = (schema: Schema): string =>
  (schema["x-kubernetes-list-map-keys"] ?? []).map((key) => JSON.stringify(key)).join(", ");

function goType(value: unknown): string {
  if (isWireObject(value)) return "map";
  return Array.isArray(value) ? "list" : typeof value;
}

/** A scalar is printed as the struct that holds it. */
const shown = (value: unknown): string =>
  isWireObject(value) ? "map" : Array.isArray(value) ? "list" : `&{${String(value)}}`;
