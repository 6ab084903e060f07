import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../domain/spec.ts";
import { asObject } from "./json.ts";

/**
 * The smallest JSON merge patch (RFC 7386) that turns one object into another; undefined when they are equal already.
 * Fields that are gone become null, lists are replaced whole. Fields that are undefined count as absent.
 */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: Record<string, unknown> = {};
  for (const field of Object.keys(before)) {
    if (after[field] === undefined && before[field] !== undefined) patch[field] = null;
  }
  for (const [field, wanted] of Object.entries(after)) {
    const had = before[field];
    if (wanted === undefined || isDeepStrictEqual(had, wanted)) continue;
    const [inner, innerBefore] = [asObject(wanted), asObject(had)];
    const change = inner === undefined || innerBefore === undefined ? wanted : mergePatch(innerBefore, inner);
    if (change !== undefined) patch[field] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}
