import type { Phase } from "./phase.ts";
import type { TargetRef } from "./spec.ts";
import type { Instant } from "./time.ts";
import type { WeightPercent } from "./traffic.ts";

/** What is known of a rollout across restarts: the write-ahead log of every decision. */
export interface Status {
  readonly phase: Phase;
  /** The canary's weight that this phase holds. */
  readonly canaryWeight: WeightPercent;
  /** The revision that was last acted on: under way, promoted or failed. */
  readonly lastAppliedRevision: string | undefined;
  readonly lastPromotedRevision: string | undefined;
  /** Checksums of the ConfigMaps and Secrets that belong to the applied revision; undefined when never tracked. */
  readonly trackedConfigs: Readonly<Record<string, string>> | undefined;
  readonly failedChecks: number;
  /** Generation of the Canary that this status answers. */
  readonly observedGeneration: number;
  readonly lastTransitionAt: Instant | undefined;
  readonly suspendedSince: Instant | undefined;
  /** What each metric last measured. */
  readonly measurements: readonly MetricStatus[];
  /** Why the rollout is where it is, in one sentence. */
  readonly reason: string | undefined;
  /** What cannot or will not be done, most important first. */
  readonly problems: readonly Problem[];
  /** Ends of earlier runs, newest first, bounded. */
  readonly history: readonly RevisionRecord[];
  /** When the run under way began; undefined at rest. */
  readonly startedAt: Instant | undefined;
  /** What the run under way was begun for; undefined where the spec's own names count. */
  readonly scope: Scope | undefined;
  /** When each condition last changed its status, by type. Kept so that printing it again changes nothing. */
  readonly conditionTimes: Readonly<Record<string, ConditionTimes>>;
}

/** What a run was begun for. Its traffic goes by these names until it is over, whatever the spec says since. */
export interface Scope {
  readonly target: TargetRef;
  /** Name of the apex Service and of the route. */
  readonly serviceName: string;
}

export interface ConditionTimes {
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly transitionAt: Instant;
  readonly updateAt: Instant;
}

export type Outcome = "pass" | "fail" | "noData" | "unmeasurable";

export interface MetricStatus {
  readonly name: string;
  /** Undefined when there was none: no data, or it could not be measured. */
  readonly value: number | undefined;
  /** The rule in words, for example `>= 99%`. */
  readonly bound: string;
  readonly query: string;
  /** How many measurements of this metric the step has had. */
  readonly samples: number;
  readonly verdict: Outcome;
  readonly at: Instant;
  /** The measurement in one sentence. */
  readonly message: string;
}

/** A named thing that stands in the way, with the field to look at. Becomes a condition, an Event and a metric. */
export interface Problem {
  readonly reason: ProblemReason;
  /** One sentence that begins with the field path. */
  readonly message: string;
  /**
   * Advisory problems are told; blocking ones hold the rollout where it stands. Holding ones are told like blocking ones
   * and hold up only what needs them: a metric that cannot be measured must not hide what the others have seen.
   */
  readonly severity: "blocking" | "holding" | "advisory";
}

export type ProblemReason =
  | "InvalidSpec"
  | "NotSupported"
  | "UnknownProvider"
  | "TargetNotFound"
  | "SelectorLabelMissing"
  | "TargetConflict"
  | "ConfigNotFound"
  | "ConfigUnreadable"
  | "MetricTemplateNotFound"
  | "MetricTemplateInvalid"
  | "SecretUnreadable"
  | "RouteConflict"
  | "ServiceConflict"
  | "WorkloadConflict"
  | "ApplyRejected"
  | "PrimaryNotReady"
  | "TargetNotReady";

export interface RevisionRecord {
  readonly revision: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly outcome: "promoted" | "rolledBack" | "superseded" | "reverted" | "promotionFailed";
  readonly reason: string;
}

export const HISTORY_LIMIT = 10;

export function newStatus(): Status {
  return {
    phase: { name: "New" },
    canaryWeight: 0,
    lastAppliedRevision: undefined,
    lastPromotedRevision: undefined,
    trackedConfigs: undefined,
    failedChecks: 0,
    observedGeneration: 0,
    lastTransitionAt: undefined,
    suspendedSince: undefined,
    measurements: [],
    reason: undefined,
    problems: [],
    history: [],
    startedAt: undefined,
    scope: undefined,
    conditionTimes: {},
  };
}

/** Flagger's own hashes: FNV-32 made safe for names. Ours never match this. */
const FLAGGER_HASH = /^[4-9bcdf]{1,10}$/;

/** Whether a stored revision was computed by Flagger and so can be compared with none of ours. */
export function isForeignRevision(revision: string | undefined): boolean {
  return revision !== undefined && FLAGGER_HASH.test(revision);
}
