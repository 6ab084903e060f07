import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { copy, type Draft, setField } from "../json.ts";
import { childSchema, isAtomicMap, isDeclared, listTypeOf, type Schema } from "../schema/schema.ts";
import { type FieldSet, isMember } from "./fieldSet.ts";
import { entriesOf, fieldStep } from "./steps.ts";

/** The applied configuration laid over the live object. */
export function mergeApplied(live: unknown, applied: unknown, schema: Schema | undefined): unknown {
  if (isWireObject(live) && isWireObject(applied) && !isAtomicMap(schema)) {
    const result: Draft = { ...live };
    for (const [field, value] of Object.entries(applied)) {
      setField(result, field, mergeApplied(live[field], value, childSchema(schema, field)));
    }
    return result;
  }
  const isGranular = schema?.type === "array" && listTypeOf(schema) !== "atomic";
  if (isGranular && Array.isArray(live) && Array.isArray(applied)) return mergeLists(live, applied, schema);
  return copy(applied);
}

/** The applied entries in their order; those that are only live keep their place among the others. */
function mergeLists(live: readonly unknown[], applied: readonly unknown[], schema: Schema): readonly unknown[] {
  const [had, has] = [entriesOf(schema, live), entriesOf(schema, applied)];
  const [before, wanted] = [[...had.keys()], [...has.keys()]];
  const shared = wanted.filter((step) => had.has(step));
  const result: unknown[] = [];
  let place = 0;
  /** Entries that are only live and stand before the shared one that comes next. */
  const takeLive = (until: string | undefined): void => {
    for (; place < before.length; place += 1) {
      const step = before[place] ?? "";
      if (step === until) break;
      if (!has.has(step)) result.push(had.get(step));
      else if (until !== undefined && shared.includes(step)) continue;
    }
  };
  for (const step of wanted) {
    if (had.has(step)) {
      if (before.indexOf(step) >= place) {
        takeLive(step);
        place += 1;
      }
      result.push(mergeApplied(had.get(step), has.get(step), schema.items));
    } else {
      if (shared.length === 0) takeLive(undefined);
      result.push(copy(has.get(step)));
    }
  }
  takeLive(undefined);
  return result;
}

/** The object without what was applied before (`last`) and is owned by nobody any more. */
export function prune(
  value: unknown,
  sets: { readonly last: FieldSet; readonly owned: FieldSet },
  schema: Schema | undefined,
): unknown {
  if (isWireObject(value)) return pruneFields(value, sets, schema);
  if (Array.isArray(value) && listTypeOf(schema) !== "atomic") return pruneEntries(value, sets, schema);
  return value;
}

type Sets = { readonly last: FieldSet; readonly owned: FieldSet };

function pruneFields(value: WireObject, { last, owned }: Sets, schema: Schema | undefined): WireObject {
  const result: Draft = {};
  for (const [field, inner] of Object.entries(value)) {
    const step = fieldStep(field);
    const [was, is] = [last[step], owned[step]] as [FieldSet | undefined, FieldSet | undefined];
    if (was === undefined) setField(result, field, inner);
    // A struct stays as long as anybody owns something in it; an entry of a map, while it is owned itself.
    else if (is !== undefined && (isDeclared(schema, field) || isMember(is) || !isMember(was)))
      setField(result, field, prune(inner, { last: was, owned: is }, childSchema(schema, field)));
  }
  return result;
}

function pruneEntries(
  value: readonly unknown[],
  { last, owned }: Sets,
  schema: Schema | undefined,
): readonly unknown[] {
  const result: unknown[] = [];
  for (const [step, entry] of entriesOf(schema, value)) {
    const [was, is] = [last[step], owned[step]] as [FieldSet | undefined, FieldSet | undefined];
    if (was === undefined) result.push(entry);
    else if (isMember(is) || (is !== undefined && !isMember(was)))
      result.push(prune(entry, { last: was, owned: is ?? {} }, schema?.items));
  }
  return result;
}
