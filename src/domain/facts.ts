import type { Observation, Version, WorkloadFacts } from "./observation.ts";
import { isForeignRevision } from "./status.ts";
import { after, type Duration, type Instant, millis } from "./time.ts";
import { samePlan, splitPlan, type TrafficPlan, type WeightPercent } from "./traffic.ts";

/** Positive statements about an observation, so that rules read as sentences. Each is pure and cheap. */

/** A Canary and its target are mostly applied together, and are not always heard of in that order. */
const NEWS_TRAVELS: Duration = millis(2000);

/** When a Canary's target is missed, if it is missing. */
export function targetMissedAt(seen: Observation): Instant {
  return after(seen.canary.createdAt, NEWS_TRAVELS);
}

/** The target asks for something other than what was last acted on. Configs still being read are not a change. */
export function isSuperseded(seen: Observation): boolean {
  if (seen.target === undefined || seen.configs.kind === "reading") return false;
  return seen.target.revision !== seen.status.lastAppliedRevision || hasConfigChange(seen);
}

/** The target asks for the promoted revision again, in mid-run or after a failure. */
export function isReverted(seen: Observation): boolean {
  return isSuperseded(seen) && asksForPromoted(seen) && !hasConfigChange(seen);
}

/** A revision that was neither promoted nor acted on yet: what starts a run from rest. */
export function isNewRevision(seen: Observation): boolean {
  return isSuperseded(seen) && !isReverted(seen);
}

/**
 * The target asks for the promoted revision, and the primary runs it: after a promotion that failed it may not. Flagger's
 * hashes cannot be compared with ours, so where one is stored the templates alone are.
 */
function asksForPromoted({ target, status }: Observation): boolean {
  const promoted = status.lastPromotedRevision;
  return target?.matchesPrimary === true && (target.revision === promoted || isForeignRevision(promoted));
}

/** Configs were never tracked so far: the ones there are now are where tracking begins, not a change. */
export function isUntracked(seen: Observation): boolean {
  return seen.status.trackedConfigs === undefined && knownConfigs(seen) !== undefined;
}

function hasConfigChange(seen: Observation): boolean {
  const now = knownConfigs(seen);
  const then = seen.status.trackedConfigs;
  if (now === undefined || then === undefined) return false;
  const names = Object.keys(now);
  return names.length !== Object.keys(then).length || names.some((name) => now[name] !== then[name]);
}

/** Checksums to store beside the revision they belong to. */
export function knownConfigs(seen: Observation): Readonly<Record<string, string>> | undefined {
  return seen.configs.kind === "known" ? seen.configs.checksums : seen.status.trackedConfigs;
}

/**
 * How many of a workload's pods must be available before it may have this share of the traffic. At 100 % just as many as
 * make the workload ready, or one that is ready could wait for ever to take what it was made ready for.
 */
function podsNeeded(workload: WorkloadFacts, weight: WeightPercent, thresholdPercent: number): number {
  if (weight === 0) return 0;
  const whole = Math.max(1, Math.trunc((workload.desiredPods * thresholdPercent) / 100));
  // In whole numbers first: 7 % of 100 must not become 8 through 7.000000000000001.
  return Math.ceil((weight * whole) / 100);
}

export function canaryCanTake(seen: Observation, weight: WeightPercent): boolean {
  return canTake(seen.target, weight, seen.spec.analysis.canaryReadyThresholdPercent);
}

export function primaryCanTake(seen: Observation, weight: WeightPercent): boolean {
  return canTake(seen.primary, weight, seen.spec.analysis.primaryReadyThresholdPercent);
}

function canTake(workload: WorkloadFacts | undefined, weight: WeightPercent, thresholdPercent: number): boolean {
  if (workload === undefined || workload.availablePods < podsNeeded(workload, weight, thresholdPercent)) return false;
  // Pods that are still there although none are asked for are on their way out.
  return weight === 0 || workload.desiredPods > 0;
}

/** The canary has traffic and not the pods for it. */
export function hasLostPods(seen: Observation): boolean {
  const { phase } = seen.status;
  if (phase.name === "Baking") return !canaryCanKeep(seen, phase.weight);
  return phase.name === "Handing" && isRouted(seen, splitPlan(100)) && !canaryCanKeep(seen, 100);
}

/**
 * As many pods as the primary serves everything with are enough to keep a share. One whose target was scaled up in mid-run
 * has lost nothing, though not all of the new pods are there yet.
 */
