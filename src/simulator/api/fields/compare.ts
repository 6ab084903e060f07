import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { type Draft, isEmpty, isEqual } from "../json.ts";
import { childSchema, isAtomicMap, isDeclared, listTypeOf, type Schema } from "../schema/schema.ts";
import { type FieldSet, insert } from "./fieldSet.ts";
import { entriesOf, fieldStep } from "./steps.ts";

export interface Difference {
  /** What is new or has another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** Which fields differ between two states of one object. */
export function compare(before: WireObject, after: WireObject, schema: Schema): Difference {
  const result = { changed: {} as Draft, removed: {} as Draft };
  walk({ before, after, schema, path: [] }, result);
  return result;
}

interface Place {
  /** Undefined where there is nothing; null is a value that has no fields. */
  readonly before: unknown;
  readonly after: unknown;
  readonly schema: Schema | undefined;
  readonly path: readonly string[];
}

function walk(place: Place, result: { readonly changed: Draft; readonly removed: Draft }): void {
  const { before, after, path } = place;
  if (before === after) return;
  const parts = partsOf(place);
  if (path.length > 0) {
    if (before === undefined) insert(result.changed, path);
    else if (after === undefined) insert(result.removed, path);
    else if (parts === "leaf" && !isEqual(before, after)) insert(result.changed, path);
  }
  if (parts !== "leaf") for (const part of parts) walk(part, result);
}

/** The places below, or that there are none because the value is one whole. */
function partsOf(place: Place): "leaf" | readonly Place[] {
  const { before, after, schema } = place;
  const sides = [before, after].filter((side) => side !== undefined && side !== null);
  if (sides.length === 0) return "leaf";
  if (sides.every(isWireObject)) return isAtomicMap(schema) || sides.every(isEmpty) ? "leaf" : fieldsBelow(place);
  const isGranular = schema?.type === "array" && listTypeOf(schema) !== "atomic";
  const isList = isGranular && sides.every((side) => Array.isArray(side));
  return !isList || sides.every((side) => (side as unknown[]).length === 0) ? "leaf" : entriesBelow(place);
}

function fieldsBelow({ before, after, schema, path }: Place): readonly Place[] {
  const [had, has] = [before, after].map((side) => (isWireObject(side) ? side : {})) as [WireObject, WireObject];
  const fields = Object.keys(had).filter((field) => !Object.hasOwn(has, field));
  return [...Object.keys(has), ...fields].flatMap((field) => {
    const [old, now] = [had[field], has[field]];
    if (old === now) return [];
    return [{ before: old, after: now, schema: childSchema(schema, field), path: [...path, fieldStep(field)] }];
  });
}

function entriesBelow({ before, after, schema, path }: Place): readonly Place[] {
  const [had, has] = [before, after].map((side) => entriesOf(schema, Array.isArray(side) ? side : [])) as [
    ReadonlyMap<string, unknown>,
    ReadonlyMap<string, unknown>,
  ];
  const steps = new Set([...has.keys(), ...had.keys()]);
  return [...steps].map((step) => ({
    before: had.get(step),
    after: has.get(step),
    schema: schema?.items,
    path: [...path, step],
  }));
}

/** Every field that an applied configuration speaks of. */
export function fieldSetOf(value: WireObject, schema: Schema): FieldSet {
  const set: Draft = {};
  collect(value, schema, [], set);
  return set;
}

function collect(value: unknown, schema: Schema | undefined, path: readonly string[], set: Draft): void {
  if (isWireObject(value) && !isAtomicMap(schema)) {
    for (const [field, inner] of Object.entries(value)) {
      const below = [...path, fieldStep(field)];
      const isNothing = inner === null || (isWireObject(inner) && isEmpty(inner));
      collect(inner, childSchema(schema, field), below, set);
      if (isNothing || !isDeclared(schema, field)) insert(set, below);
    }
  } else if (Array.isArray(value) && schema?.type === "array" && listTypeOf(schema) !== "atomic") {
    for (const [step, entry] of entriesOf(schema, value)) {
      collect(entry, schema.items, [...path, step], set);
      insert(set, [...path, step]);
    }
  } else if (path.length > 0) {
    insert(set, path);
  }
}
