import { isRouted } from "./facts.ts";
import type { Observation, WorkloadFacts } from "./observation.ts";
import type { Baking } from "./phase.ts";
import { after, type Duration, type Instant, instant, millis } from "./time.ts";
import { splitPlan, type TrafficPlan } from "./traffic.ts";

/** When things are so for long enough, or too long: positive statements about an observation, each pure and cheap. */

/** Since when the level of this phase has been in force in the cluster. A route that is gone tells no time. */
function inForceSince({ route }: Observation, since: Instant): Instant {
  return instant(Math.max(since, route?.since ?? since));
}

/** The plan is read back and the slowest proxy has had its time to follow. */
export function isSettled(seen: Observation, plan: TrafficPlan, since: Instant): boolean {
  return isRouted(seen, plan) && seen.now >= settledAt(seen, since);
}

export function settledAt(seen: Observation, since: Instant): Instant {
  return after(inForceSince(seen, since), seen.timing.settle);
}

/** The canary has had no traffic for long enough that its pods have answered what they had. */
export function isDrained(seen: Observation, since: Instant): boolean {
  return isRouted(seen, splitPlan(0)) && seen.now >= drainedAt(seen, since);
}

export function drainedAt(seen: Observation, since: Instant): Instant {
  return after(settledAt(seen, since), seen.timing.drain);
}

/** What clients go by was given back for so long that the primary's pods have answered what they had. */
export function leftAt(seen: Observation, since: Instant): Instant {
  return drainedAt(seen, instant(Math.max(since, seen.givenBackSince ?? since)));
}

/** So many progress deadlines may be spent on progress: pods that come and go must not put the end off for ever. */
const LONGEST_PROGRESS = 6;

/** When a workload that makes no progress is given up: counted from the phase, or from the last progress it made. */
export function deadlineOf(seen: Observation, since: Instant, workload: WorkloadFacts | undefined): Instant {
  const { progressDeadline } = seen.spec;
  const latest = since + progressDeadline * (LONGEST_PROGRESS - 1);
  const progressed = Math.min(Math.max(since, workload?.progressedAt ?? since), latest);
  return after(instant(progressed), progressDeadline);
}

export function isPastDeadline(seen: Observation, since: Instant, workload: WorkloadFacts | undefined): boolean {
  return workload?.hasGivenUp === true || seen.now >= deadlineOf(seen, since, workload);
}

/** No query is worth asking over less than this. */
const SHORTEST_WINDOW: Duration = millis(1000);

/**
 * When a step may be judged: after its own interval, and late enough for every metric to look back over this step
 * alone. The route being late makes the step longer, never the evidence shorter.
 */
export function dueAt(seen: Observation, since: Instant, checkAt: Instant): Instant {
  const evidence = Math.max(SHORTEST_WINDOW, seen.literalWindow);
  const bake = Math.max(seen.spec.analysis.interval, seen.timing.settle + evidence);
  return instant(Math.max(checkAt, inForceSince(seen, since) + bake));
}

/** The step has baked for its time at its weight and may be judged now. */
export function isDue(seen: Observation, { weight, since, checkAt }: Baking): boolean {
  return isRouted(seen, splitPlan(weight)) && seen.now >= dueAt(seen, since, checkAt);
}

/** How far a measurement may look back now: to when the slowest proxy obeyed this step. */
export function evidenceWindow(seen: Observation, since: Instant): Duration {
  return millis(Math.max(SHORTEST_WINDOW, seen.now - settledAt(seen, since)));
}
