import assert from "node:assert/strict";
import { it } from "node:test";
import { formatPlain, formatValue } from "../../../src/simulator/promql/formatValue.ts";

const cases: readonly (readonly [number, value: string, plain: string])[] = [
  [0, "0", "0"],
  [-0, "-0", "-0"],
  [1, "1", "1"],
  [0.1 + 0.2, "0.30000000000000004", "0.30000000000000004"],
  [1e-7, "1e-07", "0.0000001"],
  [-1.5e-9, "-1.5e-09", "-0.0000000015"],
  [1e-6, "0.000001", "0.000001"],
  [1e20, "100000000000000000000", "100000000000000000000"],
  [1.25e22, "1.25e+22", "12500000000000000000000"],
  [-1e21, "-1e+21", "-1000000000000000000000"],
  [Number.NaN, "NaN", "NaN"],
  [Number.POSITIVE_INFINITY, "+Inf", "+Inf"],
  [Number.NEGATIVE_INFINITY, "-Inf", "-Inf"],
];

for (const [number, value, plain] of cases)
  it(`${value} is written as Go does`, () => {
    assert.equal(formatValue(number), value);
    assert.equal(formatPlain(number), plain);
  });
