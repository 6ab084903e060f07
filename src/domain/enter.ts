import { knownConfigs, UNSTEADY, whyNotServing } from "./facts.ts";
import type { Observation } from "./observation.ts";
import type { Phase, RetreatReason } from "./phase.ts";
import { scopeOf } from "./scope.ts";
import { HISTORY_LIMIT, type RevisionRecord, type Status } from "./status.ts";
import { stepAbove, weightOnTheWayHome } from "./strategy/weighted.ts";
import { after } from "./time.ts";
import type { WeightPercent } from "./traffic.ts";

/** The ways into each phase. A phase is entered here and nowhere else, so that what it starts with is in one place. */

/**
 * Copy the target's present revision to the primary: for the first time, or again because the target changed or the
 * primary is missing.
 */
export function copying(seen: Observation): Status {
  return enter(seen, { name: "Copying", since: seen.now }, 0, {
    lastAppliedRevision: seen.target?.revision,
    trackedConfigs: knownConfigs(seen),
    failedChecks: 0,
    measurements: [],
    startedAt: undefined,
    history: withReplacedRun(seen),
    reason: `the primary is being created from ${targetName(seen)}`,
  });
}

export function adopting(seen: Observation): Status {
  return enter(seen, { name: "Adopting", since: seen.now }, 0, {
    reason: "traffic goes to the primary and the target drains",
  });
}

export function initialized(seen: Observation): Status {
  return enter(seen, { name: "Steady", outcome: "Initialized" }, 0, {
    lastPromotedRevision: seen.status.lastAppliedRevision,
    reason: `${targetName(seen)} is served by its primary`,
  });
}

/**
 * The target asks for another revision. Without a primary there is nothing to serve beside it and nothing to go back to:
 * it was deleted, or the Canary names another target now.
 */
export function anew(seen: Observation): Status {
  return seen.primary === undefined ? copying(seen) : warming(seen);
}

/** Begin a run with the target's present revision: from rest, or over again because it changed in mid-run. */
export function warming(seen: Observation): Status {
  return enter(seen, { name: "Warming", since: seen.now }, 0, {
    lastAppliedRevision: seen.target?.revision,
    trackedConfigs: knownConfigs(seen),
    failedChecks: 0,
    measurements: [],
    startedAt: seen.now,
    history: withReplacedRun(seen),
    reason: `new revision of ${targetName(seen)} is starting, without traffic`,
  });
}

function withReplacedRun(seen: Observation): readonly RevisionRecord[] {
  const { status } = seen;
  return status.startedAt === undefined ? status.history : recorded(seen, endOfReplacedRun(status));
}

function endOfReplacedRun(status: Status): Pick<RevisionRecord, "outcome" | "reason"> {
  if (status.phase.name === "Retreating") return { outcome: "rolledBack", reason: status.reason ?? "" };
  return { outcome: "superseded", reason: "a newer revision replaced it" };
}

/** The canary lost the pods that its share needs: take its traffic away and let it become ready again. */
export function warmingAgain(seen: Observation, reason: string): Status {
  return enter(seen, { name: "Warming", since: seen.now }, 0, { failedChecks: seen.status.failedChecks + 1, reason });
}

/** The next step above a weight; undefined when the analysis is over. */
export function nextStep(seen: Observation, above: WeightPercent, judged: Partial<Status>): Status | undefined {
  const next = stepAbove(seen.spec.analysis.strategy, above);
  if (next === undefined) return undefined;
  const { now, spec } = seen;
  const phase: Phase = {
    name: "Baking",
    ...next,
    since: now,
    checkAt: after(now, spec.analysis.interval),
    evidenceAt: now,
  };
  return enter(seen, phase, next.weight, { ...judged, reason: `the canary serves ${next.weight}% of the traffic` });
}

/** Analysis is over. The canary takes all traffic before the primary is touched. */
export function handing(seen: Observation, judged: Partial<Status> = {}): Status {
  return enter(seen, { name: "Handing", since: seen.now }, 100, {
    ...judged,
    reason: "analysis is over; the canary takes all traffic while the primary is replaced",
  });
}

export function replacing(seen: Observation, judged: Partial<Status> = {}): Status {
  return enter(seen, { name: "Replacing", since: seen.now }, 100, {
    ...judged,
    reason: "the primary is being replaced while the canary serves all traffic",
  });
}

/** Bring a part of the traffic home, or all of what is left. */
export function homeward(seen: Observation, from: WeightPercent): Status {
  const weight = weightOnTheWayHome(seen.spec.analysis.strategy, from);
  return weight > 0 ? returning(seen, weight) : draining(seen);
}

function returning(seen: Observation, weight: WeightPercent): Status {
  return enter(seen, { name: "Returning", since: seen.now, weight }, weight, {
    reason: `the primary runs the new revision and serves ${100 - weight}% of the traffic`,
  });
}

/** Bring home all traffic at once. */
export function draining(seen: Observation): Status {
  return enter(seen, { name: "Draining", since: seen.now }, 0, {
    reason: "all traffic is on the primary; the canary drains",
  });
}

