import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import type { Observation, WorkloadFacts } from "../../src/domain/observation.ts";
import { newStatus, type Problem } from "../../src/domain/status.ts";
import { millis, seconds } from "../../src/domain/time.ts";
import { ago, aRollout, NEW, NOW } from "../build/aRollout.ts";

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

test("pods that come and go put the end of a warm-up off, but not for ever", () => {
  const { seen } = aRollout();
  const target = {
    ...seen.target,
    revision: NEW,
    isReady: false,
    availablePods: 1,
    progressedAt: NOW,
  } as WorkloadFacts;
  const warmingFor = (deadlines: number): string => {
    const phase = { name: "Warming", since: ago(millis(deadlines * seen.spec.progressDeadline)) } as const;
    return decide({ ...seen, status: { ...seen.status, phase, lastAppliedRevision: NEW }, target }).status.phase.name;
  };
  assert.equal(warmingFor(5), "Warming");
  assert.equal(warmingFor(6), "Retreating");
});

test("a target that stays away is told, with the path of the field", () => {
  const { status, announcements } = decide(withoutTarget(2));
  assert.deepEqual(status.problems, [missing]);
  assert.deepEqual(announcements, [{ type: "Warning", message: missing.message }]);
});
