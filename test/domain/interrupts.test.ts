import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import type { Phase } from "../../src/domain/phase.ts";
import { refuse } from "../../src/domain/refuse.ts";
import type { Status } from "../../src/domain/status.ts";
import { millis, seconds } from "../../src/domain/time.ts";
import { ago, aRollout, NEW, NOW, OLD, type Rollout } from "../build/aRollout.ts";

const after = (rollout: Rollout): Status => decide(rollout.seen).status;
const LATE = seconds(601);
const lookAgain = seconds(31);

const cases: Record<string, { given: Rollout; want: Phase["name"] }> = {
  // Deletion
  "deletion outranks a run": { given: aRollout().baking({ weight: 50 }).deleted(), want: "Terminating" },
  "one whose target was never its own lets go of it as it is": {
    given: aRollout()
      .unknown()
      .deleted()
      .with({ problems: [{ reason: "TargetConflict", message: "spec.targetRef: taken", severity: "blocking" }] }),
    want: "GivingBack",
  },
  "deletion outranks a hold": { given: aRollout().deleted().spec({ suspend: true }), want: "Terminating" },
  "deletion that is not ours to finish stops everything": {
    given: aRollout()
      .asks(NEW)
      .with({ canary: { ...aRollout().seen.canary, deleting: true, hasFinalizer: false } }),
    want: "Steady",
  },
  "clients are not given back to fewer pods than serve them": {
    given: aRollout().terminating(LATE).canaryPods(1).target({ hasGivenUp: true }),
    want: "Terminating",
  },
  "unless the target has some of them already": {
    given: aRollout().terminating(LATE).canaryPods(1).routedAt(50),
    want: "GivingBack",
  },
  "to as many they are, though the target will not be ready": {
    given: aRollout().terminating(LATE).canaryPods(2, 3),
    want: "GivingBack",
  },
  "but not before the deadline": { given: aRollout().terminating().canaryPods(2, 3), want: "Terminating" },
  "unless its controller has given it up": {
    given: aRollout().terminating().canaryPods(2, 3).target({ hasGivenUp: true }),
    want: "GivingBack",
  },
  "a target that will not serve keeps no Canary without a primary from being deleted": {
    given: aRollout().terminating(LATE).with({ primary: undefined }),
    want: "GivingBack",
  },
  "nor one whose primary nobody comes to": {
    given: aRollout().terminating(LATE).with({ apexOnPrimary: false }),
    want: "GivingBack",
  },
  "a problem does not either": { given: aRollout().terminating(LATE).canaryPods(2, 3).blocked(), want: "GivingBack" },

  // Holds
  "a held Canary starts nothing": { given: aRollout().asks(NEW).spec({ suspend: true }), want: "Steady" },
  "a hold stops every clock": {
    given: aRollout().warming(LATE).canaryPods(0).spec({ suspend: true }),
    want: "Warming",
  },

  // A target that is gone
  "without its target a warming run ends": { given: aRollout().warming().targetGone(), want: "Retreating" },
  "so does one in analysis, though blocked as well": {
    given: aRollout().baking({ weight: 10 }).blocked().targetGone(),
    want: "Retreating",
  },
  "so does one that was about to be promoted": { given: aRollout().handing().targetGone(), want: "Retreating" },
  "a ready primary takes over from a target that is gone": {
    given: aRollout().replacing().primaryPods(2).targetGone(),
    want: "Draining",
  },
  "one that is not ready takes what it can": { given: aRollout().replacing().targetGone(), want: "Retreating" },
  "so it is on the way home": { given: aRollout().returning(50).targetGone(), want: "Draining" },
  "and after a failed promotion": { given: aRollout().stranded().primaryPods(2).targetGone(), want: "Draining" },
  "also with a primary that is not ready": { given: aRollout().stranded().targetGone(), want: "Retreating" },
  "a drain ends without a target": { given: aRollout().draining(seconds(6)).targetGone(), want: "Steady" },
  "a retreat ends without a target": {
    given: aRollout().retreating("TargetGone", seconds(6)).targetGone(),
    want: "Failed",
  },
  "at rest a target may be gone": { given: aRollout().targetGone(), want: "Steady" },
  "a copy waits for its target": { given: aRollout().copying().targetGone(), want: "Copying" },

  // Problems
  "a problem holds a Canary at rest": { given: aRollout().asks(NEW).blocked(), want: "Steady" },
  "a problem holds one that has not begun": { given: aRollout().unknown().blocked(), want: "New" },
  "a problem holds a copy": { given: aRollout().copying().primaryPods(2).blocked(), want: "Copying" },
  "a problem holds a run": { given: aRollout().warming().blocked(), want: "Warming" },
  "a problem holds a step": {
    given: aRollout().baking({ weight: 10, forSoLong: lookAgain }).passing().blocked(),
    want: "Baking",
  },
  "a problem holds a promotion that has not begun": {
    given: aRollout().handing(seconds(5)).blocked(),
    want: "Handing",
  },
  "but not for ever": { given: aRollout().handing(LATE).blocked(), want: "Retreating" },
  "not while warming either": { given: aRollout().warming(LATE).blocked(), want: "Retreating" },
  "a momentary problem in a long step ends nothing": {
    given: aRollout()
      .analysis({ interval: seconds(3600) })
      .baking({ weight: 10, forSoLong: seconds(1800) })
      .blocked(),
    want: "Baking",
  },
  "one that lasts does": {
    given: aRollout()
      .baking({ weight: 10, forSoLong: seconds(631) })
      .blocked(),
    want: "Retreating",
  },
  "a momentary problem in a slow start ends nothing": {
    given: aRollout()
      .warming(LATE)
      .canaryPods(1)
      .target({ progressedAt: ago(seconds(10)) })
      .blocked(),
    want: "Warming",
  },
  "a replacement under way goes on": { given: aRollout().replacing().primaryPods(2).blocked(), want: "Draining" },
  "a retreat goes on": {
    given: aRollout().retreating("Blocked", seconds(6)).canaryPods(0, 0).blocked(),
    want: "Failed",
  },
  "a target that is scaled up has lost nothing": {
    given: aRollout().baking({ weight: 100 }).canaryPods(2, 3),
    want: "Baking",
  },
  "nor has one that is about to be promoted": {
    given: aRollout().handing().canaryPods(2, 3),
    want: "Handing",
  },
  "unless it has fewer pods than the primary serves with": {
    given: aRollout().baking({ weight: 100 }).canaryPods(1, 3),
    want: "Warming",
  },
  "a problem does not keep traffic on pods that are gone": {
    given: aRollout().baking({ weight: 50 }).canaryPods(0).blocked(),
    want: "Warming",
  },
  "nor on a revision that nobody judged": {
    given: aRollout().baking({ weight: 50 }).asks("v2").blocked(),
    want: "Warming",
  },
  "advice holds nothing up": {
    given: aRollout()
      .asks(NEW)
      .with({ problems: [{ reason: "NotSupported", message: "spec.x: unknown", severity: "advisory" }] }),
    want: "Warming",
  },

  // Another revision
  "without a primary it is copied first": {
    given: aRollout().baking({ weight: 50 }).asks("v2").with({ primary: undefined }),
    want: "Copying",
  },
  "so it is in a retreat": {
    given: aRollout().retreating().asks("v2").with({ primary: undefined }),
    want: "Copying",
  },
  "a newer revision starts over": { given: aRollout().baking({ weight: 50 }).asks("v2"), want: "Warming" },
  "also while warming": { given: aRollout().warming().asks("v2"), want: "Warming" },
  "also before promotion": { given: aRollout().handing().asks("v2"), want: "Warming" },
  "also during a retreat": { given: aRollout().retreating().asks("v2"), want: "Warming" },
  "before the primary was touched it is not": {
    given: aRollout().replacing().primaryRuns(OLD).primaryPods(2).asks("v2"),
    want: "Warming",
  },
  "one that replaced part of the primary goes home first": {
    given: aRollout().replacing().primary({ availablePods: 2 }).asks("v2"),
    want: "Draining",
  },
  "as soon as the primary has the pods": {
    given: aRollout().replacing().primaryPods(1).asks("v2"),
    want: "Replacing",
  },
  "a primary without pods is not rushed": {
    given: aRollout().replacing().primaryRuns(OLD).primaryPods(0).asks("v2"),
    want: "Replacing",
  },
  "on the way home it goes home at once": {
    given: aRollout().steps([10], 10).returning(90).asks("v2"),
    want: "Draining",
  },
  "unless the primary has lost its pods": {
    given: aRollout().steps([10], 10).returning(90).primaryPods(1).asks("v2"),
    want: "Returning",
  },
  "a finished run ends before the next begins, without scaling down between": {
    given: aRollout().draining(seconds(1)).asks("v2"),
    want: "Steady",
  },
  "a primary that was deleted on the way home is not waited for": {
    given: aRollout().steps([10], 30).returning(70).with({ primary: undefined }),
    want: "Stranded",
  },
  "nor once all traffic is home": { given: aRollout().draining().with({ primary: undefined }), want: "Stranded" },
  "the canary has all that is left, unless nobody judged it": {
    given: aRollout().draining().asks("v2").with({ primary: undefined }),
    want: "Retreating",
  },
  "a canary that lacks a pod at that moment may have it again in the next": {
    given: aRollout().draining().canaryPods(1).with({ primary: undefined }),
    want: "Draining",
  },
  "though not before traffic is home": { given: aRollout().draining().asks("v2"), want: "Draining" },
  "going back to the promoted revision is a retreat": {
    given: aRollout().baking({ weight: 50 }).asks(OLD),
    want: "Retreating",
  },
  "going back during a retreat changes nothing": { given: aRollout().retreating().asks(OLD), want: "Retreating" },
  "a changed config in mid-run starts over, though the template is the same": {
    given: aRollout()
      .baking({ weight: 50 })
      .status({ trackedConfigs: { a: "1" } })
      .with({ configs: { kind: "known", checksums: { a: "2" } } }),
    want: "Warming",
  },

  // Pods that are gone
  "a canary without the pods for its share warms again": {
    given: aRollout().baking({ weight: 100 }).canaryPods(1),
    want: "Warming",
  },
  "pods on their way out are as good as gone": {
    given: aRollout().handing(seconds(2)).target({ desiredPods: 0 }),
    want: "Warming",
  },
  "one pod of two is enough for half": { given: aRollout().baking({ weight: 50 }).canaryPods(1), want: "Baking" },
  "the last failed check ends the run": {
    given: aRollout().baking({ weight: 100 }).canaryPods(1).status({ failedChecks: 1 }),
    want: "Retreating",
  },
  "a canary that has everything and loses pods does not get its promotion": {
    given: aRollout().handing(seconds(2)).canaryPods(1),
    want: "Warming",
  },

  // Deadlines
  "a canary that never becomes ready is given up": {
    given: aRollout().warming(LATE).canaryPods(0),
    want: "Retreating",
  },
  "progress puts the deadline off": {
    given: aRollout()
      .warming(LATE)
      .canaryPods(0)
      .target({ progressedAt: ago(seconds(30)) }),
    want: "Warming",
  },
  "a ready canary that still has traffic and no primary to give it to is judged with that": {
    given: aRollout().warming(LATE).routedAt(50).primaryPods(0),
    want: "Baking",
  },
  "or handed everything where no step is as high": {
    given: aRollout().steps([10, 20]).warming(LATE).routedAt(50).primaryPods(0),
    want: "Handing",
  },
  "its controller may give up sooner": {
    given: aRollout().warming().canaryPods(0).target({ hasGivenUp: true }),
    want: "Retreating",
  },
  "a canary that nobody can reach is given up": {
    given: aRollout().warming(LATE).reached("canary", 1, seconds(60)),
    want: "Retreating",
  },
  "one that can be reached at last is not": {
    given: aRollout().warming(millis(600_500)).reached("canary", 2),
    want: "Warming",
  },
  "a canary that is ready at last goes on, however late": { given: aRollout().warming(LATE), want: "Baking" },
  "a step without evidence is given up": {
    given: aRollout().baking({ weight: 10, forSoLong: seconds(631) }),
    want: "Retreating",
  },
  "one deadline after its own length": {
    given: aRollout().baking({ weight: 10, forSoLong: seconds(629) }),
    want: "Baking",
  },
  "but evidence that has just come counts": {
    given: aRollout()
      .baking({ weight: 10, forSoLong: seconds(631) })
      .passing(),
    want: "Baking",
  },
  "a route that does not follow is given up": {
    given: aRollout().handing(LATE).routedAt(50),
    want: "Retreating",
  },
  "a handed canary is replaced, however late": { given: aRollout().handing(LATE), want: "Replacing" },
  "a handed canary that was given up is not": {
    given: aRollout().handing().target({ hasGivenUp: true }),
    want: "Retreating",
  },
  "a primary that does not become ready strands the canary": { given: aRollout().replacing(LATE), want: "Stranded" },
  "or one that was given up": { given: aRollout().replacing().primary({ hasGivenUp: true }), want: "Stranded" },
  "a primary that was given up before it got the new revision is not judged by that": {
    given: aRollout().replacing().primary({ revision: OLD, hasGivenUp: true }),
    want: "Replacing",
  },
  "a primary that loses its pods on the way home for too long gives the traffic back": {
    given: aRollout().steps([10], 10).returning(90, LATE).primaryPods(1),
    want: "Stranded",
  },
  "and even when it has come home": { given: aRollout().draining(LATE).primaryPods(1), want: "Stranded" },
  "but not to a canary that was changed meanwhile": {
    given: aRollout().draining(LATE).primaryPods(1).asks("v2"),
    want: "Retreating",
  },
  "nor to one that has lost its pods": {
    given: aRollout().draining(LATE).primaryPods(1).canaryPods(0),
    want: "Retreating",
  },
  "nor to one that nobody can reach": {
    given: aRollout().draining(LATE).primaryPods(1).reached("canary", 0),
    want: "Retreating",
  },
  "one that has the traffic keeps it, though its endpoints are gone for a moment": {
    given: aRollout().replacing(LATE).reached("canary", 0),
    want: "Stranded",
  },
  "a replacement with nothing healthy left is given up": {
    given: aRollout().replacing(LATE).canaryPods(0),
    want: "Retreating",
  },
  "a primary whose endpoints come and go is not either": {
    given: aRollout().replacing(seconds(602)).primaryPods(2).reached("primary", 2),
    want: "Stranded",
  },
  "what was brought home to a primary that nobody can reach any more goes back": {
    given: aRollout().draining(LATE).reached("primary", 0),
    want: "Stranded",
  },
  "a primary that nobody can reach is not given the traffic": {
    given: aRollout().replacing(LATE).primaryPods(2).reached("primary", 0, seconds(60)),
    want: "Stranded",
  },
  "a canary changed during a stalled replacement still is the better half": {
    given: aRollout().replacing(LATE).asks("v2"),
    want: "Stranded",
  },
};

