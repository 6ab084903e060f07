import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { copy, type Draft, setField } from "../json.ts";

/** JSON merge patch (RFC 7386): null takes a field away, lists are replaced whole. */
export function mergePatch(value: unknown, patch: WireObject): Draft {
  const result: Draft = isWireObject(value) ? { ...value } : {};
  for (const [field, change] of Object.entries(patch)) {
    if (change === null) delete result[field];
    else setField(result, field, isWireObject(change) ? mergePatch(result[field], change) : copy(change));
  }
  return result;
}
