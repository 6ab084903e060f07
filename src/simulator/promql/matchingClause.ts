import type { SyntaxNode } from "@lezer/common";
import { unsupported } from "./errors.ts";
import type { Matching } from "./expression.ts";
import { childrenOf, type Source } from "./tree.ts";

/** Reads `on (a) group_left (b)`, and as its first half the `by (a)` of an aggregation. */
export function matchingOf(source: Source, clause: SyntaxNode): Matching {
  const [labels, include] = clause.getChildren("GroupingLabels").map((group) => labelNamesOf(source, group));
  const left = clause.getChild("GroupLeft");
  const right = clause.getChild("GroupRight");
  return {
    by: clause.getChild("On") === null ? "ignoring" : "on",
    labels: labels ?? [],
    // group_left means that the left side has the many.
    many: left !== null ? "left" : right !== null ? "right" : "none",
    include: include ?? [],
  };
}

function labelNamesOf(source: Source, group: SyntaxNode): readonly string[] {
  return childrenOf(group).map((child) => {
    if (child.name !== "LabelName") throw unsupported(source.text, child.from, "label names in quotes");
    return source.text.slice(child.from, child.to);
  });
}
