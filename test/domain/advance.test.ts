import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, roundId } from "../../src/domain/decide.ts";
import type { Phase } from "../../src/domain/phase.ts";
import type { Status } from "../../src/domain/status.ts";
import { millis, seconds } from "../../src/domain/time.ts";
import { ago, aRollout, NEW, NOW, OLD, type Rollout, successRate } from "../build/aRollout.ts";

interface Case {
  readonly given: Rollout;
  readonly want: Phase["name"] | `Baking ${number}` | `Returning ${number}`;
}

const where = ({ phase }: Status): string => ("weight" in phase ? `${phase.name} ${phase.weight}` : phase.name);

const after = (rollout: Rollout): Status => decide(rollout.seen).status;

/** Long enough for a step of 30 seconds to be due. */
const DUE = seconds(31);
const FOREVER = seconds(100_000);

const cases: Record<string, Case> = {
  // The first copy
  "a Canary without its target waits": { given: aRollout().unknown().targetGone(), want: "New" },
  "a Canary whose configs are still being read waits": {
    given: aRollout()
      .unknown()
      .with({ configs: { kind: "reading" } }),
    want: "New",
  },
  "a new Canary copies its target": { given: aRollout().unknown(), want: "Copying" },
  "the copy is waited for": { given: aRollout().copying(FOREVER), want: "Copying" },
  "a ready copy takes over": {
    given: aRollout().copying().primary({ isReady: true, availablePods: 2 }),
    want: "Adopting",
  },
  "a copy of an older revision does not": {
    given: aRollout().copying().primary({ isReady: true, availablePods: 2, revision: "v0" }),
    want: "Copying",
  },
  "a newer revision starts the copy over": { given: aRollout().copying().asks(NEW), want: "Copying" },
  "also behind a route that leads to the target of before": {
    given: aRollout().copying().routedAt(50).primaryPods(1).asks(NEW),
    want: "Copying",
  },
  "or to a canary that has everything": {
    given: aRollout().copying().with({ apexOnPrimary: true }).routedAt(100).primaryPods(1).asks(NEW),
    want: "Copying",
  },
  "or while nobody of the copy answers": {
    given: aRollout()
      .copying()
      .with({ apexOnPrimary: true })
      .routedAt(50)
      .primaryPods(1)
      .reached("primary", 0)
      .asks(NEW),
    want: "Copying",
  },
  "but a copy that has clients already is replaced as any primary is": {
    given: aRollout().copying().with({ apexOnPrimary: true }).routedAt(50).primaryPods(1).asks(NEW),
    want: "Warming",
  },
  "by way of the apex Service alone as well": {
    given: aRollout().copying().with({ apexOnPrimary: true }).primaryPods(1).asks(NEW),
    want: "Warming",
  },
  "the target is kept while the apex is elsewhere": {
    given: aRollout().adopting(FOREVER).target({ desiredPods: 0 }).with({ apexOnPrimary: false }),
    want: "Adopting",
  },
  "the target is kept until it has drained": {
    given: aRollout().adopting(seconds(5)).target({ desiredPods: 0 }),
    want: "Adopting",
  },
  "adoption waits until the target is scaled down": { given: aRollout().adopting(seconds(7)), want: "Adopting" },
  "a drained target that is scaled down is adopted": {
    given: aRollout().adopting(seconds(7)).target({ desiredPods: 0 }),
    want: "Steady",
  },
  "a target deleted in adoption leaves its copy behind": {
    given: aRollout().adopting(seconds(7)).targetGone(),
    want: "Steady",
  },

  // At rest
  "nothing new, nothing done": { given: aRollout(), want: "Steady" },
  "a new revision starts a run": { given: aRollout().asks(NEW), want: "Warming" },
  "so it does after a failure": { given: aRollout().failed().asks("v2"), want: "Warming" },
  "the failed revision is not tried again by itself": { given: aRollout().failed(), want: "Failed" },
  "reverting after a failure starts nothing": { given: aRollout().failed().asks(OLD), want: "Failed" },
  "configs being read start nothing": {
    given: aRollout()
      .asks(NEW)
      .with({ configs: { kind: "reading" } }),
    want: "Steady",
  },
  "a changed config starts a run": {
    given: aRollout()
      .status({ trackedConfigs: { a: "1" } })
      .with({ configs: { kind: "known", checksums: { a: "2" } } }),
    want: "Warming",
  },
  "a config that went away starts a run": {
    given: aRollout()
      .status({ trackedConfigs: { a: "1", b: "1" } })
      .with({ configs: { kind: "known", checksums: { a: "1" } } }),
    want: "Warming",
  },
  "turning off the tracking of configs starts nothing": {
    given: aRollout().status({ trackedConfigs: { a: "1" } }),
    want: "Steady",
  },
  "turning it on starts nothing": {
    given: aRollout().with({ configs: { kind: "known", checksums: { a: "1" } } }),
    want: "Steady",
  },
  "a primary that somebody deleted is copied anew": { given: aRollout().with({ primary: undefined }), want: "Copying" },
  "but not from a revision that failed": { given: aRollout().failed().with({ primary: undefined }), want: "Failed" },
  "from the next one it is, having nothing to serve beside": {
    given: aRollout().failed().asks("v2").with({ primary: undefined }),
    want: "Copying",
  },

  // Warming
  "the canary is waited for": { given: aRollout().warming().canaryPods(1), want: "Warming" },
  "and so is its controller": { given: aRollout().warming().target({ isReady: false }), want: "Warming" },
  "a target without pods is not ready, whatever it says": {
    given: aRollout().warming().canaryPods(0, 0),
    want: "Warming",
  },
  "traffic must be known to be away first": { given: aRollout().warming().routedAt(10), want: "Warming" },
  "pods that no proxy can know of get no traffic": {
    given: aRollout().warming().reached("canary", 0, seconds(60)),
    want: "Warming",
  },
  "nor those that the slowest has not heard of": {
    given: aRollout().warming().reached("canary", 2, millis(999)),
    want: "Warming",
  },
  "those that it has heard of do": { given: aRollout().warming().reached("canary", 2, seconds(1)), want: "Baking 10" },
  "a ready canary gets its first share": { given: aRollout().warming(), want: "Baking 10" },
  "without analysis it takes all": { given: aRollout().warming().spec({ skipAnalysis: true }), want: "Handing" },

  "nor a plan without steps": { given: aRollout().steps([]).warming(), want: "Handing" },

  // Baking
  "a step bakes for its interval": { given: aRollout().baking({ weight: 10 }).passing(), want: "Baking 10" },
  "an answer is waited for": { given: aRollout().baking({ weight: 10, forSoLong: DUE }), want: "Baking 10" },
  "a step is not judged before the route is there": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).routedAt(0).passing(),
    want: "Baking 10",
  },
  "nor before the route has been there for as long": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).routedAt(10, NOW).passing(),
    want: "Baking 10",
  },
  "nor before a metric that looks back further sees this step alone": {
    given: aRollout()
      .baking({ weight: 10, forSoLong: DUE })
      .with({ literalWindow: seconds(60) })
      .passing(),
    want: "Baking 10",
  },
  "a good step is followed by the next": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).passing(),
    want: "Baking 50",
  },
  "without metrics time alone decides": {
    given: aRollout().analysis({ metrics: [] }).baking({ weight: 10, forSoLong: DUE }),
    want: "Baking 50",
  },
  "an answer from before the spec was edited judges nothing": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).passing().status({ observedGeneration: 0 }),
    want: "Baking 10",
  },
  "no data promotes nothing": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).measured({ kind: "noData", why: "none" }),
    want: "Baking 10",
  },
  "an outage of the metrics rolls back nothing": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).measured({ kind: "unmeasurable", why: "502" }),
    want: "Baking 10",
  },
  "a failed check within the threshold is one": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).failing(),
    want: "Baking 10",
  },
  "the last failed check ends the run": {
    given: aRollout().baking({ weight: 10, forSoLong: DUE }).status({ failedChecks: 1 }).failing(),
    want: "Retreating",
  },
  "turning the analysis off in mid-run hands over at once": {
    given: aRollout().baking({ weight: 10 }).spec({ skipAnalysis: true }),
    want: "Handing",
  },
  "the last step below 100 hands over": {
    given: aRollout().steps([20, 40, 60]).baking({ weight: 60, forSoLong: DUE }).passing(),
    want: "Handing",
  },
  "the last step at 100 replaces the primary": {
    given: aRollout().baking({ weight: 100, forSoLong: DUE }).passing(),
    want: "Replacing",
  },
  "steps edited in mid-run go on from where the traffic is": {
    given: aRollout().steps([20, 60, 100]).baking({ weight: 50, forSoLong: DUE }).passing(),
    want: "Baking 60",
  },

  // Promotion
  "the primary is left alone until the canary has everything": {
    given: aRollout().handing(FOREVER).routedAt(100, NOW),
    want: "Handing",
  },
  "then it is replaced": { given: aRollout().handing(seconds(1)), want: "Replacing" },
  "the canary keeps all traffic while the primary rolls": { given: aRollout().replacing(), want: "Replacing" },
  "traffic does not flee to a primary that nobody can reach": {
    given: aRollout().replacing().canaryPods(1).primaryPods(2).reached("primary", 0),
    want: "Replacing",
  },
  "nor is it in such a hurry for the next revision": {
    given: aRollout().replacing().primaryPods(2).asks("v3").reached("primary", 2, millis(999)),
    want: "Replacing",
  },
  "but it flees to one that not every proxy has heard of": {
    given: aRollout().replacing().canaryPods(1).primaryPods(2).reached("primary", 2),
    want: "Draining",
  },
  "a target goes only when its successor can be reached": {
    given: aRollout().draining(seconds(60)).canaryPods(0, 0).reached("primary", 1, seconds(60)),
    want: "Draining",
  },
  "a ready primary waits for its endpoints": {
    given: aRollout().replacing().primaryPods(2).reached("primary", 1, seconds(60)),
    want: "Replacing",
  },
  "and for the slowest proxy to hear of them": {
    given: aRollout().replacing().primaryPods(2).reached("primary", 2, millis(999)),
    want: "Replacing",
  },
  "a ready primary gets its traffic back": { given: aRollout().replacing().primaryPods(2), want: "Draining" },
  "in parts where that is asked for": {
    given: aRollout().steps([10, 50], 30).replacing().primaryPods(2),
    want: "Returning 70",
  },
  "a ready primary of the revision before does not": {
    given: aRollout().replacing().primaryRuns(OLD).primaryPods(2),
    want: "Replacing",
  },
  "a canary that loses its pods goes home all at once": {
    given: aRollout().steps([10, 50], 30).replacing().canaryPods(1).primary({ availablePods: 2 }),
    want: "Draining",
  },
  "one whose target is scaled up meanwhile has lost none": {
    given: aRollout().steps([10, 50], 30).replacing().canaryPods(2, 3).primary({ availablePods: 2 }),
    want: "Replacing",
  },
  "but not to a primary that has too few itself": {
    given: aRollout().replacing().canaryPods(1).primaryPods(1),
    want: "Replacing",
  },
  "a part stays for its interval": { given: aRollout().steps([10], 30).returning(70), want: "Returning 70" },
  "then the next goes home": { given: aRollout().steps([10], 30).returning(70, DUE), want: "Returning 40" },
  "once the route is known to have followed": {
    given: aRollout().steps([10], 30).returning(70, DUE).routedAt(100),
    want: "Returning 70",
  },
  "the last part ends it": { given: aRollout().steps([10], 30).returning(10, DUE), want: "Draining" },
  "no part is waited for where nothing is left of the step": { given: aRollout().returning(70, DUE), want: "Draining" },
  "a part with too few pods behind it goes home at once": {
    given: aRollout().steps([10], 30).returning(70).canaryPods(1),
    want: "Draining",
  },
  "unless its target was scaled up, and has no fewer than before": {
    given: aRollout().steps([10], 30).returning(70).canaryPods(2, 3),
    want: "Returning 70",
  },
  "the canary drains": { given: aRollout().draining(seconds(5)).canaryPods(0, 0), want: "Draining" },
  "and is scaled down": { given: aRollout().draining(seconds(6)), want: "Draining" },
  "and then the run is over": { given: aRollout().draining(seconds(6)).canaryPods(0, 0), want: "Steady" },
  "unless the primary has lost its pods again": {
    given: aRollout().draining(seconds(6)).canaryPods(0, 0).primaryPods(1),
    want: "Draining",
  },

  // Retreat
  "a retreat drains": { given: aRollout().retreating("FailedChecks", seconds(5)).canaryPods(0, 0), want: "Retreating" },
  "and scales down": { given: aRollout().retreating("FailedChecks", seconds(6)), want: "Retreating" },
  "and then the run has failed": {
    given: aRollout().retreating("FailedChecks", seconds(6)).canaryPods(0, 0),
    want: "Failed",
  },
  "a run that was taken back is no failure": {
    given: aRollout()
      .retreating("Reverted", seconds(6))
      .asks(OLD)
      .status({ lastAppliedRevision: OLD })
      .canaryPods(0, 0),
    want: "Steady",
  },

  // A promotion that failed
  "a stranded canary keeps its traffic": { given: aRollout().stranded(), want: "Stranded" },
  "a fix waits until no proxy sends to the primary any more": {
    given: aRollout().stranded(millis(999)).asks("v2"),
    want: "Stranded",
  },
  "until the primary is ready after all": { given: aRollout().stranded().primaryPods(2), want: "Draining" },
  "or a fix, once it is ready, goes to the primary directly": {
    given: aRollout().stranded().asks("v2"),
    want: "Replacing",
  },
  "and not before it is ready": {
    given: aRollout().stranded().asks("v2").target({ isReady: false }),
    want: "Stranded",
  },
  "taking the change back is a fix as well": { given: aRollout().stranded().asks(OLD), want: "Replacing" },
  "a stranded canary that loses its pods gives way to the pods that the primary has": {
    given: aRollout().stranded().canaryPods(0).primary({ availablePods: 2 }),
    want: "Retreating",
  },
  "and stays where the primary has no more": { given: aRollout().stranded().canaryPods(0), want: "Stranded" },

  // Deletion
  "deletion waits until the target serves again": { given: aRollout().terminating(), want: "Terminating" },
  "then gives back what was there": { given: aRollout().terminating().canaryPods(2), want: "GivingBack" },
  "at once where there is no target": { given: aRollout().terminating().targetGone(), want: "GivingBack" },
  "giving back is the last thing": { given: aRollout().givingBack(FOREVER), want: "GivingBack" },
};

