import type { Announcement } from "./decision.ts";
import type { Observation } from "./observation.ts";
import { isAtRest, type Phase, type RetreatReason } from "./phase.ts";
import type { Status } from "./status.ts";

/**
 * What people are told about a change of status. A pure function of before and after: nobody calls the announcer in
 * passing, and what was not committed is never announced. The sentences are Flagger's where it has one, because people
 * and scripts look for them.
 */
export function announce(before: Status, after: Status, seen: Observation): readonly Announcement[] {
  if (before === after) return [];
  const names = namesOf(seen);
  return [
    ...aboutProblems(before, after),
    ...aboutSuspension(before, after),
    ...(hasMoved(before.phase, after.phase) && !isResumed(before, after)
      ? aboutMove(before, after, names, seen)
      : aboutChecks(before, after, names)),
  ];
}

/** The last words about a Canary whose deletion waited for us. */
export function farewell({ name, namespace }: Observation["canary"]): Announcement {
  return normal(`Terminated canary ${name}.${namespace}`);
}

interface Names {
  readonly canary: string;
  readonly target: string;
  readonly primary: string;
}

function namesOf({ canary, spec }: Observation): Names {
  return {
    canary: `${canary.name}.${canary.namespace}`,
    target: `${spec.target.name}.${canary.namespace}`,
    primary: `${spec.target.name}-primary.${canary.namespace}`,
  };
}

function hasMoved(before: Phase, after: Phase): boolean {
  if (before.name !== after.name) return true;
  if (before.name === "Baking" && after.name === "Baking") return before.weight !== after.weight;
  return "since" in before && "since" in after && before.since !== after.since && before.name !== "Baking";
}

/** The times of a phase move when a hold ends, which is no news. */
function isResumed(before: Status, after: Status): boolean {
  return before.suspendedSince !== undefined && before.phase.name === after.phase.name;
}

function aboutProblems(before: Status, after: Status): readonly Announcement[] {
  const known = new Set(before.problems.map(({ message }) => message));
  return after.problems.filter(({ message }) => !known.has(message)).map(({ message }) => warning(message));
}

function aboutSuspension(before: Status, after: Status): readonly Announcement[] {
  const begins = before.suspendedSince === undefined && after.suspendedSince !== undefined;
  return begins ? [normal("skipping canary run as object is suspended")] : [];
}

function aboutChecks(before: Status, after: Status, names: Names): readonly Announcement[] {
  if (after.failedChecks > before.failedChecks) return [warning(`Halt ${names.canary} advancement ${after.reason}`)];
  // The same gap in the measurements again is not news.
  const isNews = after.reason !== before.reason && after.measurements.some(({ verdict }) => verdict !== "pass");
  return isNews && after.phase.name === "Baking" ? [warning(`Halt advancement ${after.reason}`)] : [];
}

function aboutMove(before: Status, after: Status, names: Names, seen: Observation): readonly Announcement[] {
  const { phase } = after;
  switch (phase.name) {
    case "Copying":
      if (before.phase.name === "New" || before.phase.name === "Copying") return [];
      return [warning(`${names.primary} is missing, copying ${names.target} anew`)];
    case "New":
    case "Adopting":
    case "Failed":
    case "Steady":
      return aboutArrival(before.phase, phase, names, seen);
    case "Warming":
      return aboutWarming(before, after, names);
    case "Baking":
      return [
        ...(before.phase.name === "Warming" ? [normal(`Starting canary analysis for ${names.target}`)] : []),
        normal(`Advance ${names.canary} canary weight ${phase.weight}`),
      ];
    case "Handing":
      return [normal("Routing all traffic to canary")];
    case "Replacing":
      return [normal(`Copying ${names.target} template spec to ${names.primary}`)];
    case "Returning":
      return [normal(`Advance ${names.canary} primary weight ${100 - phase.weight}`)];
    case "Draining":
      return [normal("Routing all traffic to primary")];
    case "Retreating":
      return [retreat(phase.reason, after, names, seen)];
    case "Stranded":
      return [
        warning(
          `Promotion of ${names.target} failed, primary not ready: ${seen.primary?.notReadyReason ?? "it is missing"}`,
        ),
      ];
    case "Terminating":
      return [normal(`Terminating canary ${names.canary}`)];
    case "GivingBack":
      return [];
  }
}

function aboutArrival(from: Phase, to: Phase, names: Names, seen: Observation): readonly Announcement[] {
  if (to.name === "Failed") return [warning(`Canary failed! Scaling down ${names.canary}`)];
  if (to.name !== "Steady") return [];
  if (to.outcome === "Initialized") return [normal(`Initialization done! ${names.canary}`)];
  if (from.name === "Retreating")
    return [normal(`Run abandoned, ${names.target} was reverted to the promoted revision`)];
  return seen.spec.skipAnalysis
    ? [normal(`Promotion completed! Canary analysis was skipped for ${names.target}`)]
    : [normal(`Promotion completed! Scaling down ${names.target}`)];
}

function aboutWarming(before: Status, after: Status, names: Names): readonly Announcement[] {
  if (isAtRest(before.phase)) return [normal(`New revision detected! Scaling up ${names.target}`)];
  if (after.failedChecks > before.failedChecks) {
    return [warning(`Halt ${names.canary} advancement ${after.reason}`)];
  }
  return [normal(`New revision detected! Restarting analysis for ${names.target}`)];
}

function retreat(reason: RetreatReason, after: Status, names: Names, seen: Observation): Announcement {
  switch (reason) {
    case "FailedChecks":
      return warning(
        `Rolling back ${names.canary} failed checks threshold reached ${seen.spec.analysis.threshold}: ${lastPart(after.reason)}`,
      );
    case "Reverted":
      return normal(`Rolling back ${names.canary} the target was reverted to the promoted revision`);
    case "ProgressDeadlineExceeded":
    case "NoEvidence":
    case "TargetGone":
    case "Blocked":
      return warning(`Rolling back ${names.canary} ${after.reason}`);
  }
}

/** The part of the verdict that the sentence around it does not say already. */
function lastPart(reason: string | undefined): string {
  return (reason ?? "").replace(/^[^;]*; /, "");
}

const normal = (message: string): Announcement => ({ type: "Normal", message });
const warning = (message: string): Announcement => ({ type: "Warning", message });