for (const [sentence, { given, want }] of Object.entries(cases)) {
  test(sentence, () => assert.equal(after(given).phase.name, want));
}

test("a hold is told of once, and the time it took is given back", () => {
  const held = after(
    aRollout()
      .baking({ weight: 10, forSoLong: seconds(20) })
      .spec({ suspend: true }),
  );
  assert.equal(held.suspendedSince, NOW);
  const rollout = aRollout().baking({ weight: 10, forSoLong: seconds(100) });
  const status = { ...rollout.seen.status, suspendedSince: ago(seconds(80)) };
  const still = rollout.status(status).spec({ suspend: true });
  assert.equal(after(still), still.seen.status);
  const { phase, suspendedSince } = after(rollout.status(status));
  assert.equal(suspendedSince, undefined);
  assert.deepEqual(phase, {
    ...{ name: "Baking", step: 0, weight: 10, since: ago(seconds(20)) },
    checkAt: NOW + 10_000,
    evidenceAt: ago(seconds(20)),
  });
});

test("a hold at rest moves nothing", () => {
  const { phase } = after(aRollout().status({ suspendedSince: ago(seconds(80)) }));
  assert.deepEqual(phase, { name: "Steady", outcome: "Initialized" });
});

test("a hold while warming gives the time back as well", () => {
  const held = aRollout().warming(LATE).canaryPods(0);
  const { phase } = after(held.status({ suspendedSince: ago(seconds(600)) }));
  assert.deepEqual(phase, { name: "Warming", since: ago(seconds(1)) });
});

