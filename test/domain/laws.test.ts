import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decide } from "../../src/domain/decide.ts";
import {
  canaryCanTake,
  hasPrimaryMorePods,
  isPrimaryReady,
  isSuperseded,
  primaryCanTake,
} from "../../src/domain/facts.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { isAtRest, type PhaseName } from "../../src/domain/phase.ts";
import { seconds } from "../../src/domain/time.ts";
import { splitPlan } from "../../src/domain/traffic.ts";
import { NOW } from "../build/aRollout.ts";
import { anyObservation, weightOf } from "./anyObservation.ts";

/** What must hold of every decision, whatever is observed. */
function law(sentence: string, holds: (seen: Observation) => void): void {
  test(sentence, () => fc.assert(fc.property(anyObservation, holds), { numRuns: 3000 }));
}

const ARROWS: Record<PhaseName, readonly PhaseName[]> = {
  New: ["Copying", "Terminating", "GivingBack"],
  Copying: ["Adopting", "Warming", "Terminating"],
  Adopting: ["Steady", "Terminating"],
  Steady: ["Warming", "Copying", "Terminating"],
  Warming: ["Copying", "Baking", "Handing", "Retreating", "Terminating"],
  Baking: ["Copying", "Warming", "Handing", "Replacing", "Retreating", "Terminating"],
  Handing: ["Copying", "Warming", "Replacing", "Retreating", "Terminating"],
  Replacing: ["Warming", "Returning", "Draining", "Stranded", "Retreating", "Terminating"],
  Returning: ["Draining", "Stranded", "Retreating", "Terminating"],
  Draining: ["Steady", "Stranded", "Retreating", "Terminating"],
  Retreating: ["Copying", "Failed", "Steady", "Warming", "Terminating"],
  Failed: ["Copying", "Warming", "Terminating"],
  Stranded: ["Draining", "Replacing", "Retreating", "Terminating"],
  Terminating: ["GivingBack"],
  GivingBack: [],
};

law("phases change along their arrows alone", (seen) => {
  const from = seen.status.phase.name;
  const to = decide(seen).status.phase.name;
  assert.ok(from === to || ARROWS[from].includes(to), `${from} → ${to}`);
});

law("the same facts make the same decision, and are not changed by it", (seen) => {
  const before = structuredClone(seen);
  assert.deepEqual(decide(seen), decide(seen));
  assert.deepEqual(seen, before);
});

law("a status holds the weight of its phase", (seen) => {
  const { status } = decide(seen);
  assert.equal(
    status.canaryWeight,
    status.phase.name === "Terminating" || status.phase.name === "GivingBack"
      ? seen.status.canaryWeight
      : weightOf(status.phase),
  );
});

law("no version is given a larger share than its pods can take", (seen) => {
  const { status, levels } = decide(seen);
  if (levels.traffic === undefined) return;
  const now = seen.route?.plan.split ?? { primary: 0, canary: 0 };
  const { primary, canary } = levels.traffic.split;
  if (canary > now.canary) assert.ok(canaryCanTake(seen, canary));
  if (primary <= now.primary || primaryCanTake(seen, primary)) return;
  // The lesser evil: away from a version that cannot serve what it has, or that is known to be bad.
  assert.ok((seen.primary?.availablePods ?? 0) > 0);
  const { phase } = status;
  const isOverdue = phase.name === "Retreating" && NOW >= phase.since + seen.spec.progressDeadline;
  const isLesserEvil = phase.name === "Retreating" || !canaryCanTake(seen, now.canary);
  assert.ok(isOverdue || (isLesserEvil && hasPrimaryMorePods(seen)));
});

law("no share rises at a Service that has nobody", (seen) => {
  const { traffic } = decide(seen).levels;
  const now = seen.route?.plan.split ?? { primary: 0, canary: 0 };
  for (const version of ["primary", "canary"] as const) {
    if ((traffic?.split[version] ?? 0) > now[version]) assert.ok(seen.endpoints[version].ready > 0);
  }
});

law("the apex Service is not pointed at a primary without pods", (seen) => {
  const { levels } = decide(seen);
  if (levels.scaffold === "all" && !seen.apexOnPrimary) assert.ok((seen.primary?.availablePods ?? 0) > 0);
});

law("a retreat only retreats", (seen) => {
  const { status, levels } = decide(seen);
  if (status.phase.name !== "Retreating" && status.phase.name !== "Failed") return;
  assert.equal(status.canaryWeight, 0);
  assert.equal(levels.traffic?.split.canary ?? 0, 0);
});

