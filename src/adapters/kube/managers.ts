import type { JsonObject } from "../../domain/spec.ts";
import { type Instant, instant } from "../../domain/time.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { asObject, asString, objectsOf } from "./json.ts";
import { FIELD_MANAGER } from "./requests.ts";

/**
 * Who wrote which fields, as the API server records it in managedFields.
 *
 * A cached object keeps only who wrote and when, for ourselves and for Flagger, without the list of fields: the rest is
 * a third of an object's bytes.
 */

/** The field manager of Flagger's own writes: the name of its program. */
export const FLAGGER_MANAGER = "flagger";

const KEPT = new Set([FIELD_MANAGER, FLAGGER_MANAGER]);

/** The entries worth keeping in memory, without their fields. Applied to its own result, it changes nothing. */
export function summarise(managedFields: unknown): readonly JsonObject[] | undefined {
  const kept = objectsOf(managedFields)
    .filter((entry) => KEPT.has(asString(entry["manager"]) ?? "") && isMain(entry))
    .map(({ manager, operation, time }) => ({ manager, operation, time }));
  return kept.length === 0 ? undefined : kept;
}

/** The server keeps whole seconds, rounded down: who waits from the beginning of one may wait a second too short. */
const ROUNDED_MILLIS = 1000;

/** When our latest write to the object had surely taken place, on the server's clock. Writes to subresources do not count. */
export function writtenAt(object: KubeObject): Instant | undefined {
  const times = objectsOf(object.metadata["managedFields"])
    .filter((entry) => entry["manager"] === FIELD_MANAGER && isMain(entry))
    .map((entry) => Date.parse(asString(entry["time"]) ?? ""))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? undefined : instant(Math.max(...times) + ROUNDED_MILLIS);
}

/** Whether Flagger still owns fields of the object, which our apply alone could therefore never take away. */
export function isHeldByFlagger(object: KubeObject): boolean {
  return objectsOf(object.metadata["managedFields"]).some(isFlaggers);
}

/**
 * managedFields with everything that Flagger wrote credited to our apply instead.
 *
 * Server-side apply takes away a field that we no longer ask for only where nobody else owns it. Flagger wrote by update,
 * so without this a container it once copied would outlive every later promotion.
 */
export function takeOver(managedFields: unknown, apiVersion: string): readonly JsonObject[] {
  const entries = objectsOf(managedFields);
  const isMoved = (entry: JsonObject): boolean => isFlaggers(entry) && entry["apiVersion"] === apiVersion;
  const isOurs = (entry: JsonObject): boolean =>
    entry["manager"] === FIELD_MANAGER &&
    entry["operation"] === "Apply" &&
    isMain(entry) &&
    entry["apiVersion"] === apiVersion;
  const merged = entries.filter((entry) => isMoved(entry) || isOurs(entry));
  if (!merged.some(isMoved)) return entries;
  const ours = {
    ...merged[0],
    manager: FIELD_MANAGER,
    operation: "Apply",
    fieldsV1: merged.reduce<JsonObject>((union, entry) => unite(union, asObject(entry["fieldsV1"]) ?? {}), {}),
  };
  return [ours, ...entries.filter((entry) => !merged.includes(entry))];
}

/** The union of two sets of fields: trees whose leaves are empty objects. */
function unite(one: JsonObject, other: JsonObject): JsonObject {
  const union: Record<string, unknown> = { ...one };
  for (const [field, below] of Object.entries(other)) {
    union[field] = unite(asObject(union[field]) ?? {}, asObject(below) ?? {});
  }
  return union;
}

function isFlaggers(entry: JsonObject): boolean {
  return entry["manager"] === FLAGGER_MANAGER && entry["operation"] === "Update" && isMain(entry);
}

function isMain(entry: JsonObject): boolean {
  const subresource = entry["subresource"];
  return subresource === undefined || subresource === "";
}
