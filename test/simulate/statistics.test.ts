import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { median, shareInterval, worst } from "../../src/cli/simulate/statistics.ts";
import { count, duration, number, percent, some } from "../../src/cli/simulate/words.ts";

describe("Wilson's interval", () => {
  // As tables of it have them, in percent.
  const known: readonly (readonly [hits: number, runs: number, low: number, high: number])[] = [
    [0, 10, 0, 27.75],
    [10, 10, 72.25, 100],
    [5, 10, 23.66, 76.34],
    [1, 100, 0.18, 5.45],
    [81, 263, 25.53, 36.62],
  ];
  for (const [hits, runs, low, high] of known) {
    it(`${hits} of ${runs}`, () => {
      const found = shareInterval(hits, runs);
      assert.deepEqual([found.low.toFixed(2), found.high.toFixed(2)], [low.toFixed(2), high.toFixed(2)]);
    });
  }
  it("says nothing where nothing was seen, and holds what was seen", () => {
    assert.deepEqual(shareInterval(0, 0), { low: 0, high: 100 });
    for (let runs = 1; runs < 60; runs += 1)
      for (let hits = 0; hits <= runs; hits += 1) {
        const { low, high } = shareInterval(hits, runs);
        const share = (100 * hits) / runs;
        assert.ok(0 <= low && low <= share && share <= high && high <= 100, `${hits} of ${runs}`);
      }
  });
});

it("median and worst, in any order", () => {
  assert.deepEqual(
    [median([3, 1, 2]), median([4, 1, 3, 2]), median([]), worst([1, 3, 2]), worst([])],
    [2, 2.5, undefined, 3, undefined],
  );
});

it("numbers as people read them", () => {
  assert.deepEqual([duration(0), duration(499), duration(66_021), duration(3_600_000)], ["0s", "0s", "1m6s", "1h"]);
  assert.deepEqual([count(0), count(999), count(1234567)], ["0", "999", "1,234,567"]);
  assert.deepEqual(
    [number(0), number(0.05), number(0.123), number(2.254), number(66.66), number(100)],
    ["0", "0.05", "0.12", "2.25", "66.7", "100"],
  );
  assert.deepEqual([percent(1.5), some(1, "run"), some(2, "run")], ["1.5 %", "1 run", "2 runs"]);
});
