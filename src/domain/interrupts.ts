import { draining, givingBack, retreating, stranded, terminating, warming } from "./enter.ts";
import * as facts from "./facts.ts";
import type { Observation } from "./observation.ts";
import { isAtRest, type Phase } from "./phase.ts";
import type { Status } from "./status.ts";
import { after, between, type Duration, formatDuration, type Instant, instant, millis } from "./time.ts";
import { splitPlan } from "./traffic.ts";

/** A reason to leave the present phase whichever it is, and what for. Undefined: this rule does not apply. */
export type Rule = (seen: Observation) => Status | undefined;

/** First match wins, so order is policy. */
export const INTERRUPTS: readonly Rule[] = [
  whenDeleted, //     nothing outranks the owner's wish to be rid of it
  whenSuspended, //   a person's hold stops every clock
  whenResumed, //     and gives back the time it took
  whenTargetGone, //  there is nothing left to roll out
  whenBlocked, //     hold, but not for ever
  whenSuperseded, //  a newer revision makes this canary pointless
  whenStalled, //     no progress for a whole deadline
];

function whenDeleted(seen: Observation): Status | undefined {
  const { canary, status } = seen;
  if (!canary.deleting) return undefined;
  if (!canary.hasFinalizer) return status;
  return status.phase.name === "Terminating" || status.phase.name === "GivingBack" ? undefined : terminating(seen);
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
      return retreating(seen, "TargetGone", targetGone(seen));
    case "Replacing":
    case "Returning":
      return facts.isPrimaryReady(seen) ? draining(seen) : retreating(seen, "TargetGone", targetGone(seen));
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

function whenBlocked(seen: Observation): Status | undefined {
  const problem = seen.problems.find(({ severity }) => severity === "blocking");
  const { phase } = seen.status;
  if (problem === undefined || isTerminating(seen) || phase.name === "Retreating") return undefined;
  if (phase.name !== "Warming" && phase.name !== "Baking" && phase.name !== "Handing") {
    // Past the analysis the only way is forward: the levels of these phases need nothing that can be misspelt.
    return isAtRest(phase) || phase.name === "New" || phase.name === "Copying" ? seen.status : undefined;
  }
  const deadline = after(blockedFrom(phase), seen.spec.progressDeadline);
  if (seen.now < deadline) return seen.status;
  return retreating(seen, "Blocked", `blocked for ${formatDuration(seen.spec.progressDeadline)}: ${problem.message}`);
}

/** A step that was judged a moment ago was not blocked then. */
export function blockedFrom(phase: Extract<Phase, { name: "Warming" | "Baking" | "Handing" }>): Instant {
  return phase.name === "Baking" ? instant(Math.max(phase.since, phase.evidenceAt)) : phase.since;
}

function whenSuperseded(seen: Observation): Status | undefined {
  if (!facts.isSuperseded(seen)) return undefined;
  switch (seen.status.phase.name) {
    case "Warming":
    case "Baking":
    case "Handing":
      return facts.isReverted(seen) ? takenBack(seen) : warming(seen);
    case "Retreating":
      return facts.isReverted(seen) ? undefined : warming(seen);
    case "Replacing":
      return whenSupersededInPromotion(seen);
    default:
      return undefined; // At rest, `advance` decides; on the way home, the new revision waits for its own run.
  }
}

/** The run ends as if the revision had never been asked for: what is promoted is what is applied. */
function takenBack(seen: Observation): Status {
  const sentence = "the target was reverted to the promoted revision; the run was abandoned";
  return {
    ...retreating(seen, "Reverted", sentence),
    lastAppliedRevision: seen.target?.revision,
    trackedConfigs: seen.configs.kind === "known" ? seen.configs.checksums : seen.status.trackedConfigs,
  };
}

/**
 * All traffic is on the target's pods, which are now being replaced by a revision that nobody has judged. Bring the
 * traffic home as soon as the primary has the pods for it, whether it runs the old revision or the new: both were good.
 */
function whenSupersededInPromotion(seen: Observation): Status | undefined {
  if (!facts.primaryCanTake(seen, 100)) return undefined;
  return seen.primary?.revision === seen.status.lastAppliedRevision ? undefined : warming(seen);
}

/** Evaluated from persisted times before anything that could fail. */
function whenStalled(seen: Observation): Status | undefined {
  const { phase } = seen.status;
  switch (phase.name) {
    case "Warming":
      if (facts.isCanaryReady(seen) && facts.isRouted(seen, ZERO)) return undefined;
      return facts.isPastDeadline(seen, phase.since, seen.target) ? deadlineExceeded(seen) : undefined;
    case "Baking":
      return seen.now >= after(phase.evidenceAt, evidenceDeadline(seen)) && seen.round === undefined
        ? noEvidence(seen)
        : undefined;
    case "Handing":
      if (seen.target?.hasGivenUp !== true && facts.isRouted(seen, FULL)) return undefined;
      return facts.isPastDeadline(seen, phase.since, seen.target) ? deadlineExceeded(seen) : undefined;
    case "Replacing":
    case "Returning":
    case "Draining":
      if (facts.isPrimaryReady(seen) || !facts.canaryCanTake(seen, 100)) return undefined;
      return facts.isPastDeadline(seen, phase.since, seen.primary) ? stranded(seen) : undefined;
    case "Terminating":
      return facts.isPastDeadline(seen, phase.since, seen.target) ? givingBack(seen) : undefined;
    case "New":
    case "Copying": //    the target still serves; an edit or a ready primary is the exit
    case "Adopting": //   nothing but the API server can hold this up
    case "Steady":
    case "Failed":
    case "Stranded":
    case "Retreating": // `desire` lets traffic leave after the deadline even when the primary is short of pods
    case "GivingBack":
      return undefined;
  }
}

const ZERO = splitPlan(0);
const FULL = splitPlan(100);

function deadlineExceeded(seen: Observation): Status {
  const why = seen.target?.notReadyReason ?? "the route did not take the weight";
  const name = `canary ${seen.spec.target.kind.toLowerCase()} ${seen.spec.target.name}.${seen.canary.namespace}`;
  return retreating(seen, "ProgressDeadlineExceeded", `progress deadline exceeded: ${name} not ready: ${why}`);
}

/** Without evidence a step is held for one progress deadline beyond its own length, then given up. */
export function evidenceDeadline(seen: Observation): Duration {
  const bake = Math.max(seen.spec.analysis.interval, seen.literalWindow + seen.timing.settle);
  return millis(bake + seen.spec.progressDeadline);
}

function noEvidence(seen: Observation): Status {
  const last = seen.status.measurements.find(({ verdict }) => verdict === "noData" || verdict === "unmeasurable");
  const why = last?.message ?? "the route did not take the weight";
  return retreating(seen, "NoEvidence", `nothing could be measured for ${formatDuration(evidenceDeadline(seen))}: ${why}`);
}

function isTerminating(seen: Observation): boolean {
  return seen.canary.deleting && seen.canary.hasFinalizer;
}
