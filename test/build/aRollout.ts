import type {
  EndpointFacts,
  MeasuredSample,
  Observation,
  RouteFacts,
  Version,
  WorkloadFacts,
} from "../../src/domain/observation.ts";
import type { Phase, RetreatReason } from "../../src/domain/phase.ts";
import type { AnalysisSpec, CanarySpec, MetricSpec } from "../../src/domain/spec.ts";
import { newStatus, type Problem, type Status } from "../../src/domain/status.ts";
import { after, type Duration, type Instant, instant, millis, seconds } from "../../src/domain/time.ts";
import { splitPlan, type WeightPercent } from "../../src/domain/traffic.ts";

/** Now, wherever a test does not say otherwise. */
export const NOW = instant(Date.UTC(2026, 0, 1, 12));
export const OLD = "v1-old";
export const NEW = "v1-new";

const LONG_AGO = after(NOW, millis(-3_600_000));

/** The instant so long before now. */
export const ago = (length: Duration): Instant => after(NOW, millis(-length));

export const successRate: MetricSpec = {
  name: "request-success-rate",
  path: "spec.analysis.metrics[0]",
  source: { kind: "builtin", name: "request-success-rate" },
  interval: undefined,
  bounds: { min: 99, max: undefined },
};

export const aSpec: CanarySpec = {
  provider: undefined,
  metricsServer: undefined,
  target: { apiVersion: "apps/v1", kind: "Deployment", name: "podinfo" },
  service: {
    name: "podinfo",
    port: 80,
    portName: "http",
    targetPort: 9898,
    appProtocol: undefined,
    portDiscovery: false,
    headless: false,
    trafficDistribution: undefined,
    hosts: [],
    gateways: [],
    delegation: false,
    match: [],
    rewrite: undefined,
    retries: undefined,
    timeout: undefined,
    headers: undefined,
    corsPolicy: undefined,
    trafficPolicy: undefined,
    apex: undefined,
    primary: undefined,
    canary: undefined,
    unmanagedLabels: [],
    unmanagedAnnotations: [],
  },
  analysis: {
    strategy: { kind: "weighted", stepWeights: [10, 50, 100], promotionStepWeight: 0 },
    interval: seconds(30),
    threshold: 2,
    primaryReadyThresholdPercent: 100,
    canaryReadyThresholdPercent: 100,
    metrics: [successRate],
  },
  progressDeadline: seconds(600),
  skipAnalysis: false,
  revertOnDeletion: false,
  suspend: false,
};

const workload = (name: string, revision: string, pods: number): WorkloadFacts => ({
  kind: "Deployment",
  name,
  revision,
  matchesPrimary: revision === OLD,
  desiredPods: pods,
  availablePods: pods,
  isReady: true,
  notReadyReason: undefined,
  hasGivenUp: false,
  progressedAt: undefined,
});

const heard = (ready: number): EndpointFacts => ({ ready, heard: ready, nextHeardAt: undefined });

const waiting = "waiting for rollout to finish";

/** What a test observes, built from a rollout at rest. Every call answers a new one and changes nothing. */
export class Rollout {
  readonly seen: Observation;

  constructor(seen: Observation) {
    this.seen = seen;
  }

  with(change: Partial<Observation>): Rollout {
    return new Rollout({ ...this.seen, ...change });
  }

  spec(change: Partial<CanarySpec>): Rollout {
    return this.with({ spec: { ...this.seen.spec, ...change } });
  }

  analysis(change: Partial<AnalysisSpec>): Rollout {
    return this.spec({ analysis: { ...this.seen.spec.analysis, ...change } });
  }

  steps(stepWeights: readonly WeightPercent[], promotionStepWeight = 0): Rollout {
    return this.analysis({ strategy: { kind: "weighted", stepWeights, promotionStepWeight } });
  }

  status(change: Partial<Status>): Rollout {
    return this.with({ status: { ...this.seen.status, ...change } });
  }

  // Where it stands

