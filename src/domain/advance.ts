import { type Judgement, judge } from "./analysis/judge.ts";
import * as copy from "./copy.ts";
import * as enter from "./enter.ts";
import * as facts from "./facts.ts";
import * as moments from "./moments.ts";
import type { Observation } from "./observation.ts";
import type { Baking } from "./phase.ts";
import { clipped } from "./sentence.ts";
import { isForeignRevision, type Status } from "./status.ts";
import { after, type Instant, millis, seconds } from "./time.ts";
import { splitPlan, type WeightPercent } from "./traffic.ts";

/** An answer that says nothing is asked for again after at most this long. */
const RETRY = seconds(10);

/**
 * What the present phase makes of the facts: the next phase where the world reports the levels of this one, the same
 * status where it does not yet. Each arm can be read alone.
 */
export function advance(seen: Observation): Status {
  const { status } = seen;
  const { phase } = status;
  switch (phase.name) {
    case "New":
      return seen.target !== undefined && seen.configs.kind === "known" ? enter.copying(seen) : status;
    case "Copying":
      // A primary that was made anew may have clients before it is whole: from then on it is replaced like any other.
      if (facts.isSuperseded(seen)) return copy.isPrimaryServing(seen) ? enter.warming(seen) : enter.copying(seen);
      return facts.isPrimaryReady(seen) ? enter.adopting(seen) : withReason(status, primaryStarting(seen));
    case "Adopting":
      return seen.apexOnPrimary && moments.isDrained(seen, phase.since) && isScaledDown(seen)
        ? enter.initialized(seen)
        : status;
    case "Steady":
    case "Failed":
      return fromRest(seen);
    case "Warming":
      return canTakeTraffic(seen) && facts.isRouted(seen, splitPlan(0)) ? toTraffic(seen) : status;
    case "Baking":
      return whileBaking(seen, phase);
    case "Handing":
      return moments.isSettled(seen, splitPlan(100), phase.since) ? enter.replacing(seen) : status;
    case "Replacing":
      if (isBetterOffAtHome(seen, 100)) return enter.draining(seen);
      return canTakeTrafficBack(seen) ? enter.homeward(seen, 100) : status;
    case "Returning":
      if (isBetterOffAtHome(seen, phase.weight)) return enter.draining(seen);
      return isTimeToReturn(seen, phase.weight, phase.since) ? enter.homeward(seen, phase.weight) : status;
    case "Draining":
      return isHome(seen, phase.since) ? enter.succeeded(seen) : status;
    case "Retreating":
      return moments.isDrained(seen, phase.since) && isScaledDown(seen) ? enter.retreated(seen, phase.reason) : status;
    case "Stranded":
      return fromStranded(seen, phase.since);
    case "Terminating":
      return seen.target === undefined || isServing(seen) ? enter.givingBack(seen) : status;
    case "GivingBack":
      return status;
  }
}

function fromRest(seen: Observation): Status {
  const { status } = seen;
  if (seen.target === undefined || seen.configs.kind === "reading") return status;
  if (isForeignRevision(status.lastAppliedRevision) && (seen.target.matchesPrimary || status.phase.name === "Failed")) {
    return enter.rebaselined(seen);
  }
  // Somebody deleted the primary, and with it whatever served: the target's revision is all there is to make one from.
  if (seen.primary === undefined && status.phase.name === "Steady") return enter.copying(seen);
  if (facts.isNewRevision(seen)) return enter.anew(seen);
  // Reverted after a failure: nothing to roll out, but a later return of the failed revision is a change again.
  return facts.isSuperseded(seen) || facts.isUntracked(seen) ? enter.following(seen) : status;
}

/** Ready is not enough: a proxy that has not heard of the pods yet has nobody to send to. */
function canTakeTraffic(seen: Observation): boolean {
  return facts.isCanaryReady(seen) && facts.isReachable(seen, "canary");
}

function canTakeTrafficBack(seen: Observation): boolean {
  return facts.isPrimaryReady(seen) && facts.isReachable(seen, "primary");
}

function toTraffic(seen: Observation): Status {
  if (seen.spec.skipAnalysis) return enter.handing(seen);
  return enter.nextStep(seen, 0, { measurements: [] }) ?? enter.handing(seen);
}

