import type { Matching } from "./expression.ts";
import { signatureFunction } from "./signature.ts";
import type { Sample } from "./value.ts";

/** `and`, `or` and `unless`: they choose samples and change none. */
export function combineSets(
  operator: "and" | "or" | "unless",
  left: readonly Sample[],
  right: readonly Sample[],
  matching: Matching | undefined,
): readonly Sample[] {
  const signature = signatureFunction(matching);
  const known = new Set((operator === "or" ? left : right).map(({ labels }) => signature(labels)));
  const isKnown = ({ labels }: Sample) => known.has(signature(labels));
  switch (operator) {
    case "or":
      return [...left, ...right.filter((sample) => !isKnown(sample))];
    case "and":
      return left.filter(isKnown);
    case "unless":
      return left.filter((sample) => !isKnown(sample));
  }
}
