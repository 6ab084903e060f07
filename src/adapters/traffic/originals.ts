import type { Subject } from "../../control/ports.ts";
import type { JsonObject, Metadata } from "../../domain/spec.ts";
import type { Claim } from "./claims.ts";
import { entryOf } from "./json.ts";
import { APPLIED, annotationOf, ORIGINAL, TAKEN_BY } from "./marks.ts";

/**
 * The annotations that say whose work goes on at a borrowed object, and what stood there before: remembered once, when
 * it is first taken over, and carried along from then on.
 */
export function borrowedMarks(
  subject: Subject,
  claim: Claim,
  wanted: Metadata,
  original: JsonObject,
): Readonly<Record<string, string>> {
  if (claim.kind !== "borrowed") return {};
  const taken = { [TAKEN_BY]: subject.record.facts.name };
  const kept = annotationOf(claim.live, ORIGINAL);
  if (kept !== undefined) return { ...taken, [ORIGINAL]: kept };
  if (annotationOf(claim.live, APPLIED) !== undefined) return taken;
  const { labels, annotations } = claim.live.metadata;
  const before = {
    ...(Object.keys(original).length === 0 ? {} : { spec: original }),
    labels: overwritten(wanted.labels, labels),
    annotations: overwritten(wanted.annotations, annotations),
  };
  return { ...taken, [ORIGINAL]: JSON.stringify(before) };
}

function overwritten(
  wanted: Readonly<Record<string, string>>,
  live: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string | null>> {
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, entryOf(live, key) ?? null]));
}
