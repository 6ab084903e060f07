import { isDeepStrictEqual } from "node:util";
import { isFields, type Json, type JsonFields } from "./json.ts";

/**
 * What became of a value. Of fields, those that changed, and under `-` the names of those that went; of an array that kept
 * its length, the elements that changed, by index; under `=` fields in the place of an array. Anything else is told whole;
 * undefined: it is as it was.
 */
export type Delta = Json | undefined;

const GONE = "-";
const WHOLE = "=";

/** Throws where a field is called `-` or `=`. */
export function deltaOf(before: Json | undefined, after: Json): Delta {
  if (isDeepStrictEqual(before, after)) return undefined;
  refuseMarks(after);
  if (isFields(before) && isFields(after)) return ofFields(before, after);
  if (isArray(before) && isArray(after) && before.length === after.length)
    return ofFields(byIndex(before), byIndex(after));
  return isArray(before) && isFields(after) ? { [WHOLE]: after } : after;
}

/** What it became: undoes `deltaOf` for the same value before. */
export function apply(before: Json | undefined, delta: Delta): Json | undefined {
  if (delta === undefined) return before;
  if (!isFields(delta)) return delta;
  if (Object.hasOwn(delta, WHOLE)) return delta[WHOLE];
  if (isArray(before)) return before.map((element, at) => apply(element, delta[at]) ?? null);
  if (!isFields(before)) return delta;
  const { [GONE]: gone = [], ...changed } = delta;
  const result = new Map(Object.entries(before));
  if (isArray(gone)) for (const name of gone) result.delete(String(name));
  for (const [name, part] of Object.entries(changed)) result.set(name, apply(result.get(name), part) ?? null);
  return Object.fromEntries(result);
}

function ofFields(before: JsonFields, after: JsonFields): JsonFields {
  const earlier = new Map(Object.entries(before));
  const changed = Object.entries(after).flatMap(([name, value]) => {
    const delta = deltaOf(earlier.get(name), value);
    return delta === undefined ? [] : [[name, delta] as const];
  });
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return Object.fromEntries(gone.length === 0 ? changed : [...changed, [GONE, gone] as const]);
}

const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const byIndex = (elements: readonly Json[]): JsonFields => Object.fromEntries(elements.entries());

function refuseMarks(value: Json): void {
  if (isArray(value)) value.forEach(refuseMarks);
  if (!isFields(value)) return;
  const mark = [GONE, WHOLE].find((name) => Object.hasOwn(value, name));
  if (mark !== undefined) throw new Error(`a field is called ${mark}, which deltas use as a mark`);
  Object.values(value).forEach(refuseMarks);
}