for (const [sentence, { given, want }] of Object.entries(cases)) {
  test(sentence, () => {
    const status = after(given);
    assert.equal(want.includes(" ") ? where(status) : status.phase.name, want);
    assert.equal("weight" in status.phase ? status.phase.weight : status.canaryWeight, status.canaryWeight);
  });
}

test("a passed step remembers what it measured, a failed one what for", () => {
  const passed = after(aRollout().baking({ weight: 10, forSoLong: DUE }).passing());
  assert.equal(passed.measurements[0]?.value, 100);
  const failed = after(aRollout().baking({ weight: 10, forSoLong: DUE }).failing());
  assert.equal(failed.failedChecks, 1);
  assert.equal(failed.reason, "success rate 98.69% < 99%");
  assert.deepEqual(failed.phase, {
    ...{ name: "Baking", step: 0, weight: 10, since: ago(DUE) },
    checkAt: NOW + 30_000,
    evidenceAt: NOW,
  });
});

test("each round has a name of its own, so that a late answer is taken for no other's", () => {
  const { status } = aRollout().baking({ weight: 10 }).seen;
  const others = [
    aRollout().baking({ weight: 20 }),
    aRollout().baking({ weight: 10, forSoLong: DUE }),
    aRollout().baking({ weight: 10 }).status({ lastAppliedRevision: "v2" }),
    aRollout().baking({ weight: 10 }).status({ observedGeneration: 7 }),
  ];
  const names = [status, ...others.map(({ seen }) => seen.status)].map(roundId);
  assert.equal(new Set(names).size, names.length);
  assert.equal(roundId(aRollout().seen.status), "");
});

