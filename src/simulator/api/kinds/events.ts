import type { WireObject } from "../../../resources/wire.ts";
import { type Draft, objectAt } from "../json.ts";

/** The two names of each field of an Event: in core/v1, which is how they are stored, and in events.k8s.io/v1. */
const NAMES: readonly (readonly [stored: string, view: string])[] = [
  ["involvedObject", "regarding"],
  ["message", "note"],
  ["reportingComponent", "reportingController"],
  ["source", "deprecatedSource"],
  ["firstTimestamp", "deprecatedFirstTimestamp"],
  ["lastTimestamp", "deprecatedLastTimestamp"],
  ["count", "deprecatedCount"],
];

function rename(event: WireObject, names: ReadonlyMap<string, string>): Draft {
  return Object.fromEntries(Object.entries(event).map(([field, value]) => [names.get(field) ?? field, value]));
}

export function eventView(stored: WireObject): WireObject {
  const view = rename(stored, new Map(NAMES));
  view["apiVersion"] = "events.k8s.io/v1";
  view["eventTime"] ??= null;
  return view;
}

export function eventStored(view: WireObject): WireObject {
  const stored = rename(view, new Map(NAMES.map(([one, other]) => [other, one])));
  return {
    ...stored,
    apiVersion: "v1",
    eventTime: stored["eventTime"] ?? null,
    source: objectAt(stored, "source") ?? {},
    reportingComponent: stored["reportingComponent"] ?? "",
    reportingInstance: stored["reportingInstance"] ?? "",
  };
}
