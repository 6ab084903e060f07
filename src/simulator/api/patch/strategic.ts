import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { badRequest, internal } from "../errors.ts";
import { copy, type Draft, isEqual, setField } from "../json.ts";
import { childSchema, type Schema } from "../schema/schema.ts";

/**
 * Strategic merge patch: like a merge patch, but lists whose entries have a key are merged by it. Directives in the
 * patch say what cannot be said by values: `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`.
 */
export function strategicPatch(value: unknown, patch: WireObject, schema: Schema | undefined): unknown {
  const current = isWireObject(value) ? value : {};
  const directive = patch["$patch"];
  if (directive === "replace") return withoutDirectives(patch);
  if (directive === "delete") return {};
  if (directive !== undefined && directive !== "merge") throw badRequest(`unknown patch type: ${String(directive)}`);
  const result = retained(current, patch["$retainKeys"]);
  takePrimitives(result, patch);
  for (const [field, change] of Object.entries(patch)) {
    if (field.startsWith("$")) continue;
    if (change === null) delete result[field];
    else setField(result, field, patched(result[field], change, childSchema(schema, field), orderOf(patch, field)));
  }
  orderLeftAlone(result, patch, schema);
  return result;
}

const orderOf = (patch: WireObject, field: string): readonly unknown[] | undefined =>
  patch[`$setElementOrder/${field}`] as readonly unknown[] | undefined;

function retained(current: WireObject, keys: unknown): Draft {
  if (!Array.isArray(keys)) return { ...current };
  return Object.fromEntries(Object.entries(current).filter(([field]) => keys.includes(field)));
}

function takePrimitives(result: Draft, patch: WireObject): void {
  for (const [field, gone] of Object.entries(patch)) {
    const name = /^\$deleteFromPrimitiveList\/(.*)$/.exec(field)?.[1];
    if (name === undefined || !Array.isArray(gone) || !Array.isArray(result[name])) continue;
    result[name] = (result[name] as readonly unknown[]).filter((entry) => !gone.includes(entry));
  }
}

/** An order may be set for a list of which nothing else is said. */
function orderLeftAlone(result: Draft, patch: WireObject, schema: Schema | undefined): void {
  for (const [directive, order] of Object.entries(patch)) {
    const field = /^\$setElementOrder\/(.*)$/.exec(directive)?.[1];
    const list = field === undefined ? undefined : result[field];
    if (field === undefined || patch[field] !== undefined || !Array.isArray(order) || !Array.isArray(list)) continue;
    result[field] = ordered({
      list,
      order,
      before: list,
      key: childSchema(schema, field)?.["x-kubernetes-patch-merge-key"],
    });
  }
}

function patched(
  current: unknown,
  change: unknown,
  schema: Schema | undefined,
  order: readonly unknown[] | undefined,
): unknown {
  if (isWireObject(change)) return strategicPatch(current, change, schema);
  const isMerged = schema?.["x-kubernetes-patch-strategy"]?.includes("merge") === true;
  if (!Array.isArray(change) || !isMerged) return Array.isArray(change) ? withoutMarks(change) : copy(change);
  const key = schema?.["x-kubernetes-patch-merge-key"];
  const list = Array.isArray(current) ? (current as readonly unknown[]) : [];
  const next =
    key === undefined
      ? [...list, ...change.filter((entry) => !list.some((one) => isEqual(one, entry)))]
      : keyed(list, change, key, schema);
  return ordered({ list: next, order: order ?? change, before: list, key });
}

/** As Go prints a map. */
function printMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printMap).join(" ")}]`;
  if (!isWireObject(value)) return String(value);
  const fields = Object.entries(value).map(([field, inner]) => `${field}:${printMap(inner)}`);
  return `map[${fields.sort().join(" ")}]`;
}

function keyed(
  list: readonly unknown[],
  change: readonly unknown[],
  key: string,
  schema: Schema | undefined,
): readonly unknown[] {
  if (change.some((entry) => isWireObject(entry) && entry["$patch"] === "replace")) return withoutMarks(change);
  let result = [...list];
  for (const entry of change) {
    if (!isWireObject(entry)) throw badRequest(`expecting objects with the merge key ${key}`);
    const value = entry[key];
    if (value === undefined) throw internal(`map: ${printMap(entry)} does not contain declared merge key: ${key}`);
    const place = result.findIndex((one) => isWireObject(one) && one[key] === value);
    if (entry["$patch"] === "delete") result = result.filter((one) => !(isWireObject(one) && one[key] === value));
    else if (place < 0) result.push(withoutDirectives(strategicPatch({}, entry, schema?.items) as WireObject));
    else result[place] = strategicPatch(result[place], entry, schema?.items);
  }
  return result;
}

interface Ordering {
  readonly list: readonly unknown[];
  /** The entries that were patched, or are told the order of, as they are to stand. */
  readonly order: readonly unknown[];
  readonly before: readonly unknown[];
  readonly key: string | undefined;
}

/**
 * The entries that the order names stand in it, each of the others in the order that it was in. Between the two, one goes
 * first that did so before; where that is not known, the one that the order names.
 */
function ordered({ list, order, before, key }: Ordering): readonly unknown[] {
  const nameOf = (entry: unknown): unknown => (key !== undefined && isWireObject(entry) ? entry[key] : entry);
  const placeIn = (where: readonly unknown[], entry: unknown): number =>
    where.findIndex((one) => isEqual(nameOf(one), nameOf(entry)));
  const named = list
    .filter((entry) => placeIn(order, entry) >= 0)
    .toSorted((one, other) => placeIn(order, one) - placeIn(order, other));
  const others = list.filter((entry) => placeIn(order, entry) < 0);
  const result: unknown[] = [];
  let [next, rest] = [0, 0];
  while (next < named.length || rest < others.length) {
    const [mine, other] = [placeIn(before, named[next]), placeIn(before, others[rest])];
    const isOther = rest < others.length && (next >= named.length || (other >= 0 && mine >= 0 && other < mine));
    result.push(isOther ? others[rest++] : named[next++]);
  }
  return result;
}

function withoutMarks(list: readonly unknown[]): readonly unknown[] {
  return list
    .filter((entry) => !(isWireObject(entry) && entry["$patch"] === "replace" && Object.keys(entry).length === 1))
    .map((entry) => (isWireObject(entry) ? withoutDirectives(entry) : copy(entry)));
}

function withoutDirectives(value: WireObject): Draft {
  const result: Draft = {};
  for (const [field, inner] of Object.entries(value)) {
    if (field.startsWith("$") || inner === null) continue;
    if (Array.isArray(inner)) setField(result, field, withoutMarks(inner));
    else setField(result, field, isWireObject(inner) ? withoutDirectives(inner) : inner);
  }
  return result;
}
