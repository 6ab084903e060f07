import type { Decision } from "../../src/domain/decision.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { Phase } from "../../src/domain/phase.ts";
import type { CanarySpec } from "../../src/domain/spec.ts";
import type { Problem, Status } from "../../src/domain/status.ts";
import type { TrafficPlan } from "../../src/domain/traffic.ts";
import type { ShapeOf } from "./shape.ts";

/** The fields of what histories hold. A compiler's complaint here: what is recorded must be migrated or recorded again. */

const phase: ShapeOf<Phase> = {
  name: "leaf",
  "since?": "leaf",
  "outcome?": "leaf",
  "step?": "leaf",
  "weight?": "leaf",
  "checkAt?": "leaf",
  "evidenceAt?": "leaf",
  "reason?": "leaf",
};

const problem: ShapeOf<Problem> = { reason: "leaf", message: "leaf", severity: "leaf" };

const targetRef = { apiVersion: "leaf", kind: "leaf", name: "leaf" } as const;

const status: ShapeOf<Status> = {
  phase,
  canaryWeight: "leaf",
  "lastAppliedRevision?": "leaf",
  "lastPromotedRevision?": "leaf",
  "trackedConfigs?": ["byName", "leaf"],
  failedChecks: "leaf",
  observedGeneration: "leaf",
  "lastTransitionAt?": "leaf",
  "suspendedSince?": "leaf",
  measurements: [
    "each",
    {
      name: "leaf",
      "value?": "leaf",
      bound: "leaf",
      query: "leaf",
      samples: "leaf",
      verdict: "leaf",
      at: "leaf",
      message: "leaf",
    },
  ],
  "reason?": "leaf",
  problems: ["each", problem],
  history: ["each", { revision: "leaf", startedAt: "leaf", endedAt: "leaf", outcome: "leaf", reason: "leaf" }],
  "startedAt?": "leaf",
  "scope?": { target: targetRef, serviceName: "leaf" },
  conditionTimes: ["byName", { status: "leaf", reason: "leaf", transitionAt: "leaf", updateAt: "leaf" }],
};

const plan: ShapeOf<TrafficPlan> = {
  split: { primary: "leaf", canary: "leaf" },
  canaryMatches: [
    "each",
    {
      "headers?": ["byName", { "exact?": "leaf", "prefix?": "leaf", "suffix?": "leaf", "regex?": "leaf" }],
      "queryParams?": ["byName", { "exact?": "leaf", "prefix?": "leaf", "suffix?": "leaf", "regex?": "leaf" }],
      "sourceLabels?": ["byName", "leaf"],
    },
  ],
  mirrorPercent: "leaf",
  "stickyCookie?": "leaf",
};

const metadata = { labels: ["byName", "leaf"], annotations: ["byName", "leaf"] } as const;

const service: ShapeOf<CanarySpec["service"]> = {
  name: "leaf",
  port: "leaf",
  portName: "leaf",
  targetPort: "leaf",
  "appProtocol?": "leaf",
  portDiscovery: "leaf",
  headless: "leaf",
  "trafficDistribution?": "leaf",
  hosts: ["each", "leaf"],
  gateways: ["each", "leaf"],
  delegation: "leaf",
  match: ["each", "leaf"],
  "rewrite?": "leaf",
  "retries?": "leaf",
  "timeout?": "leaf",
  "headers?": "leaf",
  "corsPolicy?": "leaf",
  "trafficPolicy?": "leaf",
  "apex?": metadata,
  "primary?": metadata,
  "canary?": metadata,
  unmanagedLabels: ["each", "leaf"],
  unmanagedAnnotations: ["each", "leaf"],
};

const analysis: ShapeOf<CanarySpec["analysis"]> = {
  strategy: { kind: "leaf", stepWeights: ["each", "leaf"], promotionStepWeight: "leaf" },
  interval: "leaf",
  threshold: "leaf",
  primaryReadyThresholdPercent: "leaf",
  canaryReadyThresholdPercent: "leaf",
  metrics: [
    "each",
    {
      name: "leaf",
      path: "leaf",
      source: {
        kind: "leaf",
        "name?": "leaf",
        "query?": "leaf",
        "namespace?": "leaf",
        "variables?": ["byName", "leaf"],
      },
      "interval?": "leaf",
      bounds: { "min?": "leaf", "max?": "leaf" },
    },
  ],
};

const workload: ShapeOf<Observation["target"]> = {
  kind: "leaf",
  name: "leaf",
  revision: "leaf",
  matchesPrimary: "leaf",
  desiredPods: "leaf",
  availablePods: "leaf",
  isReady: "leaf",
  "notReadyReason?": "leaf",
  hasGivenUp: "leaf",
  "progressedAt?": "leaf",
};

const endpoints: ShapeOf<Observation["endpoints"]["canary"]> = { ready: "leaf", heard: "leaf", "nextHeardAt?": "leaf" };

export const OBSERVATION: ShapeOf<Observation> = {
  now: "leaf",
  canary: {
    namespace: "leaf",
    name: "leaf",
    generation: "leaf",
    deleting: "leaf",
    hasFinalizer: "leaf",
    createdAt: "leaf",
  },
  spec: {
    "provider?": "leaf",
    "metricsServer?": "leaf",
    target: targetRef,
    service,
    analysis,
    progressDeadline: "leaf",
    skipAnalysis: "leaf",
    revertOnDeletion: "leaf",
    suspend: "leaf",
  },
  status,
  "target?": workload,
  "primary?": workload,
  configs: { kind: "leaf", "checksums?": ["byName", "leaf"] },
  "route?": { plan, since: "leaf" },
  endpoints: { primary: endpoints, canary: endpoints },
  apexOnPrimary: "leaf",
  givenBack: "leaf",
  "givenBackSince?": "leaf",
  problems: ["each", problem],
  literalWindow: "leaf",
  "round?": {
    id: "leaf",
    measurements: [
      "each",
      { name: "leaf", query: "leaf", at: "leaf", sample: { kind: "leaf", "value?": "leaf", "why?": "leaf" } },
    ],
  },
  timing: { settle: "leaf", drain: "leaf" },
};

export const DECISION: ShapeOf<Decision> = {
  status,
  levels: {
    scaffold: "leaf",
    "traffic?": plan,
    primary: { kind: "leaf", "revision?": "leaf" },
    target: "leaf",
    finalizer: "leaf",
  },
  "round?": { id: "leaf", window: "leaf" },
  announcements: ["each", { type: "leaf", message: "leaf" }],
  "wakeAt?": "leaf",
};