test("a held step without metrics asks nothing", () => {
  const held = aRollout().analysis({ metrics: [] }).baking({ weight: 10, forSoLong: DUE }).blocked();
  assert.equal(decide(held.seen).round, undefined);
});

test("samples are counted by step", () => {
  const earlier = after(aRollout().baking({ weight: 10, forSoLong: DUE }).failing()).measurements;
  const again = aRollout().baking({ weight: 10, forSoLong: DUE }).status({ measurements: earlier }).failing();
  assert.equal(after(again).measurements[0]?.samples, 2);
  const before = earlier.map((metric) => ({ ...metric, at: ago(seconds(60)) }));
  const other = aRollout().baking({ weight: 50, forSoLong: DUE }).status({ measurements: before }).failing();
  assert.equal(after(other).measurements[0]?.samples, 1);
});

test("no data is asked for again soon, and puts off no deadline", () => {
  const { phase } = after(
    aRollout().baking({ weight: 10, forSoLong: DUE }).measured({ kind: "noData", why: "no requests" }),
  );
  assert.deepEqual(phase, {
    ...{ name: "Baking", step: 0, weight: 10, since: ago(DUE) },
    checkAt: NOW + 10_000,
    evidenceAt: ago(DUE),
  });
});

test("a run begins with a clean sheet", () => {
  const status = after(aRollout().asks(NEW).status({ failedChecks: 3 }));
  assert.equal(status.failedChecks, 0);
  assert.equal(status.lastAppliedRevision, NEW);
  assert.equal(status.lastPromotedRevision, OLD);
  assert.equal(status.startedAt, NOW);
  assert.deepEqual(status.history, []);
});

