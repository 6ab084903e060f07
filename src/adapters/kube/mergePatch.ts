import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../domain/spec.ts";
import { asObject } from "./json.ts";

/**
 * The smallest JSON merge patch (RFC 7386) that turns one object into another; undefined when they are equal already.
 * Fields that are gone become null, lists are replaced whole. Fields that are undefined count as absent.
 */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  // Maps, because in an object `constructor` is there though nobody set it, and `__proto__` cannot be set.
  const [had, wanted] = [fieldsOf(before), fieldsOf(after)];
  const patch = new Map<string, unknown>();
  for (const field of had.keys()) if (!wanted.has(field)) patch.set(field, null);
  for (const [field, value] of wanted) {
    const known = had.get(field);
    if (isDeepStrictEqual(known, value)) continue;
    const [inner, innerBefore] = [asObject(value), asObject(known)];
    const change = inner === undefined || innerBefore === undefined ? value : mergePatch(innerBefore, inner);
    if (change !== undefined) patch.set(field, change);
  }
  return patch.size === 0 ? undefined : Object.fromEntries(patch);
}

const fieldsOf = (object: JsonObject): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(object).filter(([, value]) => value !== undefined));
