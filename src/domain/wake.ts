import { givenBackAt } from "./desire.ts";
import * as facts from "./facts.ts";
import { evidenceDeadline } from "./interrupts.ts";
import type { Observation } from "./observation.ts";
import { isAtRest } from "./phase.ts";
import type { Status } from "./status.ts";
import { after, earliest, type Instant } from "./time.ts";

/**
 * When this rollout must be looked at again if nothing changes before: the nearest of its deadlines, settle times and
 * check times that lies ahead. At rest there is none, and nothing ticks.
 */
export function wakeAt(status: Status, seen: Observation): Instant | undefined {
  if (status.suspendedSince !== undefined || isAtRest(status.phase)) return undefined;
  const ahead = times(status, seen).filter((time) => time > seen.now);
  return earliest(...ahead);
}

function times(status: Status, seen: Observation): readonly Instant[] {
  const { phase } = status;
  const { progressDeadline, analysis } = seen.spec;
  switch (phase.name) {
    case "Adopting":
      return [facts.settledAt(seen, phase.since), facts.drainedAt(seen, phase.since)];
    case "Warming":
      return [facts.deadlineOf(seen, phase.since, seen.target)];
    case "Baking":
      return [facts.dueAt(seen, phase.since, phase.checkAt), evidenceDeadline(seen, phase)];
    case "Handing":
      return [facts.settledAt(seen, phase.since), facts.deadlineOf(seen, phase.since, seen.target)];
    case "Replacing":
      return [facts.deadlineOf(seen, phase.since, facts.newPrimary(seen))];
    case "Returning":
      return [
        facts.settledAt(seen, phase.since),
        after(phase.since, analysis.interval),
        facts.deadlineOf(seen, phase.since, facts.newPrimary(seen)),
      ];
    case "Draining":
    case "Retreating":
      return [
        facts.settledAt(seen, phase.since),
        facts.drainedAt(seen, phase.since),
        facts.deadlineOf(seen, phase.since, facts.newPrimary(seen)),
        after(phase.since, progressDeadline),
      ];
    case "Terminating":
      return [facts.deadlineOf(seen, phase.since, seen.target)];
    case "GivingBack":
      return [givenBackAt(seen, phase.since)];
    case "New":
    case "Copying":
    case "Steady":
    case "Failed":
    case "Stranded":
      return [];
  }
}