  unknown(): Rollout {
    return this.with({ status: newStatus(), primary: undefined, route: undefined, apexOnPrimary: false }).target({
      desiredPods: 2,
      availablePods: 2,
      matchesPrimary: false,
    });
  }

  copying(forSoLong = seconds(0)): Rollout {
    return this.unknown()
      .primary({ isReady: false, availablePods: 0, notReadyReason: waiting })
      .status({ phase: { name: "Copying", since: ago(forSoLong) }, lastAppliedRevision: OLD });
  }

  adopting(forSoLong = seconds(0)): Rollout {
    return this.copying()
      .primary({ isReady: true, availablePods: 2, notReadyReason: undefined })
      .with({ apexOnPrimary: true, route: { plan: splitPlan(0), since: ago(forSoLong) } })
      .target({ matchesPrimary: true })
      .status({ phase: { name: "Adopting", since: ago(forSoLong) } });
  }

  failed(reason: RetreatReason = "FailedChecks"): Rollout {
    return this.asks(NEW).status({ phase: { name: "Failed", reason }, lastAppliedRevision: NEW });
  }

  warming(forSoLong = seconds(0)): Rollout {
    return this.running({ name: "Warming", since: ago(forSoLong) }, 0);
  }

  baking({ weight, step = 0, forSoLong = seconds(0) }: Bake): Rollout {
    const since = ago(forSoLong);
    const checkAt = after(since, this.seen.spec.analysis.interval);
    return this.running({ name: "Baking", step, weight, since, checkAt, evidenceAt: since }, weight);
  }

  handing(forSoLong = seconds(0)): Rollout {
    return this.running({ name: "Handing", since: ago(forSoLong) }, 100);
  }

  replacing(forSoLong = seconds(0)): Rollout {
    return this.running({ name: "Replacing", since: ago(forSoLong) }, 100).primaryRolling();
  }

  returning(weight: WeightPercent, forSoLong = seconds(0)): Rollout {
    return this.running({ name: "Returning", since: ago(forSoLong), weight }, weight).primaryRuns(NEW);
  }

  draining(forSoLong = seconds(0)): Rollout {
    return this.running({ name: "Draining", since: ago(forSoLong) }, 0).primaryRuns(NEW);
  }

  retreating(reason: RetreatReason = "FailedChecks", forSoLong = seconds(0)): Rollout {
    return this.running({ name: "Retreating", since: ago(forSoLong), reason }, 0);
  }

  stranded(forSoLong = seconds(60)): Rollout {
    return this.running({ name: "Stranded", since: ago(forSoLong) }, 100)
      .primaryRolling()
      .status({ startedAt: undefined });
  }

  terminating(forSoLong = seconds(0)): Rollout {
    return this.deleted().status({ phase: { name: "Terminating", since: ago(forSoLong) } });
  }

  givingBack(forSoLong = seconds(0)): Rollout {
    return this.deleted().status({ phase: { name: "GivingBack", since: ago(forSoLong) } });
  }

  /** A run of the new revision is in this phase, with the route as the phase wants it since it began. */
  running(phase: Phase, canaryWeight: WeightPercent): Rollout {
    const since = "since" in phase ? phase.since : NOW;
    return this.asks(NEW)
      .target({ desiredPods: 2, availablePods: 2 })
      .routedAt(canaryWeight, since)
      .status({ phase, canaryWeight, lastAppliedRevision: NEW, startedAt: LONG_AGO });
  }

  // What the world is like

  target(change: Partial<WorkloadFacts>): Rollout {
    return this.with({ target: { ...(this.seen.target ?? workload("podinfo", OLD, 0)), ...change } });
  }

  primary(change: Partial<WorkloadFacts>): Rollout {
    return this.with({ primary: { ...(this.seen.primary ?? workload("podinfo-primary", OLD, 2)), ...change } });
  }

  /** The target's template is of this revision now. */
  asks(revision: string): Rollout {
    return this.target({ revision, matchesPrimary: revision === this.seen.primary?.revision });
  }

