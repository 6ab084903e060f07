import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ActResult, closing, shortcomings, summary } from "../../src/playground/show/summary.ts";

const good: ActResult = {
  version: "2.0.0",
  wanted: "promoted",
  outcome: "promoted",
  weights: [10, 50, 100, 0],
  tookMillis: 22_540,
  sent: 1124,
  lost: 0,
  sentence: "the new revision was promoted",
};
const bad: ActResult = { ...good, version: "3.0.0", wanted: "rolledBack", outcome: "rolledBack", weights: [10, 0] };

describe("the demo's summary", () => {
  test("is a table with the sentence of each rollout", () => {
    assert.deepEqual(summary([good, bad], { tookMillis: 50_000, sent: 2400, lost: 0 }, 60), [
      "rollout  outcome      weights          took    sent  lost",
      "2.0.0    promoted     10 50 100 0    22.5 s    1124     0",
      "  the new revision was promoted",
      "3.0.0    rolled back  10 0           22.5 s    1124     0",
      "  the new revision was promoted",
      "all                                  50.0 s    2400     0",
    ]);
  });

  test("is no wider than 60 columns, whatever the sentence", () => {
    const lines = summary([{ ...bad, sentence: "word ".repeat(60) }], { tookMillis: 1, sent: 1, lost: 0 }, 60);
    for (const line of lines) assert.ok(line.length <= 60, line);
  });
});

describe("what the demo falls short of", () => {
  const cases: readonly (readonly [string, readonly ActResult[], Record<string, number>, readonly string[]])[] = [
    ["nothing", [good, bad], {}, []],
    ["an outcome", [{ ...good, outcome: "rolledBack" }], {}, ["2.0.0 was to be promoted: rolled back"]],
    ["an end", [{ ...bad, outcome: undefined }], {}, ["3.0.0 was to be rolled back: did not end"]],
    ["requests", [good], { "503 from the gateway": 2 }, ["2 requests were lost: 503 from the gateway"]],
  ];
  for (const [what, results, lostBecause, expected] of cases) {
    test(what, () => {
      const reasons = shortcomings(results, lostBecause);
      assert.deepEqual(reasons, expected);
      assert.equal(closing(reasons)[0] === "Not as it should be:", reasons.length > 0);
    });
  }
});
