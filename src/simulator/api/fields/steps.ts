import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { keysOf, listTypeOf, type Schema } from "../schema/schema.ts";

export const fieldStep = (field: string): string => `f:${field}`;

/** What leads to an entry of a list that is not atomic; undefined where the entry lacks its keys. */
export function entryStep(schema: Schema | undefined, entry: unknown): string | undefined {
  if (listTypeOf(schema) === "set") return `v:${JSON.stringify(entry)}`;
  const keys = isWireObject(entry) ? keysOf(schema, entry) : undefined;
  return keys === undefined ? undefined : `k:${canonical(keys)}`;
}

function canonical(keys: WireObject): string {
  return JSON.stringify(Object.fromEntries(Object.entries(keys).sort(([one], [other]) => (one < other ? -1 : 1))));
}

/** The entries of a list by what leads to them, in the list's order. */
export function entriesOf(schema: Schema | undefined, list: readonly unknown[]): ReadonlyMap<string, unknown> {
  const entries = new Map<string, unknown>();
  for (const [place, entry] of list.entries()) entries.set(entryStep(schema, entry) ?? `i:${place}`, entry);
  return entries;
}