test("a promotion and a failure are recorded", () => {
  const promoted = after(aRollout().draining(seconds(6)).canaryPods(0, 0));
  assert.equal(promoted.lastPromotedRevision, NEW);
  assert.equal(promoted.startedAt, undefined);
  assert.deepEqual(
    promoted.history.map(({ revision, outcome }) => ({ revision, outcome })),
    [{ revision: NEW, outcome: "promoted" }],
  );
  const failed = after(aRollout().retreating("FailedChecks", seconds(6)).status({ reason: "why" }).canaryPods(0, 0));
  assert.equal(failed.lastPromotedRevision, OLD);
  assert.deepEqual(
    failed.history.map(({ revision, outcome, reason }) => ({ revision, outcome, reason })),
    [{ revision: NEW, outcome: "rolledBack", reason: "why" }],
  );
});

test("history is bounded, newest first", () => {
  const old = { revision: "v0", startedAt: NOW, endedAt: NOW, outcome: "promoted", reason: "" } as const;
  const history = Array.from({ length: 10 }, () => old);
  const { history: kept } = after(aRollout().draining(seconds(6)).canaryPods(0, 0).status({ history }));
  assert.equal(kept.length, 10);
  assert.equal(kept[0]?.revision, NEW);
});

test("a failed revision that was reverted is a change when it comes back", () => {
  const reverted = after(aRollout().failed().asks(OLD));
  assert.equal(reverted.lastAppliedRevision, OLD);
  assert.equal(after(aRollout().failed().asks(NEW).status(reverted)).phase.name, "Warming");
});

