import { hash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../domain/spec.ts";

/** Whether the value is a JSON object, and neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; anything else counts as an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The value as a list; anything else counts as an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What a map says of a key. Not what every object of JavaScript has under that name: a label may be called `constructor`. */
export function entryOf<Value>(map: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The object without its undefined fields, so that it compares equal to what the server answers. */
export function defined(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Deep equality of two JSON values; the order of fields does not matter. */
export function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}

/** The JSON object in a text; undefined when it is missing or is no JSON object. */
export function parseObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A short fingerprint of a JSON value that does not depend on the order of its fields. */
export function digest(value: unknown): string {
  return hash("sha256", JSON.stringify(sorted(value))).slice(0, 12);
}

/** The JSON merge patch that turns one object into another; undefined when there is nothing to turn. */
export function patchBetween(from: JsonObject, to: JsonObject): JsonObject | undefined {
  // Maps, because in an object `constructor` is there though nobody set it, and `__proto__` cannot be set.
  const had = new Map(Object.entries(from));
  const patch = new Map<string, unknown>();
  for (const field of had.keys()) if (!Object.hasOwn(to, field)) patch.set(field, null);
  for (const [field, value] of Object.entries(to)) {
    const before = had.get(field);
    if (same(before, value)) continue;
    patch.set(field, isObject(before) && isObject(value) ? patchBetween(before, value) : value);
  }
  return patch.size === 0 ? undefined : Object.fromEntries(patch);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.keys(value)
    .sort()
    .map((key) => [key, sorted(value[key])] as const);
  return Object.fromEntries(entries);
}
