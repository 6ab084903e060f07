import { answeringPods, isReachable, isRouted } from "./facts.ts";
import type { Observation } from "./observation.ts";
import { splitPlan } from "./traffic.ts";

/** What tells whether a primary that is being made may take the traffic, and whether it has some already. */

/** Clients come in by the primary, and all of their requests go there. */
export function isTakenOver(seen: Observation): boolean {
  return seen.apexOnPrimary && isRouted(seen, splitPlan(0));
}

/**
 * Moving all traffic to a primary that was made anew costs no client an answer: proxies have heard of its pods, or where
 * the route sends the rest there is nobody either.
 */
export function mayTakeOver(seen: Observation): boolean {
  const isUnanswered = seen.route !== undefined && seen.endpoints.canary.ready === 0;
  return isUnanswered || isReachable(seen, "primary");
}

/** Clients are answered by the primary's pods. Those of another target are not behind the apex Service. */
export function isPrimaryServing(seen: Observation): boolean {
  const share = seen.route?.plan.split.primary ?? 100;
  return seen.apexOnPrimary && share > 0 && answeringPods(seen) > 0;
}