test("a primary that a failed promotion left half changed is not what the reverted target asks for", () => {
  assert.equal(after(aRollout().failed().primaryRuns(NEW).asks(OLD)).phase.name, "Warming");
});

test("configs are remembered when tracking begins", () => {
  const { trackedConfigs } = after(aRollout().with({ configs: { kind: "known", checksums: { a: "1" } } }));
  assert.deepEqual(trackedConfigs, { a: "1" });
});

test("a copy says why it is not ready", () => {
  assert.equal(
    after(aRollout().copying()).reason,
    "primary podinfo-primary.test not ready: waiting for rollout to finish",
  );
  const silent = aRollout().copying().primary({ notReadyReason: undefined });
  assert.equal(after(silent).reason, undefined);
});

test("a target that changes while it is copied is copied as it is now", () => {
  const status = after(aRollout().copying(FOREVER).asks(NEW));
  assert.equal(status.lastAppliedRevision, NEW);
  assert.deepEqual(status.phase, { name: "Copying", since: NOW });
});

test("a bound metric is measured over this step alone", () => {
  const rollout = aRollout()
    .analysis({ metrics: [successRate] })
    .baking({ weight: 10, forSoLong: DUE });
  assert.equal(decide(rollout.seen).round?.window, 30_000);
  assert.equal(decide(rollout.passing().seen).round, undefined);
  const early = rollout.analysis({ interval: millis(0) }).with({ timing: { settle: millis(0), drain: millis(0) } });
  assert.equal(decide(early.routedAt(10, ago(DUE)).seen).round?.window, 31_000);
});
