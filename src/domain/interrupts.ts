import * as copy from "./copy.ts";
import * as enter from "./enter.ts";
import * as facts from "./facts.ts";
import * as moments from "./moments.ts";
import type { Observation, Version } from "./observation.ts";
import { type Baking, isAtRest, type Phase } from "./phase.ts";
import type { Status } from "./status.ts";
import { after, between, formatDuration, type Instant, millis } from "./time.ts";
import { splitPlan } from "./traffic.ts";

/** A reason to leave the present phase whichever it is, and what for. Undefined: this rule does not apply. */
export type Rule = (seen: Observation) => Status | undefined;

/** First match wins, so order is policy. */
export const INTERRUPTS: readonly Rule[] = [
  whenDeleted, //     nothing outranks the owner's wish to be rid of it
  whenSuspended, //   a person's hold stops every clock
  whenResumed, //     and gives back the time it took
  whenTargetGone, //  there is nothing left to roll out
  whenSuperseded, //  a newer revision makes this canary pointless
  whenPodsLost, //    pods that are gone answer nobody
  whenBlocked, //     hold, but not for ever
  whenStalled, //     no progress for a whole deadline
];

function whenDeleted(seen: Observation): Status | undefined {
  const { canary, status } = seen;
  if (!canary.deleting) return undefined;
  if (!canary.hasFinalizer) return status;
  if (status.phase.name === "Terminating" || status.phase.name === "GivingBack") return undefined;
  return hasNeverHadTarget(seen) ? enter.givingBack(seen) : enter.terminating(seen);
}

/** The target is another Canary's, which alone may scale it. */
function hasNeverHadTarget({ status, problems }: Observation): boolean {
  return status.phase.name === "New" && problems.some(({ reason }) => reason === "TargetConflict");
}

function whenSuspended(seen: Observation): Status | undefined {
  if (!seen.spec.suspend || seen.canary.deleting) return undefined;
  return seen.status.suspendedSince === undefined ? { ...seen.status, suspendedSince: seen.now } : seen.status;
}

/** Every time of the phase moves by as long as the hold took: a rollout is not failed for having been held. */
function whenResumed(seen: Observation): Status | undefined {
  const held = seen.status.suspendedSince;
  if (held === undefined || seen.spec.suspend) return undefined;
  const length = between(held, seen.now);
  return { ...seen.status, suspendedSince: undefined, phase: moved(seen.status.phase, (time) => after(time, length)) };
}

function moved(phase: Phase, by: (time: Instant) => Instant): Phase {
  if (!("since" in phase)) return phase;
  if (phase.name !== "Baking") return { ...phase, since: by(phase.since) };
  return { ...phase, since: by(phase.since), checkAt: by(phase.checkAt), evidenceAt: by(phase.evidenceAt) };
}

function whenTargetGone(seen: Observation): Status | undefined {
  if (seen.target !== undefined || isTerminating(seen)) return undefined;
  switch (seen.status.phase.name) {
    case "Warming":
    case "Baking":
    case "Handing":
      return enter.retreating(seen, "TargetGone", targetGone(seen));
    case "Replacing":
    case "Returning":
    case "Stranded":
      return facts.isPrimaryReady(seen) ? enter.draining(seen) : enter.retreating(seen, "TargetGone", targetGone(seen));
    case "Adopting":
    case "Draining":
    case "Retreating":
      return undefined;
    default:
      return seen.status;
  }
}

function targetGone(seen: Observation): string {
  return `${seen.spec.target.kind} ${seen.spec.target.name} was deleted in mid-run`;
}

/** A failed check, so that a crash loop cannot go on for ever; and a fresh start while there are checks left. */
function whenPodsLost(seen: Observation): Status | undefined {
  if (!facts.hasLostPods(seen)) return undefined;
  const why = seen.target?.notReadyReason ?? "pods are missing";
  const sentence = `the canary lost the pods for ${seen.status.canaryWeight}% of the traffic: ${why}`;
  const failedChecks = seen.status.failedChecks + 1;
  if (failedChecks >= seen.spec.analysis.threshold) return enter.outOfChecks(seen, { failedChecks }, sentence);
  return enter.warmingAgain(seen, sentence);
}

