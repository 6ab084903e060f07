import assert from "node:assert/strict";
import { test } from "node:test";
import { canaryCanTake, knownConfigs } from "../../src/domain/facts.ts";
import { aRollout } from "../build/aRollout.ts";

interface Share {
  readonly pods: number;
  readonly of: number;
  readonly threshold?: number;
  readonly can: number;
}

const shares: Record<string, Share> = {
  "all of two pods": { pods: 2, of: 2, can: 100 },
  "one of two is half": { pods: 1, of: 2, can: 50 },
  "one of three is a third, rounded down": { pods: 1, of: 3, can: 33 },
  "seven of a hundred are seven hundredths": { pods: 7, of: 100, can: 7 },
  "none is nothing": { pods: 0, of: 2, can: 0 },
  "none of none is nothing": { pods: 0, of: 0, can: 0 },
  "a threshold makes one of three enough for all": { pods: 1, of: 3, threshold: 50, can: 100 },
  "no threshold makes none enough": { pods: 0, of: 3, threshold: 1, can: 0 },
};

for (const [sentence, { pods, of, threshold = 100, can }] of Object.entries(shares)) {
  test(`${sentence}: ${can} %`, () => {
    const { seen } = aRollout().analysis({ canaryReadyThresholdPercent: threshold }).canaryPods(pods, of);
    assert.ok(canaryCanTake(seen, can));
    assert.ok(can === 100 || !canaryCanTake(seen, can + 1));
  });
}

test("while configs are read, those of before are known", () => {
  const { seen } = aRollout()
    .status({ trackedConfigs: { a: "1" } })
    .with({ configs: { kind: "reading" } });
  assert.deepEqual(knownConfigs(seen), { a: "1" });
});

test("pods that are still there although none are asked for take no traffic", () => {
  const { seen } = aRollout().target({ desiredPods: 0, availablePods: 3 });
  assert.equal(canaryCanTake(seen, 100), false);
  assert.equal(canaryCanTake(seen, 0), true);
});