test("deletion ends a hold", () => {
  const { status, levels } = decide(
    aRollout()
      .deleted()
      .spec({ suspend: true })
      .status({ suspendedSince: ago(seconds(5)) }).seen,
  );
  assert.equal(status.suspendedSince, undefined);
  assert.equal(levels.target, "up");
});

test("a run that is taken back leaves the promoted revision applied, and a record of its own", () => {
  const status = after(aRollout().baking({ weight: 50 }).asks(OLD));
  assert.equal(status.lastAppliedRevision, OLD);
  assert.equal(status.canaryWeight, 0);
  const over = after(
    aRollout()
      .retreating("Reverted", seconds(6))
      .canaryPods(0, 0)
      .asks(OLD)
      .status(status)
      .status({
        phase: { name: "Retreating", since: ago(seconds(6)), reason: "Reverted" },
      }),
  );
  assert.equal(over.phase.name, "Steady");
  assert.deepEqual(
    over.history.map(({ revision, outcome }) => ({ revision, outcome })),
    [{ revision: NEW, outcome: "reverted" }],
  );
});

const replaced: Record<string, { given: Rollout; outcome: string; reason: string }> = {
  "a run replaced by a newer one is recorded as that": {
    given: aRollout().baking({ weight: 50 }).asks("v2"),
    outcome: "superseded",
    reason: "a newer revision replaced it",
  },
  "a retreat cut short by a newer revision is recorded as a rollback": {
    given: aRollout().retreating().status({ reason: "bad" }).asks("v2"),
    outcome: "rolledBack",
    reason: "bad",
  },
  "a failed promotion is recorded as that": {
    given: aRollout().replacing(LATE),
    outcome: "promotionFailed",
    reason: "promotion failed, the primary is not ready: waiting for rollout to finish; the canary keeps all traffic",
  },
};