function whenBlocked(seen: Observation): Status | undefined {
  const problem = seen.problems.find(({ severity }) => severity === "blocking");
  const { phase } = seen.status;
  if (problem === undefined || isTerminating(seen) || phase.name === "Retreating") return undefined;
  if (phase.name !== "Warming" && phase.name !== "Baking" && phase.name !== "Handing") {
    // Past the analysis the only way is forward: the levels of these phases need nothing that can be misspelt.
    return isAtRest(phase) || phase.name === "New" || phase.name === "Copying" ? seen.status : undefined;
  }
  // No sooner than the phase would be given up without the problem: one that was in the way for a moment ends nothing.
  const deadline =
    phase.name === "Baking" ? evidenceDeadline(seen, phase) : moments.deadlineOf(seen, phase.since, seen.target);
  if (seen.now < deadline) return seen.status;
  return enter.retreating(seen, "Blocked", `blocked until the progress deadline: ${problem.message}`);
}

function whenSuperseded(seen: Observation): Status | undefined {
  if (!facts.isSuperseded(seen)) return undefined;
  switch (seen.status.phase.name) {
    case "Warming":
    case "Baking":
    case "Handing":
      return facts.isReverted(seen) ? enter.takenBack(seen) : enter.anew(seen);
    case "Retreating":
      return facts.isReverted(seen) ? undefined : enter.anew(seen);
    case "Replacing":
      return whenSupersededInPromotion(seen);
    default:
      return undefined; // At rest, `advance` decides; on the way home, the new revision waits for its own run.
  }
}

/**
 * All traffic is on the target's pods, which are now being replaced by a revision that nobody has judged. Bring the
 * traffic home as soon as the primary has the pods for it, whether it runs the old revision or the new: both were good.
 */
function whenSupersededInPromotion(seen: Observation): Status | undefined {
  if (!facts.canServe(seen, "primary", 100)) return undefined;
  return seen.primary?.revision === seen.status.lastAppliedRevision ? undefined : enter.warming(seen);
}

/** Evaluated from persisted times before anything that could fail. */
function whenStalled(seen: Observation): Status | undefined {
  const { phase } = seen.status;
  switch (phase.name) {
    case "Warming":
      if (facts.isCanaryReady(seen) && isComing(seen, "canary", phase.since) && facts.isRouted(seen, ZERO)) {
        return undefined;
      }
      return moments.isPastDeadline(seen, phase.since, seen.target) ? neverWarm(seen) : undefined;
    case "Baking":
      // An answer that has come is judged first, however late, unless the route is not there for it to be about.
      if (seen.round !== undefined && moments.isDue(seen, phase)) return undefined;
      return seen.now >= evidenceDeadline(seen, phase) ? noEvidence(seen, phase) : undefined;
    case "Handing":
      if (seen.target?.hasGivenUp !== true && facts.isRouted(seen, FULL)) return undefined;
      return moments.isPastDeadline(seen, phase.since, seen.target) ? deadlineExceeded(seen) : undefined;
    case "Replacing":
      if (facts.isPrimaryReady(seen) && isComing(seen, "primary", phase.since)) return undefined;
      return moments.isPastDeadline(seen, phase.since, facts.newPrimary(seen)) ? promotionFailed(seen) : undefined;
    case "Returning":
    case "Draining":
      if (facts.isPrimaryReady(seen) && facts.hasEndpoints(seen, "primary")) return undefined;
      // One that was deleted does not come back by itself, and meanwhile whoever is sent there meets nobody.
      if (seen.primary === undefined && (isCanaryServing(seen) || facts.isSuperseded(seen)))
        return promotionFailed(seen);
      return moments.isPastDeadline(seen, phase.since, facts.newPrimary(seen)) ? promotionFailed(seen) : undefined;
    case "Terminating":
      // Told, and left when somebody mends the target: a Canary that stays is better than clients who are not served.
      if (copy.isIrreplaceable(seen)) return undefined;
      return moments.isPastDeadline(seen, phase.since, seen.target) ? enter.givingBack(seen) : undefined;
    case "New":
    case "Copying": //    the target still serves; an edit or a ready primary is the exit
    case "Adopting": //   likewise, and after that nothing but the API server can hold this up
    case "Steady":
    case "Failed":
    case "Stranded":
    case "Retreating": // `desire` lets traffic leave after the deadline even when the primary is short of pods
    case "GivingBack":
      return undefined;
  }
}

