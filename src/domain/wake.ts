import { isTakenOver } from "./copy.ts";
import * as facts from "./facts.ts";
import { evidenceDeadline, lastCall } from "./interrupts.ts";
import * as moments from "./moments.ts";
import type { Observation } from "./observation.ts";
import { isAtRest } from "./phase.ts";
import type { Status } from "./status.ts";
import { after, earliest, type Instant } from "./time.ts";

/**
 * When this rollout must be looked at again if nothing changes before: the nearest of its deadlines, settle times and
 * check times that lies ahead. At rest there is none, and nothing ticks.
 */
export function wakeAt(status: Status, seen: Observation): Instant | undefined {
  if (status.suspendedSince !== undefined) return undefined;
  // A stranded rollout rests as well, and may have a primary that came back, or a fix that came, a moment ago.
  if (isAtRest(status.phase) && status.phase.name !== "Stranded") return undefined;
  const ahead = [...deadlines(status, seen), ...routeTimes(status, seen), ...endpointTimes(status, seen)].filter(
    (time) => time > seen.now,
  );
  return earliest(...ahead);
}

/** Times that count from when the route was read back. One that is not there tells of itself when it comes. */
function routeTimes({ phase }: Status, seen: Observation): readonly Instant[] {
  if (seen.route === undefined) return [];
  switch (phase.name) {
    case "Baking":
      return [moments.dueAt(seen, phase.since, phase.checkAt)];
    case "Handing":
    case "Returning":
      return [moments.settledAt(seen, phase.since)];
    case "Adopting":
    case "Draining":
    case "Retreating":
      return [moments.settledAt(seen, phase.since), moments.drainedAt(seen, phase.since)];
    case "Stranded":
      return facts.isSuperseded(seen) ? [moments.settledAt(seen, phase.since)] : [];
    default:
      return [];
  }
}

/** When proxies will have heard of another pod. Pods that are missing tell of themselves. */
function endpointTimes({ phase }: Status, seen: Observation): readonly Instant[] {
  const { primary, canary } = seen.endpoints;
  switch (phase.name) {
    case "Warming":
      return listed(canary.nextHeardAt);
    case "Adopting":
    case "Replacing":
    case "Returning":
      return listed(primary.nextHeardAt);
    case "Stranded":
      return facts.isPrimaryReady(seen) ? listed(primary.nextHeardAt) : [];
    default:
      return [];
  }
}

const listed = (time: Instant | undefined): readonly Instant[] => (time === undefined ? [] : [time]);

function deadlines(status: Status, seen: Observation): readonly Instant[] {
  const { phase } = status;
  const { progressDeadline, analysis } = seen.spec;
  switch (phase.name) {
    case "Warming":
      return [moments.deadlineOf(seen, phase.since, seen.target), lastCall(seen, "canary", phase.since)];
    case "Handing":
    case "Terminating":
      return [moments.deadlineOf(seen, phase.since, seen.target)];
    case "Baking":
      return [evidenceDeadline(seen, phase)];
    case "Replacing":
      return [moments.deadlineOf(seen, phase.since, facts.newPrimary(seen)), lastCall(seen, "primary", phase.since)];
    case "Returning":
      return [after(phase.since, analysis.interval), moments.deadlineOf(seen, phase.since, facts.newPrimary(seen))];
    case "Draining":
      return [moments.deadlineOf(seen, phase.since, facts.newPrimary(seen))];
    case "Retreating":
      return [after(phase.since, progressDeadline)];
    case "GivingBack":
      return [moments.leftAt(seen, phase.since)];
    case "New":
      return [facts.targetMissedAt(seen)];
    case "Copying":
      return [moments.deadlineOf(seen, phase.since, facts.newPrimary(seen))];
    case "Adopting":
      return isTakenOver(seen) ? [] : [moments.deadlineOf(seen, phase.since, facts.newPrimary(seen))];
    case "Steady":
    case "Failed":
    case "Stranded":
      return [];
  }
}
