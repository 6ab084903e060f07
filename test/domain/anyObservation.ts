import * as fc from "fast-check";
import type {
  ConfigFacts,
  EndpointFacts,
  MeasuredSample,
  Observation,
  RoundResult,
  RouteFacts,
  WorkloadFacts,
} from "../../src/domain/observation.ts";
import type { Phase, PhaseName, RetreatReason } from "../../src/domain/phase.ts";
import type { CanarySpec } from "../../src/domain/spec.ts";
import type { Problem, Status } from "../../src/domain/status.ts";
import { after, type Instant, instant, millis, seconds } from "../../src/domain/time.ts";
import { splitPlan } from "../../src/domain/traffic.ts";
import { aRollout, aSpec, NOW, successRate } from "../build/aRollout.ts";

/** Anything that could be observed, whether or not a rollout could come there: phases and worlds that do not fit. */

const REVISIONS = ["v0", "v1", "v2", "5d4f7b8c9"] as const;

/** Mostly the past, sometimes a little in the future: clocks of two machines may disagree. */
const anyInstant: fc.Arbitrary<Instant> = fc
  .oneof(fc.integer({ min: -60, max: 5 }), fc.integer({ min: -2000, max: 0 }), fc.constant(0))
  .map((count) => after(NOW, seconds(count)));

const anyWeight = fc.oneof(fc.constantFrom(0, 10, 50, 100), fc.integer({ min: 0, max: 100 }));
const anyStep = fc.integer({ min: 1, max: 100 });

const RETREATS: readonly RetreatReason[] = [
  "FailedChecks",
  "ProgressDeadlineExceeded",
  "NoEvidence",
  "TargetGone",
  "Reverted",
  "Blocked",
];

/** Objects as anybody writes them, with Object's prototype. */
const plain = <Value extends object>(model: { [Field in keyof Value]: fc.Arbitrary<Value[Field]> }) =>
  fc.record(model, { noNullPrototype: true });

const named = <Name extends PhaseName>(name: Name) => ({ name: fc.constant(name), since: anyInstant });

const anyPhase: fc.Arbitrary<Phase> = fc.oneof(
  fc.constant<Phase>({ name: "New" }),
  plain(named("Copying")),
  plain(named("Adopting")),
  plain({ name: fc.constant("Steady" as const), outcome: fc.constantFrom("Initialized", "Succeeded") }),
  plain(named("Warming")),
  plain({
    ...named("Baking"),
    step: fc.constant(0),
    weight: anyStep,
    checkAt: anyInstant,
    evidenceAt: anyInstant,
  }),
  plain(named("Handing")),
  plain(named("Replacing")),
  plain({ ...named("Returning"), weight: anyStep }),
  plain(named("Draining")),
  plain({ ...named("Retreating"), reason: fc.constantFrom(...RETREATS) }),
  plain({ name: fc.constant("Failed" as const), reason: fc.constantFrom(...RETREATS) }),
  plain(named("Stranded")),
  plain(named("Terminating")),
  plain(named("GivingBack")),
);

/** The weight that a phase holds; the one thing of a status that is never out of step with it. */
export function weightOf(phase: Phase): number {
  switch (phase.name) {
    case "Baking":
    case "Returning":
      return phase.weight;
    case "Handing":
    case "Replacing":
    case "Stranded":
      return 100;
    default:
      return 0;
  }
}

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined, freq: 4 });

const anyConfigs = maybe(fc.constantFrom<Readonly<Record<string, string>>>({}, { a: "1" }, { a: "2" }));

const anyProblems = fc.subarray<Problem>([
  { reason: "ConfigNotFound", message: "spec.x: blocking", severity: "blocking" },
  { reason: "NotSupported", message: "spec.y: advice", severity: "advisory" },
]);

const anyStatus: fc.Arbitrary<Status> = plain({
  phase: anyPhase,
  lastAppliedRevision: maybe(fc.constantFrom(...REVISIONS)),
  lastPromotedRevision: maybe(fc.constantFrom(...REVISIONS)),
  trackedConfigs: anyConfigs,
  failedChecks: fc.nat(3),
  suspendedSince: fc.option(anyInstant, { nil: undefined, freq: 2 }),
  startedAt: maybe(anyInstant),
  problems: anyProblems,
}).map((change) => ({ ...aRollout().seen.status, ...change, canaryWeight: weightOf(change.phase) }));