for (const [sentence, { given, outcome, reason }] of Object.entries(replaced)) {
  test(sentence, () => {
    const [record, ...rest] = after(given).history;
    assert.deepEqual(rest, []);
    assert.deepEqual({ ...record, revision: NEW, outcome, reason }, record);
  });
}

test("a failed promotion is recorded once, also when it ends in a retreat", () => {
  const stranded = after(aRollout().replacing(LATE));
  const retreating = after(aRollout().stranded().status(stranded).canaryPods(0).primary({ availablePods: 2 }));
  assert.equal(retreating.phase.name, "Retreating");
  const failed = after(
    aRollout().retreating("ProgressDeadlineExceeded", seconds(6)).canaryPods(0, 0).status({
      startedAt: retreating.startedAt,
      history: retreating.history,
    }),
  );
  assert.equal(failed.phase.name, "Failed");
  assert.deepEqual(
    failed.history.map(({ outcome }) => outcome),
    ["promotionFailed"],
  );
});

test("a spec that cannot be understood is told, once, and nothing else changes", () => {
  const { status } = aRollout().baking({ weight: 50 }).seen;
  const problem = { reason: "InvalidSpec", message: "spec: no", severity: "blocking" } as const;
  const refused = refuse(status, { generation: 2, problems: [problem], now: NOW });
  assert.deepEqual({ ...refused, conditionTimes: {} }, { ...status, observedGeneration: 2, problems: [problem] });
  assert.equal(refuse(refused, { generation: 2, problems: [problem], now: NOW }), refused);
});
