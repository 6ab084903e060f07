import type { Binary } from "./expression.ts";
import { combine } from "./matching.ts";
import { isArithmetic, operate } from "./operators.ts";
import { combineSets } from "./sets.ts";
import { type Sample, scalar, type Value, vector } from "./value.ts";

/** A binary operation on what its sides came to. */
export function evaluateBinary(binary: Binary, left: Value, right: Value): Value {
  const { operator } = binary;
  if (left.kind === "scalar" && right.kind === "scalar") {
    const { value, keeps } = operate(operator, left.value, right.value);
    return scalar(isArithmetic(operator) ? value : Number(keeps));
  }
  if (left.kind === "vector" && right.kind === "vector") {
    if (operator === "and" || operator === "or" || operator === "unless")
      return vector(combineSets(operator, left.samples, right.samples, binary.matching));
    return vector(combine(binary, left.samples, right.samples));
  }
  if (left.kind === "vector" && right.kind === "scalar")
    return vector(withScalar(binary, left.samples, (value) => [value, right.value]));
  if (left.kind === "scalar" && right.kind === "vector")
    return vector(withScalar(binary, right.samples, (value) => [left.value, value]));
  return vector([]);
}

/** A comparison keeps the value of the vector, whichever side that is on. */
function withScalar(
  { operator, answers }: Binary,
  samples: readonly Sample[],
  sides: (value: number) => [number, number],
): readonly Sample[] {
  const changes = isArithmetic(operator);
  return samples.flatMap(({ labels, value: own }) => {
    const { value, keeps } = operate(operator, ...sides(own));
    if (answers === "bool") return [{ labels: labels.nameless, value: Number(keeps) }];
    if (changes) return [{ labels: labels.nameless, value }];
    return keeps ? [{ labels, value: own }] : [];
  });
}