  routedAt(canary: WeightPercent, since: Instant = LONG_AGO): Rollout {
    const route: RouteFacts = { plan: splitPlan(canary), since };
    return this.with({ route });
  }

  canaryPods(availablePods: number, desiredPods = 2): Rollout {
    const isReady = availablePods >= desiredPods;
    return this.target({
      availablePods,
      desiredPods,
      isReady,
      notReadyReason: isReady
        ? undefined
        : `${waiting}: ${availablePods} of ${desiredPods} updated replicas are available`,
    });
  }

  /** Behind the Service of a version are so many pods, for so long. */
  reached(version: Version, ready: number, forSoLong = seconds(0)): Rollout {
    const heardAt = after(ago(forSoLong), this.seen.timing.settle);
    const isHeard = heardAt <= NOW;
    const facts = isHeard ? heard(ready) : { ready, heard: 0, nextHeardAt: ready > 0 ? heardAt : undefined };
    return this.with({ endpoints: { ...this.seen.endpoints, [version]: facts } });
  }

  primaryPods(availablePods: number, desiredPods = 2): Rollout {
    return this.primary({ availablePods, desiredPods, isReady: availablePods >= desiredPods });
  }

  /** The primary has been given the new revision and none of its pods is there yet. */
  primaryRolling(): Rollout {
    return this.primary({ revision: NEW, availablePods: 0, isReady: false, notReadyReason: waiting }).matching();
  }

  primaryRuns(revision: string): Rollout {
    return this.primary({ revision }).matching();
  }

  targetGone(): Rollout {
    return this.with({ target: undefined });
  }

  deleted(): Rollout {
    return this.spec({ revertOnDeletion: true }).with({
      canary: { ...this.seen.canary, deleting: true, hasFinalizer: true },
    });
  }

  blocked(message = "spec.analysis.metrics[0]: no such template"): Rollout {
    const problem: Problem = { reason: "MetricTemplateNotFound", message, severity: "blocking" };
    return this.with({ problems: [problem] }).status({ problems: [problem] });
  }

  measured(...samples: readonly MeasuredSample[]): Rollout {
    const { metrics } = this.seen.spec.analysis;
    const measurements = samples.map((sample, at) => ({
      name: metrics[at]?.name ?? "unknown",
      query: "up",
      at: NOW,
      sample,
    }));
    return this.with({ round: { id: "any", measurements } });
  }

  passing(): Rollout {
    return this.measured({ kind: "value", value: 100 });
  }

  failing(): Rollout {
    return this.measured({ kind: "value", value: 98.69 });
  }

  private matching(): Rollout {
    return this.target({ matchesPrimary: this.seen.target?.revision === this.seen.primary?.revision });
  }
}

interface Bake {
  readonly weight: WeightPercent;
  readonly step?: number;
  readonly forSoLong?: Duration;
}

/** At rest: two pods of the old revision serve everything, and the target asks for nothing else. */
export function aRollout(): Rollout {
  return new Rollout({
    now: NOW,
    canary: {
      namespace: "test",
      name: "podinfo",
      generation: 1,
      deleting: false,
      hasFinalizer: false,
      createdAt: instant(0),
    },
    spec: aSpec,
    status: {
      ...newStatus(),
      phase: { name: "Steady", outcome: "Initialized" },
      lastAppliedRevision: OLD,
      lastPromotedRevision: OLD,
      observedGeneration: 1,
    },
    target: workload("podinfo", OLD, 0),
    primary: workload("podinfo-primary", OLD, 2),
    configs: { kind: "known", checksums: undefined },
    route: { plan: splitPlan(0), since: LONG_AGO },
    endpoints: { primary: heard(2), canary: heard(2) },
    apexOnPrimary: true,
    givenBack: false,
    problems: [],
    literalWindow: millis(0),
    round: undefined,
    timing: { settle: seconds(1), drain: seconds(5) },
  });
}
