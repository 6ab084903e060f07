import { answeringPods, hasPrimaryMorePods, isReachable, isRouted } from "./facts.ts";
import type { Observation } from "./observation.ts";
import { splitPlan } from "./traffic.ts";

/** What tells whether the primary may take traffic over from its target, has some already, and may be left by it. */

/** Clients come in by the primary, and all of their requests go there. */
export function isTakenOver(seen: Observation): boolean {
  return seen.apexOnPrimary && isRouted(seen, splitPlan(0));
}

/**
 * Moving all traffic to a primary that was made anew costs no client an answer: proxies have heard of its pods, or where
 * the route sends the rest there is nobody either. A first copy is not behind the way in before that.
 */
export function mayTakeOver(seen: Observation): boolean {
  const isUnanswered = seen.route !== undefined && seen.endpoints.canary.ready === 0;
  return !seen.apexOnPrimary || isUnanswered || isReachable(seen, "primary");
}

/** Clients are answered by the primary's pods. Those of another target are not behind the apex Service. */
export function isPrimaryServing(seen: Observation): boolean {
  const share = seen.route?.plan.split.primary ?? 100;
  return seen.apexOnPrimary && share > 0 && answeringPods(seen) > 0;
}

/**
 * Given back to the target now, clients would meet fewer pods than answer them, or none. Where some of them are sent to the
 * target already, to wait would leave them there.
 */
export function isIrreplaceable(seen: Observation): boolean {
  const isWhole = (seen.route?.plan.split.canary ?? 0) === 0;
  return seen.target !== undefined && isWhole && isPrimaryServing(seen) && hasPrimaryMorePods(seen);
}