law("no run begins without a primary to serve beside it", (seen) => {
  const { status } = decide(seen);
  const begins = status.phase.name === "Warming" && status.startedAt === NOW && seen.status.startedAt !== NOW;
  if (begins) assert.ok(seen.primary);
});

law("what clients use is taken over only with a primary, and never to be given back", (seen) => {
  const { status, levels } = decide(seen);
  if (levels.scaffold !== "all" || seen.apexOnPrimary) return;
  assert.notEqual(status.phase.name, "Terminating");
  assert.notEqual(status.phase.name, "Copying");
  if (status.phase.name === "Adopting") assert.ok(primaryCanTake(seen, 100));
});

law("no canary that answers is left for a copy of its target that proxies do not know", (seen) => {
  const { status, levels } = decide(seen);
  if (status.phase.name !== "Adopting" || levels.traffic === undefined || levels.scaffold !== "all") return;
  if (seen.route !== undefined && seen.endpoints.canary.ready === 0) return;
  assert.ok(seen.primary);
  const whole = Math.max(1, (seen.primary.desiredPods * seen.spec.analysis.primaryReadyThresholdPercent) / 100);
  assert.ok(seen.endpoints.primary.heard >= Math.trunc(whole));
});

law("no clients are given back to fewer pods than serve them", (seen) => {
  const { status } = decide(seen);
  if (seen.status.phase.name !== "Terminating" || status.phase.name !== "GivingBack") return;
  const isServed = seen.apexOnPrimary && (seen.route?.plan.split.primary ?? 100) === 100;
  if (!isServed || seen.target === undefined || seen.target.isReady) return;
  const answering = Math.min(seen.primary?.availablePods ?? 0, seen.endpoints.primary.ready);
  assert.ok(seen.target.availablePods >= answering);
});

law("a failing run comes back only for another revision", (seen) => {
  const { status } = decide(seen);
  if (seen.status.phase.name !== "Retreating" && seen.status.phase.name !== "Failed") return;
  if (status.phase.name !== "Warming") return;
  const isOther = status.lastAppliedRevision !== seen.status.lastAppliedRevision;
  assert.ok(isOther || JSON.stringify(status.trackedConfigs) !== JSON.stringify(seen.status.trackedConfigs));
});

law("no pods are taken away that a client may still reach", (seen) => {
  const { levels } = decide(seen);
  if (levels.target !== "zero") return;
  assert.deepEqual(seen.route?.plan, splitPlan(0));
  assert.ok(NOW - (seen.route?.since ?? NOW) >= seen.timing.settle + seen.timing.drain);
});

law("the primary is replaced only while the canary has everything", (seen) => {
  const { status, levels } = decide(seen);
  if (levels.primary.kind === "asIs" || status.phase.name === "Copying") return;
  assert.equal(status.canaryWeight, 100);
  // Committed in an earlier tick, or the route was read back before this one.
  if (seen.status.phase.name === "Replacing") return;
  assert.deepEqual(seen.route?.plan ?? splitPlan(100), splitPlan(100));
  if (seen.status.phase.name === "Stranded") return;
  // As many as the primary serves everything with are enough, though the canary asks for more by now.
  const { target, primary, spec } = seen;
  const asked = Math.min(target?.desiredPods ?? 0, Math.max(1, primary?.desiredPods ?? Number.POSITIVE_INFINITY));
  const needed = Math.max(1, Math.trunc((asked * spec.analysis.canaryReadyThresholdPercent) / 100));
  assert.ok(asked > 0 && (target?.availablePods ?? 0) >= needed);
});

law("only evidence promotes", (seen) => {
  const { phase } = seen.status;
  if (phase.name !== "Baking" || seen.spec.skipAnalysis || seen.spec.analysis.metrics.length === 0) return;
  const { status } = decide(seen);
  const isPromoted =
    status.phase.name === "Handing" ||
    status.phase.name === "Replacing" ||
    (status.phase.name === "Baking" && status.phase.weight > phase.weight);
  if (!isPromoted) return;
  const samples = seen.round?.measurements.map(({ sample }) => sample) ?? [];
  assert.equal(samples.length, seen.spec.analysis.metrics.length);
  assert.ok(samples.every((sample) => sample.kind === "value" && sample.value >= 99 && sample.value < Infinity));
});

