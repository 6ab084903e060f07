import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { badRequest } from "../errors.ts";
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
    if (field === undefined || patch[field] !== undefined || !Array.isArray(order) || !Array.isArray(result[field]))
      continue;
    const key = childSchema(schema, field)?.["x-kubernetes-patch-merge-key"];
    result[field] = ordered(result[field] as readonly unknown[], order, key);
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
  return order === undefined ? next : ordered(next, order, key);
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
    if (value === undefined)
      throw badRequest(`map: ${JSON.stringify(entry)} does not contain declared merge key: ${key}`);
    const place = result.findIndex((one) => isWireObject(one) && one[key] === value);
    if (entry["$patch"] === "delete") result = result.filter((one) => !(isWireObject(one) && one[key] === value));
    else if (place < 0) result.push(withoutDirectives(strategicPatch({}, entry, schema?.items) as WireObject));
    else result[place] = strategicPatch(result[place], entry, schema?.items);
  }
  return result;
}

/** The entries that the order names stand in it; each of the others stays behind the one that it followed. */
function ordered(list: readonly unknown[], order: readonly unknown[], key: string | undefined): readonly unknown[] {
  const nameOf = (entry: unknown): unknown => (key !== undefined && isWireObject(entry) ? entry[key] : entry);
  const names = order.map(nameOf);
  const place = (entry: unknown): number => names.findIndex((name) => isEqual(name, nameOf(entry)));
  const named = list.filter((entry) => place(entry) >= 0).toSorted((one, other) => place(one) - place(other));
  const others = list.filter((entry) => place(entry) < 0);
  const result: unknown[] = [];
  let [next, rest] = [0, 0];
  while (next < named.length || rest < others.length) {
    const isOther =
      rest < others.length && (next >= named.length || list.indexOf(others[rest]) < list.indexOf(named[next]));
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
