import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import type { Levels } from "../../src/domain/decision.ts";
import { desire } from "../../src/domain/desire.ts";
import { seconds } from "../../src/domain/time.ts";
import { splitPlan } from "../../src/domain/traffic.ts";
import { ago, aRollout, NEW, OLD, type Rollout } from "../build/aRollout.ts";

/** The levels that the present status holds, with traffic as the canary's weight. */
function levelsOf({ seen }: Rollout) {
  const { traffic, ...levels } = desire(seen.status, seen);
  return { ...levels, traffic: traffic?.split.canary };
}

const asIs = { kind: "asIs" } as const;
const given = (revision: string) => ({ kind: "runs", revision }) as const;
const LATE = seconds(601);

type Want = Partial<Omit<Levels, "traffic">> & { readonly traffic?: number | undefined };

const cases: Record<string, { given: Rollout; want: Want }> = {
  "a new Canary touches nothing": {
    given: aRollout().unknown(),
    want: { scaffold: "none", traffic: undefined, primary: asIs, target: "asIs" },
  },
  "a copy is made behind Services that nobody calls yet": {
    given: aRollout().copying(),
    want: { scaffold: "backends", traffic: undefined, primary: given(OLD), target: "asIs" },
  },
  "nor changes those that a route has behind it for the target of before": {
    given: aRollout().copying().routedAt(0),
    want: { scaffold: "none", traffic: undefined, primary: given(OLD), target: "asIs" },
  },
  "a copy that is ready gets the traffic": {
    given: aRollout().adopting(),
    want: { scaffold: "all", traffic: 0, primary: asIs, target: "asIs" },
  },
  "the target stays while nobody can reach its successor": {
    given: aRollout().draining(seconds(60)).reached("primary", 0),
    want: { target: "asIs" },
  },
  "not before proxies can know of its pods": {
    given: aRollout().adopting().with({ apexOnPrimary: false, route: undefined }).reached("primary", 0),
    want: { scaffold: "backends", target: "asIs" },
  },
  "nor before the slowest does": {
    given: aRollout().adopting().with({ apexOnPrimary: false, route: undefined }).reached("primary", 2),
    want: { scaffold: "backends", target: "asIs" },
  },
  "not if it has lost its pods since": {
    given: aRollout().adopting().with({ apexOnPrimary: false, route: undefined }).primaryPods(1),
    want: { scaffold: "none", traffic: undefined },
  },
  "nor is a share taken from a canary that answers": {
    given: aRollout().adopting().routedAt(10).reached("primary", 2),
    want: { scaffold: "all", traffic: undefined, target: "asIs" },
  },
  "but from one that does not, at once": {
    given: aRollout().adopting().routedAt(10).reached("primary", 2).reached("canary", 0),
    want: { scaffold: "all", traffic: 0, target: "asIs" },
  },
  "and the drained target goes": { given: aRollout().adopting(seconds(6)), want: { target: "zero" } },
  "unless the copy has lost its pods": {
    given: aRollout().adopting(seconds(6)).primaryPods(1),
    want: { target: "asIs" },
  },
  "or clients still come another way": {
    given: aRollout().adopting(seconds(6)).with({ apexOnPrimary: false }),
    want: { target: "asIs" },
  },
  "at rest everything is on the primary": {
    given: aRollout(),
    want: { scaffold: "all", traffic: 0, primary: asIs, target: "asIs", finalizer: "absent" },
  },
  "a drifted route is put right": { given: aRollout().routedAt(50), want: { traffic: 0 } },
  "but not onto pods that are not there": {
    given: aRollout().routedAt(50).canaryPods(2).primaryPods(0),
    want: { traffic: undefined },
  },
  "of two versions that lack pods, the one with more serves": {
    given: aRollout().routedAt(50).canaryPods(0).primaryPods(1),
    want: { traffic: 0 },
  },
  "of two with none, neither": {
    given: aRollout().routedAt(50).canaryPods(0).primaryPods(0),
    want: { traffic: undefined },
  },
  "without a target the primary takes what it can": {
    given: aRollout().routedAt(50).targetGone().primaryPods(1),
    want: { traffic: 0 },
  },
  "without any of them nothing is routed": {
    given: aRollout().targetGone().with({ primary: undefined, route: undefined }),
    want: { traffic: undefined },
  },
  "a failed rollout is at rest": { given: aRollout().failed(), want: { traffic: 0, target: "asIs", primary: asIs } },
  "capacity comes before traffic": { given: aRollout().warming(), want: { traffic: 0, target: "up" } },
  "a step holds its weight": {
    given: aRollout().baking({ weight: 10 }),
    want: { traffic: 10, target: "up", primary: asIs },
  },
  "a share rises only onto pods that are there": {
    given: aRollout().baking({ weight: 100 }).routedAt(50).canaryPods(1),
    want: { traffic: undefined },
  },
  "one of two pods is enough for half": {
    given: aRollout().baking({ weight: 50 }).routedAt(10).canaryPods(1),
    want: { traffic: 50 },
  },
  "and none is not enough for the least": {
    given: aRollout().baking({ weight: 1 }).routedAt(0).canaryPods(0),
    want: { traffic: undefined },
  },
  "nor are pods that its Service does not have": {
    given: aRollout().baking({ weight: 50 }).routedAt(10).reached("canary", 0),
    want: { traffic: undefined },
  },
  "or too few of them": {
    given: aRollout().handing().routedAt(10).reached("canary", 1),
    want: { traffic: undefined },
  },
  "what it has it keeps": {
    given: aRollout().baking({ weight: 50 }).routedAt(50).reached("canary", 0),
    want: { traffic: 50 },
  },
  "an apex Service that somebody pointed elsewhere is pointed back": {
    given: aRollout().with({ apexOnPrimary: false }).primaryPods(1),
    want: { scaffold: "all" },
  },
  "but not from pods that answer to a primary without any": {
    given: aRollout().stranded().with({ apexOnPrimary: false }).primaryPods(0),
    want: { scaffold: "route", traffic: 100 },
  },
  "a threshold of the owner's asks for fewer": {
    given: aRollout()
      .analysis({ canaryReadyThresholdPercent: 50 })
      .baking({ weight: 100 })
      .routedAt(50)
      .canaryPods(1, 3),
    want: { traffic: 100 },
  },
  "everything goes to the canary": { given: aRollout().handing(), want: { traffic: 100, target: "up", primary: asIs } },
  "then the primary is replaced": {
    given: aRollout().replacing(),
    want: { traffic: 100, target: "up", primary: given(NEW) },
  },
  "traffic goes home in parts": { given: aRollout().returning(70), want: { traffic: 70, target: "up", primary: asIs } },
  "but only onto pods that are there": {
    given: aRollout().returning(50).routedAt(100).primaryPods(0),
    want: { traffic: undefined },
  },
  "the canary is not scaled down before it has drained": {
    given: aRollout().draining(seconds(5)),
    want: { traffic: 0, target: "asIs" },
  },
  "then it is": { given: aRollout().draining(seconds(6)), want: { traffic: 0, target: "zero" } },
  "counted from when the route was read back": {
    given: aRollout()
      .draining(seconds(60))
      .routedAt(0, ago(seconds(3))),
    want: { target: "asIs" },
  },
  "and not while there is no route": {
    given: aRollout().draining(seconds(60)).with({ route: undefined }),
    want: { target: "asIs" },
  },
  "not while the primary lacks pods": {
    given: aRollout().draining(seconds(6)).primaryPods(1),
    want: { target: "asIs" },
  },
  "not when the next revision wants its pods": {
    given: aRollout().draining(seconds(6)).asks("v2"),
    want: { target: "asIs" },
  },
  "a retreat takes traffic away first": { given: aRollout().retreating(), want: { traffic: 0, target: "asIs" } },
  "and pods when it has drained": {
    given: aRollout().retreating("FailedChecks", seconds(6)),
    want: { traffic: 0, target: "zero" },
  },
  "a retreat is content with a primary that has more pods": {
    given: aRollout().retreating().routedAt(10).canaryPods(1, 2).primaryPods(9, 10),
    want: { traffic: 0 },
  },
  "not with one that has fewer": {
    given: aRollout().retreating().routedAt(10).canaryPods(2).primaryPods(1),
    want: { traffic: undefined, target: "asIs" },
  },
  "before the deadline": {
    given: aRollout().retreating("FailedChecks", LATE).routedAt(10).canaryPods(2).primaryPods(1),
    want: { traffic: 0 },
  },
  "none are too few at any time": {
    given: aRollout().retreating("FailedChecks", LATE).routedAt(10).canaryPods(2).primaryPods(0),
    want: { traffic: undefined },
  },
  "a retreat without any primary leaves the route": {
    given: aRollout().retreating("FailedChecks", LATE).routedAt(10).with({ primary: undefined }),
    want: { traffic: undefined },
  },
  "a stranded canary keeps everything": {
    given: aRollout().stranded(),
    want: { traffic: 100, target: "asIs", primary: asIs },
  },
  "a target that is to serve again gets pods, and traffic stays": {
    given: aRollout().terminating(),
    want: { scaffold: "all", traffic: undefined, target: "up", finalizer: "asIs" },
  },
  "what was never taken is not taken to be given back": {
    given: aRollout().terminating().with({ apexOnPrimary: false }),
    want: { scaffold: "none", traffic: undefined, target: "up" },
  },
  "what was there is given back": {
    given: aRollout().givingBack(LATE),
    want: { scaffold: "givenBack", traffic: undefined, target: "asIs", finalizer: "asIs" },
  },
  "the primary is kept until it has drained": {
    given: aRollout().givingBack(seconds(5)).with({ givenBack: true, route: undefined }),
    want: { finalizer: "asIs" },
  },
  "then the Canary may go": {
    given: aRollout().givingBack(seconds(6)).with({ givenBack: true, route: undefined }),
    want: { finalizer: "absent" },
  },
  "counted from when the last of it was put back": {
    given: aRollout()
      .givingBack(seconds(60))
      .with({ givenBack: true, givenBackSince: ago(seconds(3)), route: undefined }),
    want: { finalizer: "asIs" },
  },
  "counted from the route where there is one": {
    given: aRollout()
      .givingBack(seconds(60))
      .routedAt(0, ago(seconds(3)))
      .with({ givenBack: true }),
    want: { finalizer: "asIs" },
  },
  "or at once after its target": {
    given: aRollout().givingBack(seconds(6)).targetGone(),
    want: { finalizer: "absent" },
  },
  "who wants things given back gets a finalizer": {
    given: aRollout().spec({ revertOnDeletion: true }),
    want: { finalizer: "present" },
  },
  "a held Canary is left alone": {
    given: aRollout()
      .baking({ weight: 10 })
      .status({ suspendedSince: ago(seconds(1)) }),
    want: { scaffold: "none", traffic: undefined, primary: asIs, target: "asIs" },
  },
  "but for what its deletion will ask": {
    given: aRollout()
      .spec({ suspend: true, revertOnDeletion: true })
      .status({ suspendedSince: ago(seconds(1)) }),
    want: { scaffold: "none", finalizer: "present" },
  },
  "so is one that goes without us": {
    given: aRollout().with({ canary: { ...aRollout().seen.canary, deleting: true } }),
    want: { scaffold: "none", traffic: undefined, primary: asIs, target: "asIs", finalizer: "asIs" },
  },
};

for (const [sentence, { given: rollout, want }] of Object.entries(cases)) {
  test(sentence, () => {
    const levels = levelsOf(rollout);
    assert.deepEqual({ ...levels, ...want }, levels);
  });
}

test("levels are those of the status that is about to be committed", () => {
  const { levels } = decide(aRollout().baking({ weight: 50 }).asks("v2").seen);
  assert.deepEqual(levels.traffic, splitPlan(0));
});
