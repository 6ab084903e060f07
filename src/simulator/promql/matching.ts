import { executionError } from "./errors.ts";
import type { Binary, Matching } from "./expression.ts";
import { type Labels, METRIC_NAME } from "./labels.ts";
import { isArithmetic, operate } from "./operators.ts";
import { signatureFunction } from "./signature.ts";
import type { Sample } from "./value.ts";

const ONE_TO_ONE: Matching = { by: "ignoring", labels: [], many: "none", include: [] };

/**
 * Arithmetic and comparison between two vectors: each sample with the one on the other side that has the same signature.
 * (https://prometheus.io/docs/prometheus/latest/querying/operators/#vector-matching)
 */
export function combine(binary: Binary, left: readonly Sample[], right: readonly Sample[]): readonly Sample[] {
  if (left.length === 0 || right.length === 0) return [];
  const matching = binary.matching ?? ONE_TO_ONE;
  const signature = signatureFunction(binary.matching);
  const isSwapped = matching.many === "right";
  const [many, one] = isSwapped ? [right, left] : [left, right];
  const partners = indexed(one, signature, matching);
  const matched = new Map<string, Set<string>>();
  const found: Sample[] = [];
  for (const sample of many) {
    const key = signature(sample.labels);
    const partner = partners.get(key);
    if (partner === undefined) continue;
    const [leftValue, rightValue] = isSwapped ? [partner.value, sample.value] : [sample.value, partner.value];
    const { value, keeps } = operate(binary.operator, leftValue, rightValue);
    if (!keeps && binary.answers === "values") continue;
    const labels = resultLabels(binary, matching, sample.labels, partner.labels);
    refuseAmbiguity(matched, key, labels, matching);
    found.push({ labels, value: binary.answers === "bool" ? Number(keeps) : value });
  }
  return found;
}

function indexed(
  one: readonly Sample[],
  signature: (labels: Labels) => string,
  matching: Matching,
): ReadonlyMap<string, Sample> {
  const partners = new Map<string, Sample>();
  for (const sample of one) {
    const key = signature(sample.labels);
    const twin = partners.get(key);
    if (twin !== undefined) throw executionError(duplicateMessage(matching, sample, twin));
    partners.set(key, sample);
  }
  return partners;
}

function duplicateMessage({ by, labels, many }: Matching, sample: Sample, twin: Sample): string {
  const side = many === "right" ? "left" : "right";
  const names = new Set(labels);
  const group = sample.labels.filter((name) =>
    by === "on" ? names.has(name) : name !== METRIC_NAME && !names.has(name),
  );
  return (
    `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: ` +
    `[${sample.labels}, ${twin.labels}];many-to-many matching not allowed: matching labels must be unique on one side`
  );
}

/** One partner is enough for one sample; for many, their labels must tell the results apart. */
function refuseAmbiguity(
  matched: Map<string, Set<string>>,
  key: string,
  { key: result }: Labels,
  { many }: Matching,
): void {
  const results = matched.get(key);
  if (many === "none" && results !== undefined)
    throw executionError("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
  if (results?.has(result))
    throw executionError("multiple matches for labels: grouping labels must ensure unique matches");
  if (results === undefined) matched.set(key, new Set([result]));
  else results.add(result);
}

function resultLabels({ operator, answers }: Binary, matching: Matching, many: Labels, one: Labels): Labels {
  const named = isArithmetic(operator) || answers === "bool" ? many.nameless : many;
  if (matching.many !== "none")
    return matching.include.reduce((labels, name) => labels.with(name, one.get(name)), named);
  if (matching.by === "ignoring" && matching.labels.length === 0) return named;
  const names = new Set(matching.labels);
  return named.filter((name) => names.has(name) === (matching.by === "on"));
}
