import type { CanarySpec } from "./spec.ts";
import type { Outcome, Problem, Status } from "./status.ts";
import type { Duration, Instant } from "./time.ts";
import type { TrafficPlan } from "./traffic.ts";

/** Everything a decision may depend on, gathered from caches in one go. */
export interface Observation {
  readonly now: Instant;
  readonly canary: CanaryFacts;
  readonly spec: CanarySpec;
  readonly status: Status;
  readonly target: WorkloadFacts | undefined;
  readonly primary: WorkloadFacts | undefined;
  readonly configs: ConfigFacts;
  /** The route as read back from the API server; undefined while there is none of ours. */
  readonly route: RouteFacts | undefined;
  /** Who answers behind the Service of each version, as the API server tells the proxies. */
  readonly endpoints: Readonly<Record<Version, EndpointFacts>>;
  /** Whether the apex Service sends its traffic to the primary. */
  readonly apexOnPrimary: boolean;
  /** What was there before Serin has been put back (only looked at while terminating). */
  readonly givenBack: boolean;
  /** And since when, as far as can be told. */
  readonly givenBackSince?: Instant | undefined;
  /** Blocking and advisory problems that observing found. */
  readonly problems: readonly Problem[];
  /** The longest time that any metric's query looks back by its own text. */
  readonly literalWindow: Duration;
  /** The answer to the evaluation round that the status is waiting for, if it has come. */
  readonly round: RoundResult | undefined;
  readonly timing: Timing;
}

/** The two that traffic is split between. */
export type Version = "primary" | "canary";

/** Pods come to the proxies through the endpoints of a Service, and are there later than their workload reports them. */
export interface EndpointFacts {
  /** Pods that the Service sends requests to. */
  readonly ready: number;
  /** Those of them that have been there for as long as the slowest proxy needs to hear of it. */
  readonly heard: number;
  /** When the next one will have been; undefined when all have. */
  readonly nextHeardAt: Instant | undefined;
}

export interface CanaryFacts {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly deleting: boolean;
  readonly hasFinalizer: boolean;
  /** When the API server stored it first. */
  readonly createdAt: Instant;
}

/** How long the world needs to follow; from the controller's configuration. */
export interface Timing {
  /** From reading a route, or endpoints, back until the slowest proxy is expected to obey them. */
  readonly settle: Duration;
  /** From then until pods without traffic have answered what they had. */
  readonly drain: Duration;
}

/** A workload as its own controller reports it. */
export interface WorkloadFacts {
  /** `Deployment/podinfo`-like kind and name, for sentences. */
  readonly kind: string;
  readonly name: string;
  /** Hash of the pod template the object asks for now; for the primary, of the target's template it was copied from. */
  readonly revision: string;
  /** For the target: whether the primary runs the same template, whatever hashes were stored. */
  readonly matchesPrimary: boolean;
  readonly desiredPods: number;
  /** Pods that are available now, of any revision. */
  readonly availablePods: number;
  /** Whether the object's controller has seen its newest generation and every pod runs it (readiness threshold applied). */
  readonly isReady: boolean;
  /** Why it is not ready, in the words of `kubectl rollout status`; undefined when it is. */
  readonly notReadyReason: string | undefined;
  /** The workload's own controller has given up on the newest generation (ProgressDeadlineExceeded). */
  readonly hasGivenUp: boolean;
  /** When its controller last saw progress, or lost availability. */
  readonly progressedAt: Instant | undefined;
}

export type ConfigFacts =
  /** Tracking is off, or nothing refers to any config. */
  | { readonly kind: "known"; readonly checksums: Readonly<Record<string, string>> | undefined }
  /** Being read; never treated as a change. */
  | { readonly kind: "reading" };

export interface RouteFacts {
  readonly plan: TrafficPlan;
  /** Since when it has been so, as far as can be told. */
  readonly since: Instant;
}

/** Names one evaluation round, so that a late answer to an earlier one is never taken for this one's. */
export type RoundId = string;

export interface RoundResult {
  readonly id: RoundId;
  readonly measurements: readonly Measurement[];
}

/** One metric, measured once. Judged by the domain, which knows the bounds. */
export interface Measurement {
  readonly name: string;
  readonly query: string;
  readonly at: Instant;
  readonly sample: MeasuredSample;
}

export type MeasuredSample =
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "noData"; readonly why: string }
  | { readonly kind: "unmeasurable"; readonly why: string };

export interface Verdict {
  readonly outcome: Outcome;
  /** The first measurement that is not a pass, or a summary. */
  readonly sentence: string;
}
