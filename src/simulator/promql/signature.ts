import type { Matching } from "./expression.ts";
import { type Labels, METRIC_NAME } from "./labels.ts";

/** The part of a sample's labels by which it finds its partner. Without a clause: all but the metric's name. */
export function signatureFunction(matching: Matching | undefined): (labels: Labels) => string {
  if (matching === undefined) return (labels) => labels.nameless.key;
  const names = new Set(matching.labels);
  if (matching.by === "on") {
    const ordered = [...names];
    return (labels) => ordered.map((name) => labels.get(name)).join("\u0000");
  }
  if (names.size === 0) return (labels) => labels.nameless.key;
  return (labels) => labels.filter((name) => name !== METRIC_NAME && !names.has(name)).key;
}