law("only evidence, lost pods and deadlines count against a canary", (seen) => {
  const { status } = decide(seen);
  if (seen.status.phase.name !== "Baking" || status.failedChecks <= seen.status.failedChecks) return;
  const samples = seen.round?.measurements.map(({ sample }) => sample) ?? [];
  const hasFailure = samples.some((sample) => sample.kind === "value" && sample.value < 99 && sample.value > -Infinity);
  assert.ok(hasFailure || !canaryCanTake(seen, seen.status.phase.weight));
});

law("a rollout at rest and undisturbed is silent", (seen) => {
  const undisturbed = calm(seen);
  const { phase } = undisturbed.status;
  if (!isAtRest(phase) || (phase.name !== "Failed" && undisturbed.target === undefined)) return;
  const decision = decide(undisturbed);
  assert.equal(decision.status, undisturbed.status);
  assert.deepEqual(decision.announcements, []);
  assert.equal(decision.wakeAt, undefined);
  assert.equal(decision.round, undefined);
  assert.deepEqual(decision.levels.primary, { kind: "asIs" });
  assert.equal(decision.levels.target, "asIs");
});

/** The same rollout, asked for nothing that it does not do already. */
function calm(seen: Observation): Observation {
  const { status } = seen;
  const target = seen.target && { ...seen.target, isReady: true, availablePods: seen.target.desiredPods };
  const primary = seen.primary ?? seen.target;
  return {
    ...seen,
    canary: { ...seen.canary, deleting: false, generation: status.observedGeneration },
    spec: { ...seen.spec, suspend: false },
    target,
    // A Stranded rollout rests only while its primary is not ready.
    primary: primary && { ...primary, isReady: status.phase.name !== "Stranded", availablePods: 0 },
    route: { plan: splitPlan(status.canaryWeight), since: NOW },
    problems: status.problems,
    status: {
      ...status,
      suspendedSince: undefined,
      lastAppliedRevision: seen.target?.revision,
      trackedConfigs: seen.configs.kind === "known" ? seen.configs.checksums : status.trackedConfigs,
    },
  };
}

law("what nothing disturbs comes to rest: no two phases hand a rollout back and forth", (seen) => {
  let now = seen;
  for (let turn = 0; turn < 10; turn++) {
    const { status } = decide(now);
    if (status === now.status) return;
    now = { ...now, status, round: undefined };
  }
  assert.fail(`still moving: ${now.status.phase.name}`);
});

/** What a phase without a time to wake at waits for, always a change that somebody sees. */
const EVENTS: Partial<Record<PhaseName, string>> = {
  New: "a target",
  Copying: "a ready primary, or another revision",
  Adopting: "the route, the apex Service or the target's replicas",
  Returning: "the route, or pods of the primary",
  Draining: "the route, a ready primary or the target's replicas",
  Retreating: "any pod of the primary, or the target's replicas",
  Terminating: "pods of the target",
  GivingBack: "what was there",
};

law("what is not at rest has a time to look again, or an event that it waits for", (seen) => {
  const { status, wakeAt } = decide(seen);
  if (isAtRest(status.phase) || status.suspendedSince !== undefined) {
    // One that is stranded waits for its primary or for a fix, and so for proxies to hear of pods or of the route.
    const isComing = isPrimaryReady({ ...seen, status }) || isSuperseded({ ...seen, status });
    if (status.phase.name !== "Stranded" || !isComing) assert.equal(wakeAt, undefined);
    return;
  }
  if (seen.canary.deleting && !seen.canary.hasFinalizer) return;
  if (wakeAt !== undefined) assert.ok(wakeAt > NOW);
  // The next tick follows the commit of this one's change of itself.
  else assert.ok(status !== seen.status || EVENTS[status.phase.name] !== undefined, status.phase.name);
});

law("a rollout that nothing happens to is over in the end, but for the phases that wait for an event", (seen) => {
  const patience = seconds(100_000);
  let now: Observation = { ...seen, spec: { ...seen.spec, suspend: false }, round: undefined };
  for (let turn = 0; turn < 100; turn++) {
    const { status, wakeAt } = decide(now);
    if (wakeAt === undefined && status === now.status) break;
    const next = status === now.status && wakeAt !== undefined ? wakeAt : now.now;
    if (next > NOW + patience) break;
    now = { ...now, status, now: next };
  }
  const { phase } = now.status;
  if (seen.canary.deleting && !seen.canary.hasFinalizer) return;
  assert.ok(isAtRest(phase) || EVENTS[phase.name] !== undefined, phase.name);
});
