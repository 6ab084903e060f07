import * as copy from "./copy.ts";
import type { Levels, PrimaryLevel } from "./decision.ts";
import * as facts from "./facts.ts";
import * as moments from "./moments.ts";
import type { Observation } from "./observation.ts";
import { isAtRest, type PhaseName } from "./phase.ts";
import type { ProblemReason, Status } from "./status.ts";
import { weightedPlan } from "./strategy/weighted.ts";
import type { Instant } from "./time.ts";
import type { TrafficPlan } from "./traffic.ts";

const LEAVE_ALONE: Levels = {
  scaffold: "none",
  traffic: undefined,
  primary: { kind: "asIs" },
  target: "asIs",
  finalizer: "asIs",
};

/** The levels that a status holds. From the status about to be committed, never from the one that was left. */
export function desire(status: Status, seen: Observation): Levels {
  if (seen.canary.deleting && !seen.canary.hasFinalizer) return LEAVE_ALONE;
  // A hold is about the rollout. Whether things are to be given back must be on the object whenever it is deleted.
  const isHeld = status.suspendedSince !== undefined || (isAtRest(status.phase) && isRefused(seen));
  if (isHeld) return { ...LEAVE_ALONE, finalizer: finalizerOf(status, seen) };
  return {
    scaffold: scaffoldOf(status.phase.name, seen),
    traffic: trafficOf(status, seen),
    primary: primaryOf(status),
    target: targetOf(status, seen),
    finalizer: finalizerOf(status, seen),
  };
}

/** What the spec asks for cannot be done here. At rest, whatever serves it now is left as it stands. */
function isRefused({ problems }: Observation): boolean {
  const refusals: readonly ProblemReason[] = ["InvalidSpec", "NotSupported", "UnknownProvider"];
  return problems.some(({ reason, severity }) => severity === "blocking" && refusals.includes(reason));
}

function scaffoldOf(phase: PhaseName, seen: Observation): Levels["scaffold"] {
  switch (phase) {
    case "New":
      return "none";
    case "Copying":
      // Behind a route that serves already, for the target that there was before, Services wait until the copy is ready.
      return seen.route === undefined ? "backends" : "none";
    case "Adopting":
      if (seen.apexOnPrimary) return "all";
      // The target still serves, and need not be left for a copy that has lost its pods since it was ready.
      if (!facts.primaryCanTake(seen, 100)) return "none";
      return facts.isReachable(seen, "primary") ? "all" : "backends";
    case "Terminating":
      // What was never taken is not taken now: the primary may have no pods for it.
      return seen.apexOnPrimary ? "all" : "none";
    case "GivingBack":
      return "givenBack";
    default:
      // A Service that somebody has pointed elsewhere is not taken from pods that answer to a primary that has none.
      return seen.apexOnPrimary || (seen.primary?.availablePods ?? 0) > 0 ? "all" : "route";
  }
}

/** The plan of the phase, unless a version lacks the pods for it: then the route stays as it is. */
function trafficOf(status: Status, seen: Observation): TrafficPlan | undefined {
  const { phase } = status;
  if (phase.name === "New" || phase.name === "Copying" || phase.name === "GivingBack" || phase.name === "Terminating") {
    return undefined;
  }
  if (phase.name === "Adopting" && !copy.mayTakeOver(seen)) return undefined;
  const plan = weightedPlan(status.canaryWeight);
  if (facts.mayRoute(seen, plan)) return plan;
  return phase.name === "Retreating" && takesLess(seen, phase.since) ? plan : undefined;
}

/** A retreat does not wait for a whole primary: more pods are better than bad ones and, after a deadline, any are. */
function takesLess(seen: Observation, since: Instant): boolean {
  const isOverdue = seen.now >= moments.deadlineOf(seen, since, undefined) && facts.answeringPods(seen) > 0;
  return isOverdue || facts.hasPrimaryMorePods(seen);
}

function primaryOf(status: Status): PrimaryLevel {
  const { phase, lastAppliedRevision } = status;
  const rolls = phase.name === "Copying" || phase.name === "Replacing";
  return rolls && lastAppliedRevision !== undefined
    ? { kind: "runs", revision: lastAppliedRevision }
    : { kind: "asIs" };
}

/** Capacity before traffic, and traffic away before capacity: zero is only asked for once the drain is over. */
function targetOf(status: Status, seen: Observation): Levels["target"] {
  const { phase } = status;
  switch (phase.name) {
    case "Warming":
    case "Baking":
    case "Handing":
    case "Replacing":
    case "Returning":
    case "Terminating":
      return "up";
    case "Adopting":
      return seen.apexOnPrimary && moments.isDrained(seen, phase.since) && facts.primaryCanTake(seen, 100)
        ? "zero"
        : "asIs";
    case "Draining": {
      const isServed = facts.isPrimaryReady(seen) && facts.hasEndpoints(seen, "primary");
      return isServed && moments.isDrained(seen, phase.since) && !facts.isSuperseded(seen) ? "zero" : "asIs";
    }
    case "Retreating":
      return moments.isDrained(seen, phase.since) ? "zero" : "asIs";
    case "New":
    case "Copying":
    case "Steady":
    case "Failed":
    case "Stranded":
    case "GivingBack":
      return "asIs";
  }
}

function finalizerOf(status: Status, seen: Observation): Levels["finalizer"] {
  if (!seen.canary.deleting) return seen.spec.revertOnDeletion ? "present" : "absent";
  // Without the target there is nobody to give it back to, and nobody to hold the deletion up for.
  const isGivenBack = seen.givenBack || seen.target === undefined;
  if (status.phase.name !== "GivingBack" || !isGivenBack) return "asIs";
  // With the Canary the primary is collected, which must have had no traffic for as long as any other pods.
  return seen.now >= moments.leftAt(seen, status.phase.since) ? "absent" : "asIs";
}