function whileBaking(seen: Observation, phase: Baking): Status {
  const { status, spec } = seen;
  if (spec.skipAnalysis) return enter.handing(seen);
  if (!moments.isDue(seen, phase)) return status;
  if (spec.analysis.metrics.length === 0) return afterPass(seen, phase, { measurements: [] });
  // What was asked before the spec was edited does not answer for what it says now.
  if (seen.round === undefined || status.observedGeneration !== seen.canary.generation) return status;
  const earlier = status.measurements.filter(({ at }) => at >= phase.since);
  const judgement = judge(spec.analysis.metrics, seen.round.measurements, earlier);
  return afterJudgement(seen, phase, judgement);
}

function afterJudgement(seen: Observation, phase: Baking, { verdict, metrics }: Judgement): Status {
  const { status, now, spec } = seen;
  const judged = { measurements: metrics };
  switch (verdict.outcome) {
    case "pass":
      return afterPass(seen, phase, judged);
    case "fail":
      return afterFailure(seen, phase, { ...judged, reason: verdict.sentence });
    case "noData":
    case "unmeasurable": {
      const pause = millis(Math.min(spec.analysis.interval, RETRY));
      return { ...status, ...judged, phase: { ...phase, checkAt: after(now, pause) }, reason: verdict.sentence };
    }
  }
}

function afterPass(seen: Observation, phase: Baking, judged: Partial<Status>): Status {
  const next = enter.nextStep(seen, phase.weight, judged);
  if (next !== undefined) return next;
  return phase.weight === 100 ? enter.replacing(seen, judged) : enter.handing(seen, judged);
}

function afterFailure(seen: Observation, phase: Baking, judged: Partial<Status> & { readonly reason: string }): Status {
  const { status, now, spec } = seen;
  const failedChecks = status.failedChecks + 1;
  if (failedChecks >= spec.analysis.threshold)
    return enter.outOfChecks(seen, { ...judged, failedChecks }, judged.reason);
  const again: Baking = { ...phase, checkAt: after(now, spec.analysis.interval), evidenceAt: now };
  return { ...status, ...judged, failedChecks, phase: again };
}

function isTimeToReturn(seen: Observation, weight: WeightPercent, since: Instant): boolean {
  return seen.now >= after(since, seen.spec.analysis.interval) && moments.isSettled(seen, splitPlan(weight), since);
}

/**
 * While traffic waits to go home, the canary may lose its pods or be given a revision that nobody judged. Whatever mix of
 * old and new the primary runs then is good: go home, all at once, as soon as it has the pods.
 */
function isBetterOffAtHome(seen: Observation, weight: WeightPercent): boolean {
  if (facts.newPrimary(seen) === undefined || !facts.canServe(seen, "primary", 100)) return false;
  if (!facts.canaryCanKeep(seen, weight)) return true;
  // While the canary answers there is time for the slowest proxy.
  return facts.isSuperseded(seen) && facts.isReachable(seen, "primary");
}

/** All traffic is home. A target that already asks for the next revision is not scaled down first. */
function isHome(seen: Observation, since: Instant): boolean {
  if (!facts.isPrimaryReady(seen) || !facts.hasEndpoints(seen, "primary")) return false;
  if (facts.isSuperseded(seen)) return moments.isSettled(seen, splitPlan(0), since);
  return moments.isDrained(seen, since) && isScaledDown(seen);
}

function fromStranded(seen: Observation, since: Instant): Status {
  if (canTakeTrafficBack(seen)) return enter.finishing(seen);
  // Where the traffic had come home and went back, a slow proxy may still send some to the primary.
  const isServing = seen.target?.isReady === true && moments.isSettled(seen, splitPlan(100), since);
  if (facts.isSuperseded(seen) && isServing) return enter.mending(seen);
  if (facts.canaryCanTake(seen, 100) || !facts.mayRoute(seen, splitPlan(0))) return seen.status;
  const why = seen.target?.notReadyReason ?? "pods are missing";
  return enter.retreating(
    seen,
    "ProgressDeadlineExceeded",
    `promotion failed, and then the canary lost its pods: ${why}`,
  );
}

function isScaledDown(seen: Observation): boolean {
  return seen.target === undefined || seen.target.desiredPods === 0;
}

function isServing(seen: Observation): boolean {
  return seen.target?.isReady === true && seen.target.desiredPods > 0;
}

function primaryStarting(seen: Observation): string | undefined {
  if (seen.primary?.notReadyReason === undefined) return undefined;
  return `primary ${seen.primary.name}.${seen.canary.namespace} not ready: ${seen.primary.notReadyReason}`;
}

function withReason(status: Status, sentence: string | undefined): Status {
  const reason = sentence && clipped(sentence);
  return reason === undefined || reason === status.reason ? status : { ...status, reason };
}
