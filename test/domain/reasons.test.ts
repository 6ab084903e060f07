import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import { seconds } from "../../src/domain/time.ts";
import { aRollout, type Rollout } from "../build/aRollout.ts";

const LATE = seconds(601);
const lookAgain = seconds(31);
const after = ({ seen }: Rollout) => decide(seen).status;

const sentences: Record<string, { given: Rollout; want: string }> = {
  "why a primary that nobody can reach was given up": {
    given: aRollout()
      .replacing(LATE)
      .primaryPods(2)
      .primary({ notReadyReason: undefined })
      .reached("primary", 0, seconds(60)),
    want: "promotion failed, the primary is not ready: Service podinfo-primary has 0 of 2 endpoints; the canary keeps all traffic",
  },
  "why a canary that nobody can reach was given up": {
    given: aRollout().warming(LATE).reached("canary", 1, seconds(60)),
    want: "progress deadline exceeded: canary deployment podinfo.test not ready: Service podinfo-canary has 1 of 2 endpoints",
  },
  "why a canary was given up": {
    given: aRollout().warming(LATE).canaryPods(1),
    want: "progress deadline exceeded: canary deployment podinfo.test not ready: waiting for rollout to finish: 1 of 2 updated replicas are available",
  },
  "or that the route was": {
    given: aRollout().handing(LATE).routedAt(50),
    want: "progress deadline exceeded: canary deployment podinfo.test not ready: the route did not take the weight",
  },
  "why nothing healthy was left": {
    given: aRollout().replacing(LATE).canaryPods(0).with({ primary: undefined }),
    want: "progress deadline exceeded: primary podinfo-primary.test not ready: it is missing",
  },
  "that a primary was deleted on the way home": {
    given: aRollout().draining().asks("v2").with({ primary: undefined }),
    want: "promotion failed: primary podinfo-primary.test not ready: it is missing",
  },
  "what a step without evidence waited for": {
    given: aRollout().baking({ weight: 10, forSoLong: seconds(631) }),
    want: "nothing could be measured for 10m31s: the route did not take the weight",
  },
  "or what it could not measure": {
    given: aRollout()
      .baking({ weight: 10, forSoLong: seconds(631) })
      .status({
        measurements: after(
          aRollout().baking({ weight: 10, forSoLong: lookAgain }).measured({ kind: "unmeasurable", why: "502" }),
        ).measurements,
      }),
    want: "nothing could be measured for 10m31s: metric request-success-rate could not be measured: 502",
  },
  "what blocked a run": {
    given: aRollout().warming(LATE).blocked("spec.x: no such thing"),
    want: "blocked until the progress deadline: spec.x: no such thing",
  },
  "which pods were lost": {
    given: aRollout().baking({ weight: 100 }).canaryPods(1).status({ failedChecks: 1 }),
    want: "failed checks threshold reached 2; the last one at 100% of the traffic: the canary lost the pods for 100% of the traffic: waiting for rollout to finish: 1 of 2 updated replicas are available",
  },
  "that its target is gone": {
    given: aRollout().baking({ weight: 10 }).targetGone(),
    want: "Deployment podinfo was deleted in mid-run",
  },
  "why a stranded canary gave way": {
    given: aRollout().stranded().canaryPods(0).target({ notReadyReason: undefined }).primary({ availablePods: 2 }),
    want: "promotion failed, and then the canary lost its pods: pods are missing",
  },
  "which pods were lost, where nobody says why": {
    given: aRollout().baking({ weight: 100 }).canaryPods(1).target({ notReadyReason: undefined }),
    want: "the canary lost the pods for 100% of the traffic: pods are missing",
  },
};

for (const [sentence, { given, want }] of Object.entries(sentences)) {
  test(`a status tells ${sentence}`, () => assert.equal(after(given).reason, want));
}
