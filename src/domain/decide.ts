import { advance } from "./advance.ts";
import { announce } from "./announce.ts";
import { withConditionTimes } from "./conditions.ts";
import { isIrreplaceable, isTakenOver } from "./copy.ts";
import type { Decision, Round } from "./decision.ts";
import { desire } from "./desire.ts";
import { isPrimaryReady, isReachable, newPrimary, targetMissedAt, UNSTEADY, whyNotServing } from "./facts.ts";
import { INTERRUPTS } from "./interrupts.ts";
import { evidenceWindow, isDue, isPastDeadline } from "./moments.ts";
import type { Observation } from "./observation.ts";
import { clipped } from "./sentence.ts";
import type { Problem, Status } from "./status.ts";
import { wakeAt } from "./wake.ts";

/** One observation in, one decision out. Total, synchronous, and free of I/O. */
export function decide(seen: Observation): Decision {
  const after = withBooksKept(seen, interrupted(seen) ?? advance(seen));
  return {
    status: after,
    levels: desire(after, seen),
    round: roundDue(after, seen),
    announcements: announce(seen.status, after, seen),
    wakeAt: wakeAt(after, seen),
  };
}

function interrupted(seen: Observation): Status | undefined {
  for (const rule of INTERRUPTS) {
    const status = rule(seen);
    if (status !== undefined) return status;
  }
  return undefined;
}

/** Answers the Canary's generation and carries what stands in the way. The very same status when nothing changed. */
function withBooksKept(seen: Observation, status: Status): Status {
  const { generation } = seen.canary;
  const problems = problemsToTell(seen);
  const problemsAreKnown = JSON.stringify(status.problems) === JSON.stringify(problems);
  if (status === seen.status && status.observedGeneration === generation && problemsAreKnown) return status;
  const told = {
    ...status,
    reason: status.reason && clipped(status.reason),
    observedGeneration: generation,
    problems: problemsAreKnown ? status.problems : problems,
  };
  return withConditionTimes(told, { kind: seen.spec.target.kind, now: seen.now });
}

function problemsToTell(seen: Observation): readonly Problem[] {
  const late = primaryLate(seen) ?? targetLate(seen);
  const found = late === undefined ? seen.problems : [...seen.problems, late];
  const problems = found.map((problem) => ({ ...problem, message: clipped(problem.message) }));
  if (seen.now >= targetMissedAt(seen)) return problems;
  return problems.filter(({ reason }) => reason !== "TargetNotFound");
}

/** The first copy takes too long to come, or to be reached. Nothing can be taken back, users are served as before, and somebody must look. */
function primaryLate(seen: Observation): Problem | undefined {
  const { phase } = seen.status;
  const isCopying = phase.name === "Copying" && !isPrimaryReady(seen);
  const isUnreachable = phase.name === "Adopting" && !isTakenOver(seen) && !isReachable(seen, "primary");
  if (!isCopying && !isUnreachable) return undefined;
  if (!isPastDeadline(seen, phase.since, newPrimary(seen))) return undefined;
  const why = whyNotServing(seen, "primary") ?? UNSTEADY;
  const name = `${seen.spec.target.name}-primary.${seen.canary.namespace}`;
  const message = `spec.targetRef: progress deadline exceeded: primary ${name} not ready: ${why}`;
  return { reason: "PrimaryNotReady", message, severity: "holding" };
}

/** A Canary that is being deleted waits for a target to give its clients back to. */
function targetLate(seen: Observation): Problem | undefined {
  const { phase } = seen.status;
  if (phase.name !== "Terminating" || !isIrreplaceable(seen)) return undefined;
  if (!isPastDeadline(seen, phase.since, seen.target)) return undefined;
  const why = whyNotServing(seen, "canary");
  if (why === undefined) return undefined;
  const name = `${seen.spec.target.kind} ${seen.spec.target.name}.${seen.canary.namespace}`;
  const message = `spec.targetRef: progress deadline exceeded: ${name}, which is to serve again when the Canary is gone, is not ready: ${why}; the primary serves until it is, or until the finalizer is removed by hand`;
  return { reason: "TargetNotReady", message, severity: "holding" };
}

/** The round that the status waits for: asked for again until its answer has been folded in. */
function roundDue(status: Status, seen: Observation): Round | undefined {
  const { phase } = status;
  const isWaiting = status.suspendedSince === undefined && phase === seen.status.phase;
  if (!isWaiting || phase.name !== "Baking" || seen.round !== undefined || !isDue(seen, phase)) return undefined;
  if (seen.spec.analysis.metrics.length === 0) return undefined;
  return { id: roundId(status), window: evidenceWindow(seen, phase.since) };
}

/** The round that a status is waiting for, if it waits for one. */
export function roundId(status: Status): string {
  const { phase } = status;
  if (phase.name !== "Baking") return "";
  return `${status.lastAppliedRevision}@${phase.weight}/${phase.checkAt}/${status.observedGeneration}`;
}