export function succeeded(seen: Observation): Status {
  const skipped = seen.spec.skipAnalysis ? " without analysis" : "";
  const reason = `the new revision was promoted${skipped}`;
  return enter(seen, { name: "Steady", outcome: "Succeeded" }, 0, {
    lastPromotedRevision: seen.status.lastAppliedRevision,
    startedAt: undefined,
    history: recorded(seen, { outcome: "promoted", reason }),
    reason,
  });
}

/** Take the traffic away for good. Whatever the canary's weight was, it never rises again for this revision. */
export function retreating(
  seen: Observation,
  reason: RetreatReason,
  sentence: string,
  judged: Partial<Status> = {},
): Status {
  return enter(seen, { name: "Retreating", since: seen.now, reason }, 0, { ...judged, reason: sentence });
}

/** The last failed check that the threshold allows. */
export function outOfChecks(seen: Observation, judged: Partial<Status>, last: string): Status {
  const { status, spec } = seen;
  const at = `at ${status.canaryWeight}% of the traffic`;
  const sentence = `failed checks threshold reached ${spec.analysis.threshold}; the last one ${at}: ${last}`;
  return retreating(seen, "FailedChecks", sentence, judged);
}

/** The run ends as if the revision had never been asked for: what is promoted is what is applied. */
export function takenBack(seen: Observation): Status {
  const sentence = "the target was reverted to the promoted revision; the run was abandoned";
  return retreating(seen, "Reverted", sentence, {
    lastAppliedRevision: seen.target?.revision,
    trackedConfigs: knownConfigs(seen),
    startedAt: undefined,
    history: recorded(seen, { outcome: "reverted", reason: sentence }),
  });
}

/** The end of a retreat. A run that its owner took back is not a failure. */
export function retreated(seen: Observation, reason: RetreatReason): Status {
  const { status } = seen;
  const phase: Phase = reason === "Reverted" ? { name: "Steady", outcome: "Succeeded" } : { name: "Failed", reason };
  // A run without a beginning had its end recorded before: it was taken back, or its promotion failed.
  const isRecorded = status.startedAt === undefined;
  const end = { outcome: "rolledBack", reason: status.reason ?? "" } as const;
  return enter(seen, phase, 0, { startedAt: undefined, history: isRecorded ? status.history : recorded(seen, end) });
}

/** The new primary did not become ready. The canary, which is healthy, keeps all traffic. */
export function stranded(seen: Observation): Status {
  const why = whyNotServing(seen, "primary") ?? UNSTEADY;
  const sentence = `promotion failed, the primary is not ready: ${why}; the canary keeps all traffic`;
  return enter(seen, { name: "Stranded", since: seen.now }, 100, {
    startedAt: undefined,
    history: recorded(seen, { outcome: "promotionFailed", reason: sentence }),
    reason: sentence,
  });
}

/** The primary became ready after all: finish the promotion that was given up. */
export function finishing(seen: Observation): Status {
  return { ...draining(seen), startedAt: seen.now };
}

/** With a broken primary and all traffic on the target's own pods, a fix goes to the primary directly. */
export function mending(seen: Observation): Status {
  return replacing(seen, {
    lastAppliedRevision: seen.target?.revision,
    trackedConfigs: knownConfigs(seen),
    startedAt: seen.now,
  });
}

export function terminating(seen: Observation): Status {
  return enter(seen, { name: "Terminating", since: seen.now }, seen.status.canaryWeight, {
    reason: "the Canary is being deleted; the target is made ready to serve again",
  });
}

export function givingBack(seen: Observation): Status {
  return enter(seen, { name: "GivingBack", since: seen.now }, seen.status.canaryWeight, {
    reason: "the Canary is being deleted; what was there before is being put back",
  });
}

/** Follow the target without starting anything, so that a later change is seen as one. */
export function following(seen: Observation): Status {
  return { ...seen.status, lastAppliedRevision: seen.target?.revision, trackedConfigs: knownConfigs(seen) };
}

/** Taken over from Flagger with nothing changed: store our own hashes and do nothing else. */
export function rebaselined(seen: Observation): Status {
  const revision = seen.target?.revision;
  const promoted = seen.target?.matchesPrimary === true ? revision : seen.status.lastPromotedRevision;
  return { ...following(seen), lastPromotedRevision: promoted };
}

function enter(seen: Observation, phase: Phase, canaryWeight: WeightPercent, change: Partial<Status>): Status {
  const scope = scopeOf(phase, seen.spec);
  return {
    ...seen.status,
    phase,
    canaryWeight,
    scope,
    lastTransitionAt: seen.now,
    suspendedSince: undefined,
    ...change,
  };
}

function recorded(seen: Observation, end: Pick<RevisionRecord, "outcome" | "reason">): readonly RevisionRecord[] {
  const { status, now } = seen;
  const record: RevisionRecord = {
    revision: status.lastAppliedRevision ?? "",
    startedAt: status.startedAt ?? now,
    endedAt: now,
    ...end,
  };
  return [record, ...status.history].slice(0, HISTORY_LIMIT);
}

const targetName = (seen: Observation): string => `${seen.spec.target.kind} ${seen.spec.target.name}`;
