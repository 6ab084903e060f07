import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import type { Canon } from "../canon.ts";
import { copy, type Draft, setField } from "../json.ts";
import { childSchema, type Schema } from "./schema.ts";

/** What a custom object may carry besides what its schema declares. */
const OWN_FIELDS = ["apiVersion", "kind", "metadata"];

/** A custom object without the fields that its schema does not know. Their paths go to `unknown`. */
export function prune(value: WireObject, schema: Schema, unknown: string[], canon?: Canon): Draft {
  return pruneObject(value, schema, { path: "", unknown, isRoot: true, canon });
}

interface Pruning {
  readonly path: string;
  readonly unknown: string[];
  readonly isRoot: boolean;
  readonly canon: Canon | undefined;
}

function pruneValue(value: unknown, schema: Schema, pruning: Pruning): unknown {
  const { path, unknown, canon } = pruning;
  if (canon?.has(value, schema)) return value;
  if (Array.isArray(value)) {
    return value.map((entry, place) =>
      schema.items === undefined
        ? copy(entry)
        : pruneValue(entry, schema.items, { path: `${path}[${place}]`, unknown, isRoot: false, canon }),
    );
  }
  if (!isWireObject(value)) return value;
  const isRoot = schema["x-kubernetes-embedded-resource"] === true;
  return pruneObject(value, schema, { ...pruning, isRoot });
}

function pruneObject(value: WireObject, schema: Schema, { path, unknown, isRoot, canon }: Pruning): Draft {
  const keepsAll = schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true;
  const result: Draft = {};
  for (const [field, inner] of Object.entries(value)) {
    const below = path === "" ? field : `${path}.${field}`;
    const known = childSchema(schema, field);
    if (isRoot && OWN_FIELDS.includes(field)) setField(result, field, copy(inner));
    else if (inner === null && known !== undefined && known.nullable !== true) continue;
    else if (known !== undefined)
      setField(result, field, pruneValue(inner, known, { path: below, unknown, isRoot: false, canon }));
    else if (keepsAll) setField(result, field, copy(inner));
    else unknown.push(below);
  }
  return result;
}

/** Fill in the defaults of a custom object. A null where null is not allowed gives way to the default as well. */
export function fillDefaults(value: unknown, schema: Schema, canon?: Canon): void {
  if (canon?.has(value, schema)) return;
  if (Array.isArray(value)) {
    if (schema.items !== undefined) for (const entry of value) fillDefaults(entry, schema.items, canon);
    return;
  }
  if (!isWireObject(value)) return;
  const draft = value as Draft;
  for (const [field, inner] of Object.entries(schema.properties ?? {})) {
    const isMissing = draft[field] === undefined || (draft[field] === null && inner.nullable !== true);
    if (isMissing && inner.default !== undefined) draft[field] = copy(inner.default);
    fillDefaults(draft[field], inner, canon);
  }
  const values = schema.additionalProperties;
  if (typeof values === "object") {
    for (const [field, inner] of Object.entries(draft)) {
      if (schema.properties === undefined || !Object.hasOwn(schema.properties, field))
        fillDefaults(inner, values, canon);
    }
  }
}
