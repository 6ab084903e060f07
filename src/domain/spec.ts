import type { Duration } from "./time.ts";
import type { WeightPercent } from "./traffic.ts";

/** What the owner of a Canary asked for, defaults applied and units made explicit. */
export interface CanarySpec {
  /** The router by its name on the wire; undefined means the controller's default. */
  readonly provider: string | undefined;
  /** Address of the Prometheus that builtin metrics and inline queries are asked of; undefined: the controller's. */
  readonly metricsServer: string | undefined;
  readonly target: TargetRef;
  readonly service: ServiceSpec;
  readonly analysis: AnalysisSpec;
  /** How long anything may go without progress before the rollout gives up. */
  readonly progressDeadline: Duration;
  readonly skipAnalysis: boolean;
  readonly revertOnDeletion: boolean;
  readonly suspend: boolean;
}

export interface TargetRef {
  readonly apiVersion: string;
  readonly kind: "Deployment" | "DaemonSet" | "Service";
  readonly name: string;
}

export type JsonObject = { readonly [field: string]: unknown };

export interface Metadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** How the target is reached. Routing fields are Istio's own and are handed on as they were written. */
export interface ServiceSpec {
  /** Name of the apex Service and of the route; `-primary` and `-canary` are added for the two versions. */
  readonly name: string;
  readonly port: number;
  readonly portName: string;
  readonly targetPort: number | string;
  readonly appProtocol: string | undefined;
  readonly portDiscovery: boolean;
  readonly headless: boolean;
  readonly trafficDistribution: string | undefined;
  readonly hosts: readonly string[];
  readonly gateways: readonly string[];
  readonly delegation: boolean;
  readonly match: readonly JsonObject[];
  readonly rewrite: JsonObject | undefined;
  readonly retries: JsonObject | undefined;
  readonly timeout: string | undefined;
  readonly headers: JsonObject | undefined;
  readonly corsPolicy: JsonObject | undefined;
  readonly trafficPolicy: JsonObject | undefined;
  readonly apex: Metadata | undefined;
  readonly primary: Metadata | undefined;
  readonly canary: Metadata | undefined;
  /** Keys of Service metadata whose live values are left alone. */
  readonly unmanagedLabels: readonly string[];
  readonly unmanagedAnnotations: readonly string[];
}

export interface AnalysisSpec {
  readonly strategy: Strategy;
  /** How long a step bakes, and how often it is judged while it does not pass. */
  readonly interval: Duration;
  /** So many failed checks in one run end it. At least 1. */
  readonly threshold: number;
  readonly primaryReadyThresholdPercent: number;
  readonly canaryReadyThresholdPercent: number;
  readonly metrics: readonly MetricSpec[];
}

/** The ways to expose a new version. Each has its own file in `strategy/`. */
export type Strategy = WeightedStrategy;

export interface WeightedStrategy {
  readonly kind: "weighted";
  /** The canary's weight at each step, ascending, each above 0; never empty. */
  readonly stepWeights: readonly WeightPercent[];
  /** How much traffic goes home at a time after promotion; 0 means all at once. */
  readonly promotionStepWeight: WeightPercent;
}

export interface MetricSpec {
  readonly name: string;
  /** Where it was asked for, for example `spec.analysis.metrics[0]`: metrics are measured in another order. */
  readonly path: string;
  readonly source: MetricSource;
  /** The longest time a measurement looks back; a step younger than this is measured over its own time only. */
  readonly interval: Duration | undefined;
  readonly bounds: Bounds;
}

export type MetricSource =
  | { readonly kind: "builtin"; readonly name: BuiltinMetric }
  | { readonly kind: "query"; readonly query: string }
  | {
      readonly kind: "template";
      readonly name: string;
      readonly namespace: string;
      readonly variables: Readonly<Record<string, string>>;
    };

export type BuiltinMetric = "request-success-rate" | "request-duration";

/** Inclusive. A value outside of either is a failed check. */
export interface Bounds {
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** A field that asks for something this version does not do, or that cannot mean anything. */
export interface Refusal {
  /** Path of the field, for example `spec.analysis.webhooks`. */
  readonly path: string;
  /** What is the matter and what to do about it, as one sentence. */
  readonly message: string;
  readonly reason: "InvalidSpec" | "NotSupported" | "UnknownProvider";
  /** Whether the rollout can be run at all without it. */
  readonly severity: "blocking" | "advisory";
}