const anyWorkload: fc.Arbitrary<WorkloadFacts> = plain({
  revision: fc.constantFrom(...REVISIONS.slice(0, 3)),
  matchesPrimary: fc.boolean(),
  desiredPods: fc.nat(4),
  availablePods: fc.nat(4),
  isReady: fc.boolean(),
  hasGivenUp: fc.boolean(),
  progressedAt: maybe(anyInstant),
}).map((facts) => ({ kind: "Deployment", name: "podinfo", notReadyReason: undefined, ...facts }));

const anyEndpoints: fc.Arbitrary<EndpointFacts> = plain({ heard: fc.nat(4), unheard: fc.nat(2) }).map(
  ({ heard, unheard }) => ({
    ready: heard + unheard,
    heard,
    nextHeardAt: unheard > 0 ? after(NOW, millis(500)) : undefined,
  }),
);

const anyRoute: fc.Arbitrary<RouteFacts> = plain({ weight: anyWeight, since: anyInstant }).map(({ weight, since }) => ({
  plan: splitPlan(weight),
  since,
}));

const anySample: fc.Arbitrary<MeasuredSample> = fc.oneof(
  plain({
    kind: fc.constant("value" as const),
    value: fc.oneof(
      fc.constantFrom(100, 98, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
      fc.double(),
    ),
  }),
  plain({ kind: fc.constantFrom("noData" as const, "unmeasurable" as const), why: fc.constant("why") }),
);

const anyRound: fc.Arbitrary<RoundResult> = fc.array(anySample, { maxLength: 3 }).map((samples) => ({
  id: "round",
  measurements: samples.map((sample) => ({ name: successRate.name, query: "up", at: NOW, sample })),
}));

const anySpec: fc.Arbitrary<CanarySpec> = plain({
  stepWeights: fc.uniqueArray(anyStep, { minLength: 1, maxLength: 4 }).map((weights) => weights.sort((a, b) => a - b)),
  promotionStepWeight: fc.constantFrom(0, 30, 100),
  threshold: fc.integer({ min: 1, max: 3 }),
  metrics: fc.integer({ min: 0, max: 2 }).map((count) => Array.from({ length: count }, () => successRate)),
  canaryReadyThresholdPercent: fc.constantFrom(50, 100),
  skipAnalysis: fc.boolean(),
  revertOnDeletion: fc.boolean(),
  suspend: fc.boolean(),
}).map(({ stepWeights, promotionStepWeight, threshold, metrics, canaryReadyThresholdPercent, ...rest }) => ({
  ...aSpec,
  ...rest,
  suspend: rest.suspend && threshold === 1,
  analysis: {
    ...aSpec.analysis,
    strategy: { kind: "weighted", stepWeights, promotionStepWeight },
    threshold,
    metrics,
    canaryReadyThresholdPercent,
  },
}));

/** Whoever is being deleted stays so: nothing but a deletion leads to the last two phases, and none is ever taken back. */
function leaving(phase: Phase, deleting: boolean, hasFinalizer: boolean) {
  const isLeaving = phase.name === "Terminating" || phase.name === "GivingBack";
  return { deleting: deleting || isLeaving, hasFinalizer: hasFinalizer || isLeaving };
}

const reading: ConfigFacts = { kind: "reading" };

export const anyObservation: fc.Arbitrary<Observation> = plain({
  spec: anySpec,
  status: anyStatus,
  target: maybe(anyWorkload),
  primary: maybe(anyWorkload),
  configs: fc.option(
    anyConfigs.map((checksums): ConfigFacts => ({ kind: "known", checksums })),
    { nil: reading, freq: 4 },
  ),
  route: maybe(anyRoute),
  endpoints: plain({ primary: anyEndpoints, canary: anyEndpoints }),
  apexOnPrimary: fc.boolean(),
  givenBack: fc.boolean(),
  problems: anyProblems,
  literalWindow: fc.constantFrom(millis(0), seconds(60)),
  round: fc.option(anyRound, { nil: undefined }),
  deleting: fc.nat(5).map((dice) => dice === 0),
  hasFinalizer: fc.boolean(),
  generation: fc.constantFrom(1, 2),
}).map(({ deleting, hasFinalizer, generation, ...facts }) => ({
  ...aRollout().seen,
  ...facts,
  canary: {
    namespace: "test",
    name: "podinfo",
    createdAt: instant(0),
    generation,
    ...leaving(facts.status.phase, deleting, hasFinalizer),
  },
}));
