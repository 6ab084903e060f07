import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { newStatus, type Problem } from "../../src/domain/status.ts";
import { seconds } from "../../src/domain/time.ts";
import { ago, aRollout, NOW } from "../build/aRollout.ts";

const missing: Problem = {
  reason: "TargetNotFound",
  message: "spec.targetRef: Deployment test/podinfo does not exist",
  severity: "blocking",
};

/** A Canary that is so old and whose target has not been heard of. */
function withoutTarget(age: number): Observation {
  const { seen } = aRollout();
  const canary = { ...seen.canary, createdAt: ago(seconds(age)) };
  return { ...seen, canary, status: newStatus(), target: undefined, primary: undefined, problems: [missing] };
}

test("a target that was applied together with its Canary is not missed while the news of it travels", () => {
  const { status, announcements, wakeAt } = decide(withoutTarget(1));
  assert.deepEqual(status.problems, []);
  assert.deepEqual(announcements, []);
  assert.equal(wakeAt, NOW + 1000);
});

test("a target that stays away is told, with the path of the field", () => {
  const { status, announcements } = decide(withoutTarget(2));
  assert.deepEqual(status.problems, [missing]);
  assert.deepEqual(announcements, [{ type: "Warning", message: missing.message }]);
});
