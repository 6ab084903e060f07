import assert from "node:assert/strict";
import { test } from "node:test";
import { announce } from "../../src/domain/announce.ts";
import { decide } from "../../src/domain/decide.ts";
import { newStatus } from "../../src/domain/status.ts";
import { seconds } from "../../src/domain/time.ts";
import { ago, aRollout, NEW, OLD, type Rollout } from "../build/aRollout.ts";

const told = ({ seen }: Rollout): readonly string[] =>
  decide(seen).announcements.map(({ type, message }) => (type === "Warning" ? `! ${message}` : message));

const DUE = seconds(31);
const LATE = seconds(601);

const noData = { kind: "noData", why: "podinfo.test has no requests" } as const;

const cases: Record<string, { given: Rollout; want: readonly string[] }> = {
  "at rest, silence": { given: aRollout(), want: [] },
  "the first copy": { given: aRollout().unknown(), want: [] },
  "its adoption": { given: aRollout().copying().primaryPods(2), want: [] },
  "the end of the beginning": {
    given: aRollout().adopting(seconds(6)).target({ desiredPods: 0 }),
    want: ["Initialization done! podinfo.test"],
  },
  "a copy of a new target, or of one whose primary was deleted": {
    given: aRollout().baking({ weight: 10 }).asks("v2").with({ primary: undefined }),
    want: ["! podinfo-primary.test is missing, copying podinfo.test anew"],
  },
  "a new revision": { given: aRollout().asks(NEW), want: ["New revision detected! Scaling up podinfo.test"] },
  "the first step": {
    given: aRollout().warming(),
    want: ["Starting canary analysis for podinfo.test", "Advance podinfo.test canary weight 10"],
  },
  "each step": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).passing(),
    want: ["Advance podinfo.test canary weight 50"],
  },
  "a failed check": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).failing(),
    want: ["! Halt podinfo.test advancement success rate 98.69% < 99%"],
  },
  "another one just like it": {
    given: aRollout()
      .analysis({ threshold: 5 })
      .baking({ weight: 10, forSoLong: DUE })
      .status({ failedChecks: 1, reason: "success rate 98.69% < 99%" })
      .failing(),
    want: ["! Halt podinfo.test advancement success rate 98.69% < 99%"],
  },
  "that there is no data": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).measured(noData),
    want: ["! Halt advancement no values found for metric request-success-rate: podinfo.test has no requests"],
  },
  "but not again and again": {
    given: aRollout()
      .baking({ weight: 10, forSoLong: DUE })
      .status({ reason: "no values found for metric request-success-rate: podinfo.test has no requests" })
      .measured(noData),
    want: [],
  },
  "a rollback": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).status({ failedChecks: 1 }).failing(),
    want: [
      "! Rolling back podinfo.test failed checks threshold reached 2: the last one at 10% of the traffic: success rate 98.69% < 99%",
    ],
  },
  "its end": {
    given: aRollout().retreating("FailedChecks", seconds(6)).canaryPods(0, 0),
    want: ["! Canary failed! Scaling down podinfo.test"],
  },
  "a deadline": {
    given: aRollout().warming(LATE).canaryPods(1),
    want: [
      "! Rolling back podinfo.test progress deadline exceeded: canary deployment podinfo.test not ready: waiting for rollout to finish: 1 of 2 updated replicas are available",
    ],
  },
  "lost pods": {
    given: aRollout().baking({ weight: 100 }).canaryPods(1),
    want: [
      "! Halt podinfo.test advancement the canary lost the pods for 100% of the traffic: waiting for rollout to finish: 1 of 2 updated replicas are available",
    ],
  },
  "a newer revision in mid-run": {
    given: aRollout().baking({ weight: 50 }).asks("v2"),
    want: ["New revision detected! Restarting analysis for podinfo.test"],
  },
  "a newer revision before the last was ready": {
    given: aRollout().warming(seconds(5)).asks("v2"),
    want: ["New revision detected! Restarting analysis for podinfo.test"],
  },
  "a run that was taken back": {
    given: aRollout().baking({ weight: 50 }).asks(OLD),
    want: ["Rolling back podinfo.test the target was reverted to the promoted revision"],
  },
  "and its end": {
    given: aRollout().retreating("Reverted", seconds(6)).canaryPods(0, 0),
    want: ["Run abandoned, podinfo.test was reverted to the promoted revision"],
  },
  "the end of the analysis": {
    given: aRollout().steps([10]).baking({ weight: 10, forSoLong: DUE }).passing(),
    want: ["Routing all traffic to canary"],
  },
  "the promotion": {
    given: aRollout().handing(seconds(1)),
    want: ["Copying podinfo.test template spec to podinfo-primary.test"],
  },
  "each part that goes home": {
    given: aRollout().steps([10], 30).replacing().primaryPods(2),
    want: ["Advance podinfo.test primary weight 30"],
  },
  "the last one": { given: aRollout().replacing().primaryPods(2), want: ["Routing all traffic to primary"] },
  success: {
    given: aRollout().draining(seconds(6)).canaryPods(0, 0),
    want: ["Promotion completed! Scaling down podinfo.test"],
  },
  "success without analysis": {
    given: aRollout().spec({ skipAnalysis: true }).draining(seconds(6)).canaryPods(0, 0),
    want: ["Promotion completed! Canary analysis was skipped for podinfo.test"],
  },
  "a promotion that failed": {
    given: aRollout().replacing(LATE),
    want: ["! Promotion of podinfo.test failed, primary not ready: waiting for rollout to finish"],
  },
  "for want of a primary": {
    given: aRollout().replacing(LATE).with({ primary: undefined }),
    want: ["! Promotion of podinfo.test failed, primary not ready: it is missing"],
  },
  "a hold, once": {
    given: aRollout().warming().spec({ suspend: true }),
    want: ["skipping canary run as object is suspended"],
  },
  "not twice": {
    given: aRollout()
      .warming()
      .spec({ suspend: true })
      .status({ suspendedSince: ago(seconds(5)) }),
    want: [],
  },
  "nothing when it ends": {
    given: aRollout()
      .warming(seconds(5))
      .status({ suspendedSince: ago(seconds(5)) }),
    want: [],
  },
  "a problem, once": {
    given: aRollout().blocked("spec.x: no such thing").status({ problems: [] }),
    want: ["! spec.x: no such thing"],
  },
  deletion: { given: aRollout().deleted(), want: ["Terminating canary podinfo.test"] },
  "what was given back": { given: aRollout().terminating().canaryPods(2), want: [] },
};

test("a change that tells of nothing is told as that", () => {
  const { seen } = aRollout().retreating();
  assert.deepEqual(announce(seen.status, newStatus(), seen), []);
  const [news] = announce(aRollout().warming().seen.status, seen.status, seen);
  assert.equal(news?.message, "Rolling back podinfo.test failed checks threshold reached 2: ");
});

for (const [sentence, { given, want }] of Object.entries(cases)) {
  test(`people are told: ${sentence}`, () => assert.deepEqual(told(given), want));
}
