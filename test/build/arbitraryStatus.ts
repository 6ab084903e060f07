import fc from "fast-check";
import type { Phase, RetreatReason } from "../../src/domain/phase.ts";
import type { ConditionTimes, MetricStatus, Problem, RevisionRecord, Status } from "../../src/domain/status.ts";
import { type Instant, instant } from "../../src/domain/time.ts";

/** Every Status that a rollout can have, for properties of the wire. */

const instants: fc.Arbitrary<Instant> = fc.integer({ min: 0, max: 4e12 }).map(instant);

/** Flagger's own times hold whole seconds. */
const secondsOnly: fc.Arbitrary<Instant> = fc.integer({ min: 0, max: 4e9 }).map((count) => instant(count * 1000));

const words = fc.string({ minLength: 1, maxLength: 40, unit: "binary" });
const percent = fc.integer({ min: 0, max: 100 });
const counts = fc.nat(1000);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const reasons = fc.constantFrom<RetreatReason>(
  "FailedChecks",
  "ProgressDeadlineExceeded",
  "NoEvidence",
  "TargetGone",
  "Reverted",
  "Blocked",
);

const underWay = [
  "Copying",
  "Adopting",
  "Warming",
  "Handing",
  "Replacing",
  "Draining",
  "Stranded",
  "Terminating",
  "GivingBack",
] as const;

/** Every phase, with every time and weight. */
export const arbitraryPhase: fc.Arbitrary<Phase> = fc.oneof(
  fc.constant<Phase>({ name: "New" }),
  fc.constantFrom("Initialized" as const, "Succeeded" as const).map((outcome): Phase => ({ name: "Steady", outcome })),
  fc.record({ name: fc.constantFrom(...underWay), since: instants }),
  fc.record({ name: fc.constant("Returning" as const), since: instants, weight: percent }),
  fc.record({ name: fc.constant("Retreating" as const), since: instants, reason: reasons }),
  fc.record({ name: fc.constant("Failed" as const), reason: reasons }),
  fc.record({
    name: fc.constant("Baking" as const),
    step: counts,
    weight: percent,
    since: instants,
    checkAt: instants,
    evidenceAt: instants,
  }),
);

const measurements: fc.Arbitrary<MetricStatus> = fc.record({
  name: words,
  value: maybe(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
  bound: words,
  query: fc.string(),
  samples: counts,
  verdict: fc.constantFrom("pass" as const, "fail" as const, "noData" as const, "unmeasurable" as const),
  at: instants,
  message: fc.string(),
});

const problems: fc.Arbitrary<Problem> = fc.record({
  reason: fc.constantFrom("InvalidSpec" as const, "NotSupported" as const, "TargetNotFound" as const),
  message: fc.string(),
  severity: fc.constantFrom("blocking" as const, "holding" as const, "advisory" as const),
});

const revisions: fc.Arbitrary<RevisionRecord> = fc.record({
  revision: fc.string(),
  startedAt: instants,
  endedAt: instants,
  outcome: fc.constantFrom(
    "promoted" as const,
    "rolledBack" as const,
    "superseded" as const,
    "promotionFailed" as const,
  ),
  reason: fc.string(),
});

const conditionTimes: fc.Arbitrary<ConditionTimes> = fc.record({
  status: fc.constantFrom("True" as const, "False" as const, "Unknown" as const),
  reason: words,
  transitionAt: secondsOnly,
  updateAt: secondsOnly,
});

/** The weight that belongs to a phase; where the phase leaves it open, any. */
function weightOf(phase: Phase, otherwise: number): number {
  if (phase.name === "Baking" || phase.name === "Returning") return phase.weight;
  if (phase.name === "Terminating" || phase.name === "GivingBack") return otherwise;
  return ["Handing", "Replacing", "Stranded"].includes(phase.name) ? 100 : 0;
}

/** Every status whose weight agrees with its phase. */
export const arbitraryStatus: fc.Arbitrary<Status> = fc
  .record({
    phase: arbitraryPhase,
    canaryWeight: percent,
    lastAppliedRevision: maybe(words),
    lastPromotedRevision: maybe(words),
    trackedConfigs: maybe(
      fc.dictionary(
        words.filter((key) => key !== "__proto__"),
        fc.string(),
      ),
    ),
    failedChecks: counts,
    observedGeneration: counts,
    lastTransitionAt: maybe(secondsOnly),
    suspendedSince: maybe(instants),
    measurements: fc.array(measurements, { maxLength: 4 }),
    reason: maybe(words),
    problems: fc.array(problems, { maxLength: 4 }),
    history: fc.array(revisions, { maxLength: 10 }),
    startedAt: maybe(instants),
    scope: maybe(
      fc.record({
        target: fc.record({
          apiVersion: words,
          kind: fc.constantFrom("Deployment", "DaemonSet", "Service"),
          name: words,
        }),
        serviceName: words,
      }),
    ),
    conditionTimes: fc.record(
      { Promoted: conditionTimes, Ready: conditionTimes, Stalled: conditionTimes },
      { requiredKeys: [] },
    ) as fc.Arbitrary<Readonly<Record<string, ConditionTimes>>>,
  })
  // Cloned, because fast-check also makes objects without a prototype, which JSON does not tell apart.
  .map((status) => structuredClone({ ...status, canaryWeight: weightOf(status.phase, status.canaryWeight) }));