export function canaryCanKeep(seen: Observation, weight: WeightPercent): boolean {
  const { target, primary, spec } = seen;
  const served = Math.max(1, primary?.desiredPods ?? Number.POSITIVE_INFINITY);
  const kept = target && { ...target, desiredPods: Math.min(target.desiredPods, served) };
  return canTake(kept, weight, spec.analysis.canaryReadyThresholdPercent);
}

/** The primary, once it was given the revision under way: what it did before says nothing about that. */
export function newPrimary({ primary, status }: Observation): WorkloadFacts | undefined {
  return primary?.revision === status.lastAppliedRevision ? primary : undefined;
}

/**
 * Whether the route may be changed to this plan: every version whose share rises has the pods for it. When neither can
 * take its share, traffic still leaves a version with fewer pods behind it for one with more.
 */
export function mayRoute(seen: Observation, plan: TrafficPlan): boolean {
  const now = seen.route?.plan.split ?? { primary: 0, canary: 0 };
  const { primary, canary } = plan.split;
  if (canary > now.canary && !canServe(seen, "canary", canary)) return false;
  if (primary <= now.primary || canServe(seen, "primary", primary)) return true;
  return !canaryCanTake(seen, now.canary) && hasPrimaryMorePods(seen);
}

export function hasPrimaryMorePods(seen: Observation): boolean {
  return answeringPods(seen) > (seen.target?.availablePods ?? 0);
}

/** The primary's pods that are available and behind its Service: traffic that flees must not flee to nobody. */
export function answeringPods({ primary, endpoints }: Observation): number {
  return Math.min(primary?.availablePods ?? 0, endpoints.primary.ready);
}

/** As `primaryCanTake` and `canaryCanTake`, of the pods that the version's Service has. */
export function canServe(seen: Observation, version: Version, weight: WeightPercent): boolean {
  const { workload, thresholdPercent } = sideOf(seen, version);
  const availablePods = Math.min(workload?.availablePods ?? 0, seen.endpoints[version].ready);
  return canTake(workload && { ...workload, availablePods }, weight, thresholdPercent);
}

/** The target runs the revision under way, with all of its pods. */
export function isCanaryReady({ target, status }: Observation): boolean {
  return target?.isReady === true && target.desiredPods > 0 && target.revision === status.lastAppliedRevision;
}

/** The primary runs the revision under way, with all of its pods. */
export function isPrimaryReady(seen: Observation): boolean {
  return seen.primary?.isReady === true && seen.primary.revision === seen.status.lastAppliedRevision;
}

/** The Service of this version has the pods to send to that make its workload ready. */
export function hasEndpoints(seen: Observation, version: Version): boolean {
  return coversNeed(seen, version, seen.endpoints[version].ready);
}

/** And the slowest proxy has had its time to hear of them. Before that, traffic sent there would meet nobody. */
export function isReachable(seen: Observation, version: Version): boolean {
  return coversNeed(seen, version, seen.endpoints[version].heard);
}

function coversNeed(seen: Observation, version: Version, pods: number): boolean {
  const { workload, thresholdPercent } = sideOf(seen, version);
  if (workload === undefined || workload.desiredPods === 0) return false;
  return pods >= podsNeeded(workload, 100, thresholdPercent);
}

/** A workload is ready by its own report, and its endpoints come and go. */
export const UNSTEADY = "its endpoints come and go";

/** Why a version cannot be given traffic, in words; undefined where nothing is known to be in the way. */
export function whyNotServing(seen: Observation, version: Version): string | undefined {
  const { workload, thresholdPercent } = sideOf(seen, version);
  if (workload === undefined) return "it is missing";
  if (workload.notReadyReason !== undefined) return workload.notReadyReason;
  if (hasEndpoints(seen, version)) return undefined;
  const needed = podsNeeded(workload, 100, thresholdPercent);
  return `Service ${seen.spec.service.name}-${version} has ${seen.endpoints[version].ready} of ${needed} endpoints`;
}

function sideOf({ target, primary, spec }: Observation, version: Version) {
  const { canaryReadyThresholdPercent, primaryReadyThresholdPercent } = spec.analysis;
  return version === "canary"
    ? { workload: target, thresholdPercent: canaryReadyThresholdPercent }
    : { workload: primary, thresholdPercent: primaryReadyThresholdPercent };
}

/** The route is read back as this plan. */
export function isRouted(seen: Observation, plan: TrafficPlan): boolean {
  return seen.route !== undefined && samePlan(seen.route.plan, plan);
}
