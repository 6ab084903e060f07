import { isDeepStrictEqual } from "node:util";
import { isFields, type Json, type JsonFields } from "./json.ts";

/**
 * What became of a value. Of fields, those that changed, and under `-` the names of those that went; of an array that kept
 * its length, the elements that changed, by index. Anything else is told whole; undefined: it is as it was.
 */
export type Delta = Json | undefined;

const GONE = "-";

/** Throws where a field is called `-`. */
export function deltaOf(before: Json | undefined, after: Json): Delta {
  if (isDeepStrictEqual(before, after)) return undefined;
  if (isFields(before) && isFields(after)) return ofFields(before, after);
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return ofFields(Object.fromEntries(before.entries()), Object.fromEntries(after.entries()));
  }
  refuseMark(after);
  return after;
}

/** What it became: undoes `deltaOf` for the same value before. */
export function apply(before: Json | undefined, delta: Delta): Json | undefined {
  if (delta === undefined) return before;
  if (!isFields(delta)) return delta;
  if (Array.isArray(before)) return before.map((element: Json, at) => apply(element, delta[at]) ?? null);
  if (!isFields(before)) return delta;
  const { [GONE]: gone = [], ...changed } = delta;
  const kept = Object.entries(before).filter(([name]) => !(Array.isArray(gone) && gone.includes(name)));
  const result: Record<string, Json> = Object.fromEntries(kept);
  for (const [name, part] of Object.entries(changed)) result[name] = apply(result[name], part) ?? null;
  return result;
}

function ofFields(before: JsonFields, after: JsonFields): JsonFields {
  const gone = Object.keys(before).filter((name) => !(name in after));
  const changed: Record<string, Json> = {};
  for (const [name, value] of Object.entries(after)) {
    if (name === GONE) refuseMark(after);
    const delta = deltaOf(before[name], value);
    if (delta !== undefined) changed[name] = delta;
  }
  return gone.length === 0 ? changed : { ...changed, [GONE]: gone };
}

function refuseMark(value: Json): void {
  if (Array.isArray(value)) value.forEach(refuseMark);
  if (!isFields(value)) return;
  if (GONE in value) throw new Error(`a field is called ${GONE}, which deltas use as a mark`);
  Object.values(value).forEach(refuseMark);
}