/** Its endpoints are there, and are waited for once more at the most: those that come and go are no progress. */
function isComing(seen: Observation, version: Version, since: Instant): boolean {
  if (facts.isReachable(seen, version)) return true;
  return facts.hasEndpoints(seen, version) && seen.now < lastCall(seen, version, since);
}

/** Until then a version whose endpoints came just before the deadline may still be heard of. */
export function lastCall(seen: Observation, version: Version, since: Instant): Instant {
  const deadline = moments.deadlineOf(seen, since, version === "canary" ? seen.target : facts.newPrimary(seen));
  return after(deadline, seen.timing.settle);
}

const ZERO = splitPlan(0);
const FULL = splitPlan(100);

/** Traffic of an earlier run that a broken primary cannot take back is not taken from a ready canary: it is judged there. */
function neverWarm(seen: Observation): Status {
  const weight = seen.route?.plan.split.canary ?? 0;
  const isCut = weight > 0 && facts.isCanaryReady(seen) && !facts.mayRoute(seen, ZERO);
  if (!isCut) return deadlineExceeded(seen);
  return enter.nextStep(seen, weight - 1, {}) ?? enter.handing(seen);
}

function deadlineExceeded(seen: Observation): Status {
  const why = facts.whyNotServing(seen, "canary") ?? "the route did not take the weight";
  const name = `canary ${seen.spec.target.kind.toLowerCase()} ${seen.spec.target.name}.${seen.canary.namespace}`;
  return enter.retreating(seen, "ProgressDeadlineExceeded", `progress deadline exceeded: ${name} not ready: ${why}`);
}

const isCanaryServing = (seen: Observation): boolean =>
  facts.isRouted(seen, FULL) ? facts.canaryCanTake(seen, 100) : facts.canServe(seen, "canary", 100);

/**
 * The healthy canary keeps, or takes back, all traffic. One that has lost its pods cannot, and one that was changed after
 * traffic began to go home must not: then whatever the primary runs is the better half.
 */
function promotionFailed(seen: Observation): Status {
  const isJudged = seen.status.phase.name === "Replacing" || !facts.isSuperseded(seen);
  if (isJudged && isCanaryServing(seen)) return enter.stranded(seen);
  const why = facts.whyNotServing(seen, "primary") ?? facts.UNSTEADY;
  const name = `primary ${seen.spec.target.name}-primary.${seen.canary.namespace}`;
  const isDeleted = seen.primary === undefined && seen.status.phase.name !== "Replacing";
  const what = isDeleted ? "promotion failed" : "progress deadline exceeded";
  return enter.retreating(seen, "ProgressDeadlineExceeded", `${what}: ${name} not ready: ${why}`);
}

/** Without evidence a step is held for one progress deadline beyond its own length, then given up. */
export function evidenceDeadline(seen: Observation, { evidenceAt }: Baking): Instant {
  const bake = Math.max(seen.spec.analysis.interval, seen.literalWindow + seen.timing.settle);
  return after(evidenceAt, millis(bake + seen.spec.progressDeadline));
}

function noEvidence(seen: Observation, { evidenceAt }: Baking): Status {
  const last = seen.status.measurements.find(({ verdict }) => verdict === "noData" || verdict === "unmeasurable");
  const why = last?.message ?? "the route did not take the weight";
  const length = formatDuration(between(evidenceAt, seen.now));
  return enter.retreating(seen, "NoEvidence", `nothing could be measured for ${length}: ${why}`);
}

function isTerminating(seen: Observation): boolean {
  return seen.canary.deleting && seen.canary.hasFinalizer;
}
