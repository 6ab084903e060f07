import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import type { Observation, WorkloadFacts } from "../../src/domain/observation.ts";
import { newStatus, type Problem } from "../../src/domain/status.ts";
import { millis, seconds } from "../../src/domain/time.ts";
import { ago, aRollout, NEW, NOW, OLD } from "../build/aRollout.ts";

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

test("a first copy that takes too long is told once its deadline is over, and goes on", () => {
  const { seen } = aRollout();
  const primary = { ...seen.primary, revision: OLD, isReady: false, notReadyReason: "0 of 2 pods" } as WorkloadFacts;
  const copyingFor = (age: number) => {
    const phase = { name: "Copying", since: ago(millis(age * seen.spec.progressDeadline)) } as const;
    return decide({ ...seen, status: { ...seen.status, phase }, primary: { ...primary, progressedAt: undefined } });
  };
  assert.deepEqual(copyingFor(0.5).status.problems, []);
  assert.equal(copyingFor(0.5).wakeAt, NOW + 0.5 * seen.spec.progressDeadline);
  const { status, levels } = copyingFor(1);
  assert.equal(status.phase.name, "Copying");
  assert.equal(levels.primary.kind, "runs");
  assert.deepEqual(
    status.problems.map(({ message }) => message),
    ["spec.targetRef: progress deadline exceeded: primary podinfo-primary.test not ready: 0 of 2 pods"],
  );
});

test("a first copy that proxies cannot reach is told as well, and gets nothing", () => {
  const { seen } = aRollout()
    .adopting(seconds(600))
    .with({ apexOnPrimary: false, route: undefined })
    .reached("primary", 0, seconds(60));
  const { status, levels } = decide(seen);
  assert.equal(levels.scaffold, "backends");
  assert.deepEqual(
    status.problems.map(({ message }) => message),
    [
      "spec.targetRef: progress deadline exceeded: primary podinfo-primary.test not ready: Service podinfo-primary has 0 of 2 endpoints",
    ],
  );
});

test("so is one that was made anew and cannot take what a canary serves", () => {
  const late = aRollout().adopting(seconds(600)).routedAt(10).reached("primary", 0, seconds(60));
  const { status, levels } = decide(late.seen);
  assert.equal(levels.traffic, undefined);
  assert.match(status.problems[0]?.message ?? "", /^spec.targetRef: progress deadline exceeded: primary .* 0 of 2/);
  assert.deepEqual(decide(late.routedAt(0).seen).status.problems, []);
});

test("a deletion that waits for a target to give its clients back to is told once the deadline is over", () => {
  const waiting = (age: number) => decide(aRollout().terminating(seconds(age)).canaryPods(1).seen);
  assert.deepEqual(waiting(599).status.problems, []);
  const { status, wakeAt } = waiting(600);
  assert.equal(status.phase.name, "Terminating");
  assert.equal(wakeAt, undefined);
  assert.deepEqual(status.problems, [
    {
      reason: "TargetNotReady",
      message:
        "spec.targetRef: progress deadline exceeded: Deployment podinfo.test, which is to serve again when the Canary is gone, is not ready: waiting for rollout to finish: 1 of 2 updated replicas are available; the primary serves until it is, or until the finalizer is removed by hand",
      severity: "holding",
    },
  ]);
});

test("at rest, a Canary that is refused leaves what serves it as it stands", () => {
  const { seen } = aRollout();
  const refused: Problem = {
    reason: "NotSupported",
    message: "spec.analysis.match: is not supported",
    severity: "blocking",
  };
  const { levels } = decide({ ...seen, problems: [refused] });
  assert.deepEqual([levels.scaffold, levels.traffic, levels.target], ["none", undefined, "asIs"]);
  assert.equal(decide(seen).levels.scaffold, "all");
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

test("a problem that is longer than a status keeps is told once", () => {
  const { seen } = aRollout();
  const problems = [{ ...missing, message: `spec.targetRef: ${"🦓".repeat(5000)}` }];
  const first = decide({ ...seen, problems });
  assert.ok((first.status.problems[0]?.message.length ?? 0) <= 4096);
  const second = decide({ ...seen, problems, status: first.status });
  assert.equal(second.status, first.status);
  assert.deepEqual(second.announcements, []);
});

test("nor is a reason that is longer than that news for ever", () => {
  const { seen } = aRollout().copying();
  const why = "z".repeat(9000);
  const primary = { ...seen.primary, revision: OLD, isReady: false, notReadyReason: why } as WorkloadFacts;
  const first = decide({ ...seen, primary });
  assert.equal(first.status.reason?.length, 4096);
  assert.equal(decide({ ...seen, primary, status: first.status }).status, first.status);
});
