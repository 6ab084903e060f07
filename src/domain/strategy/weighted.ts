import type { WeightedStrategy } from "../spec.ts";
import { splitPlan, type TrafficPlan, type WeightPercent } from "../traffic.ts";

/** A step of a weighted rollout: its number, counted from 0, and the canary's weight. */
export interface WeightedStep {
  readonly step: number;
  readonly weight: WeightPercent;
}

/**
 * The first step above a weight, or undefined when there is none and the analysis is over. Chosen by weight and not by
 * number, so that a plan edited in mid-run goes on from where the traffic is and never jumps to the end.
 */
export function stepAbove(strategy: WeightedStrategy, weight: WeightPercent): WeightedStep | undefined {
  const step = strategy.stepWeights.findIndex((next) => next > weight);
  const next = strategy.stepWeights[step];
  return next === undefined ? undefined : { step, weight: next };
}

/** The canary's weight after one more part of the traffic went home; 0 when all of it has. */
export function weightOnTheWayHome(strategy: WeightedStrategy, weight: WeightPercent): WeightPercent {
  return strategy.promotionStepWeight > 0 ? Math.max(0, weight - strategy.promotionStepWeight) : 0;
}

/** What a weighted rollout asks of the router at a weight. */
export function weightedPlan(weight: WeightPercent): TrafficPlan {
  return splitPlan(weight);
}
