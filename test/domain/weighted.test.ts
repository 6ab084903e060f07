import assert from "node:assert/strict";
import { test } from "node:test";
import { stepAbove, weightedPlan, weightOnTheWayHome } from "../../src/domain/strategy/weighted.ts";
import { samePlan, splitPlan, type WeightPercent } from "../../src/domain/traffic.ts";

const strategy = (stepWeights: readonly WeightPercent[], promotionStepWeight = 0) =>
  ({ kind: "weighted", stepWeights, promotionStepWeight }) as const;

function walk(stepWeights: readonly WeightPercent[], from: WeightPercent): readonly WeightPercent[] {
  const next = stepAbove(strategy(stepWeights), from);
  return next === undefined ? [] : [next.weight, ...walk(stepWeights, next.weight)];
}

const walks: Record<string, { steps: readonly WeightPercent[]; from: WeightPercent; want: readonly WeightPercent[] }> =
  {
    "the default goes 10, 50, 100": { steps: [10, 50, 100], from: 0, want: [10, 50, 100] },
    "stepWeight 20 up to 50 goes one above": { steps: [20, 40, 60], from: 0, want: [20, 40, 60] },
    "uneven steps are taken as written": { steps: [1, 2, 10, 80], from: 0, want: [1, 2, 10, 80] },
    "a list edited in mid-run goes on above the present weight": { steps: [20, 60], from: 50, want: [60] },
    "a list edited to end below the present weight is over": { steps: [5, 20], from: 50, want: [] },
  };

for (const [sentence, { steps, from, want }] of Object.entries(walks)) {
  test(sentence, () => assert.deepEqual(walk(steps, from), want));
}

test("a step is numbered by its place", () => {
  assert.deepEqual(stepAbove(strategy([10, 50]), 10), { step: 1, weight: 50 });
});

test("traffic goes home at once, or in parts that never go below nothing", () => {
  assert.equal(weightOnTheWayHome(strategy([100]), 100), 0);
  assert.equal(weightOnTheWayHome(strategy([100], 30), 100), 70);
  assert.equal(weightOnTheWayHome(strategy([100], 30), 10), 0);
  assert.equal(weightOnTheWayHome(strategy([100], 30), 0), 0);
});

test("a plan splits everything", () => {
  assert.deepEqual(weightedPlan(10).split, { primary: 90, canary: 10 });
});

test("plans are the same only when all of them is", () => {
  const plan = splitPlan(10);
  assert.ok(samePlan(plan, splitPlan(10)));
  const others = [
    splitPlan(20),
    { ...plan, split: { primary: 80, canary: 10 } },
    { ...plan, mirrorPercent: 1 },
    { ...plan, stickyCookie: "c" },
    { ...plan, canaryMatches: [{}] },
  ];
  for (const other of others) assert.ok(!samePlan(plan, other));
});
