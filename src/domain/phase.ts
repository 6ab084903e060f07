import type { Instant } from "./time.ts";
import type { WeightPercent } from "./traffic.ts";

/**
 * Where a rollout is. Each phase holds levels and carries exactly the data that exists in it; it is left when the world
 * reports those levels, or when its deadline passes.
 *
 *   New → Copying → Adopting → Steady ⇄ Warming → Baking … → Handing → Replacing → Returning → Draining → Steady
 *                                          ↓         ↓          ↓          ↓            ↓           ↓
 *                                          └───── Retreating ───┘          └────── Stranded ────────┘
 *                                                     ↓
 *                                                  Failed
 *
 * A newer revision leads back to Warming, from Retreating as well; so do pods that the canary lost. From Stranded a ready
 * primary leads to Draining and a fix to Replacing; where the canary cannot serve, everything after Handing leads to
 * Retreating. A Steady rollout that lost its primary copies it anew, as does a newer revision that finds none; from Copying a newer
 * revision leads to Warming where the new primary has clients already. Deletion leads from anywhere to Terminating and
 * GivingBack.
 */
export type Phase =
  | { readonly name: "New" }
  /** The primary is being created from the target; users are still served by whatever served them before. */
  | { readonly name: "Copying"; readonly since: Instant }
  /** The apex Service and the route point at the primary; the target drains and is scaled to zero. */
  | { readonly name: "Adopting"; readonly since: Instant }
  /** At rest. All traffic is on the primary, which runs what the target asks for. */
  | { readonly name: "Steady"; readonly outcome: "Initialized" | "Succeeded" }
  /** The target is scaled up with the new revision; no traffic yet. */
  | { readonly name: "Warming"; readonly since: Instant }
  /** The canary serves `weight` and is judged at `checkAt`. */
  | Baking
  /** Analysis is over: the canary takes all, so that the primary can be replaced behind it. */
  | { readonly name: "Handing"; readonly since: Instant }
  /** The primary rolls to the new revision; all traffic is on the canary. */
  | { readonly name: "Replacing"; readonly since: Instant }
  /** Traffic goes home in parts. */
  | { readonly name: "Returning"; readonly since: Instant; readonly weight: WeightPercent }
  /** All traffic is home; the target drains and is scaled to zero. */
  | { readonly name: "Draining"; readonly since: Instant }
  /** Traffic leaves the canary, which drains and is scaled to zero. The weight never rises again. */
  | { readonly name: "Retreating"; readonly since: Instant; readonly reason: RetreatReason }
  /** At rest after a retreat. */
  | { readonly name: "Failed"; readonly reason: RetreatReason }
  /** The new primary never became ready: the healthy canary keeps all traffic until that is mended. */
  | { readonly name: "Stranded"; readonly since: Instant }
  /** The Canary is being deleted: the target is made ready to serve on its own again. */
  | { readonly name: "Terminating"; readonly since: Instant }
  /** What was there before Serin is put back; then the drain, then the finalizer goes. */
  | { readonly name: "GivingBack"; readonly since: Instant };

export interface Baking {
  readonly name: "Baking";
  readonly step: number;
  readonly weight: WeightPercent;
  readonly since: Instant;
  /** Not judged before this time. */
  readonly checkAt: Instant;
  /** When anything was last measured; without evidence for a whole progress deadline the step is given up. */
  readonly evidenceAt: Instant;
}

export type PhaseName = Phase["name"];

export type RetreatReason =
  | "FailedChecks"
  | "ProgressDeadlineExceeded"
  | "NoEvidence"
  | "TargetGone"
  | "Reverted"
  | "Blocked";

/** Phases in which nothing is under way. */
export function isAtRest(phase: Phase): boolean {
  return phase.name === "Steady" || phase.name === "Failed" || phase.name === "Stranded";
}
