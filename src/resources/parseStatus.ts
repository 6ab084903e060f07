import type * as z from "zod";
import { CONDITION_TYPES, type PublicPhase, publicPhase } from "../domain/conditions.ts";
import type { Phase, RetreatReason } from "../domain/phase.ts";
import {
  type ConditionTimes,
  HISTORY_LIMIT,
  type MetricStatus,
  type RevisionRecord,
  type Scope,
  type Status,
} from "../domain/status.ts";
import { type Instant, instant } from "../domain/time.ts";
import { conditionSchema, metricStatusSchema, problemSchema, revisionSchema, statusFields } from "./statusSchema.ts";
import { objectOr, parseInstant, textOr, type WireObject, withoutNulls } from "./wire.ts";

/**
 * The status that an object carries, whoever wrote it: Serin, Flagger, or a hand. Never throws; what makes no sense is
 * read as not there. This is the only place that builds the phase union.
 */
export function parseStatus(wire: unknown): Status {
  const status = objectOr(withoutNulls(wire));
  const phase = parsePhase(status);
  return {
    phase,
    canaryWeight: weightIn(phase) ?? percent(status["canaryWeight"]),
    lastAppliedRevision: textOr(status["lastAppliedSpec"]),
    lastPromotedRevision: textOr(status["lastPromotedSpec"]),
    trackedConfigs: read(statusFields.trackedConfigs, status["trackedConfigs"]),
    failedChecks: count(status["failedChecks"]),
    observedGeneration: count(status["observedGeneration"]),
    lastTransitionAt: parseInstant(status["lastTransitionTime"]),
    suspendedSince: parseInstant(status["suspendedSince"]),
    measurements: items(status["metrics"]).flatMap((item) => parseMetric(item) ?? []),
    reason: textOr(status["message"]),
    problems: items(status["problems"]).flatMap((item) => read(problemSchema, item) ?? []),
    history: items(status["history"])
      .flatMap((item) => parseRevision(item) ?? [])
      .slice(0, HISTORY_LIMIT),
    startedAt: parseInstant(status["startedAt"]),
    scope: parseScope(status),
    conditionTimes: parseConditionTimes(status["conditions"]),
  };
}

/** Half a scope would be half of one run and half of another. */
function parseScope(status: WireObject): Scope | undefined {
  const target = read(statusFields.runTargetRef, status["runTargetRef"]);
  const serviceName = textOr(status["runService"]);
  return target === undefined || serviceName === undefined ? undefined : { target, serviceName };
}

/**
 * `stage` says more than `phase`, and is believed where the two agree. Where they do not, somebody who does not know
 * `stage` wrote the status after us, so `phase` is the newer word.
 */
function parsePhase(status: WireObject): Phase {
  const word = read(statusFields.phase, status["phase"]);
  const staged = stagedPhase(status, word);
  return staged !== undefined && publicPhase(staged) === (word ?? "") ? staged : foreignPhase(status, word);
}

function stagedPhase(status: WireObject, word: PublicPhase | undefined): Phase | undefined {
  const name = read(statusFields.stage, status["stage"]);
  const since = sinceOf(status);
  switch (name) {
    case undefined:
      return undefined;
    case "New":
      return { name };
    case "Steady":
      return { name, outcome: word === "Initialized" ? "Initialized" : "Succeeded" };
    case "Failed":
      return { name, reason: retreatReason(status) };
    case "Retreating":
      return { name, since, reason: retreatReason(status) };
    case "Returning":
      return { name, since, weight: percent(status["canaryWeight"]) };
    case "Baking":
      return {
        name,
        step: count(status["step"]),
        weight: percent(status["canaryWeight"]),
        since,
        checkAt: parseInstant(status["checkAt"]) ?? since,
        evidenceAt: parseInstant(status["evidenceAt"]) ?? since,
      };
    case "Copying":
    case "Adopting":
    case "Warming":
    case "Handing":
    case "Replacing":
    case "Draining":
    case "Stranded":
    case "Terminating":
    case "GivingBack":
      return { name, since };
  }
}

/** The phase to go on from where Flagger, or a hand, left off. */
function foreignPhase(status: WireObject, word: PublicPhase | undefined): Phase {
  const since = sinceOf(status);
  switch (word) {
    case "":
      return { name: "New" };
    case undefined:
      // Nonsense, or none: what was promoted once is not set up a second time.
      return textOr(status["lastPromotedSpec"]) === undefined
        ? { name: "New" }
        : { name: "Steady", outcome: "Succeeded" };
    case "Initializing":
      return { name: "Copying", since };
    case "Initialized":
      return { name: "Steady", outcome: "Initialized" };
    case "Succeeded":
    // Waiting is at rest: the gate before anything is scaled up has not opened, and the change is still to be seen.
    case "Waiting":
      return { name: "Steady", outcome: "Succeeded" };
    // Flagger's primary keeps its pods and its old revision through the analysis: beginning again from no traffic is safe.
    case "Progressing":
    case "WaitingPromotion":
      return { name: "Warming", since };
    // Flagger replaces the primary under traffic. Handing all traffic to the canary first is what we do in its place.
    case "Promoting":
      return { name: "Handing", since };
    case "Finalising":
      return { name: "Draining", since };
    case "Failed":
      // A promotion that failed leaves all traffic on the healthy canary, and says so by the weight alone.
      return percent(status["canaryWeight"]) === 100
        ? { name: "Stranded", since }
        : { name: "Failed", reason: retreatReason(status) };
    case "Terminating":
    case "Terminated":
      return { name: "Terminating", since };
  }
}

/** When the phase began. Without any time in the status it began long ago, so that its deadline is over and it has an exit. */
function sinceOf(status: WireObject): Instant {
  return parseInstant(status["stageSince"]) ?? parseInstant(status["lastTransitionTime"]) ?? instant(0);
}

/** The weight that this phase means, whatever was written beside it; undefined where it may be any. */
function weightIn({ name }: Phase): number | undefined {
  switch (name) {
    case "Baking":
    case "Returning":
    case "Terminating":
    case "GivingBack":
      return undefined;
    case "Handing":
    case "Replacing":
    case "Stranded":
      return 100;
    default:
      return 0;
  }
}

const retreatReason = (status: WireObject): RetreatReason =>
  read(statusFields.reason, status["reason"]) ?? "FailedChecks";

function parseMetric(item: unknown): MetricStatus | undefined {
  const metric = read(metricStatusSchema, item);
  const at = parseInstant(metric?.at);
  if (metric === undefined || at === undefined) return undefined;
  return { ...metric, value: metric.value, at };
}

function parseRevision(item: unknown): RevisionRecord | undefined {
  const record = read(revisionSchema, item);
  const startedAt = parseInstant(record?.startedAt);
  const endedAt = parseInstant(record?.endedAt);
  if (record === undefined || startedAt === undefined || endedAt === undefined) return undefined;
  return { revision: record.revision, startedAt, endedAt, outcome: record.outcome, reason: record.message };
}

function parseConditionTimes(wire: unknown): Readonly<Record<string, ConditionTimes>> {
  const conditions = items(wire).flatMap((item) => read(conditionSchema, item) ?? []);
  return Object.fromEntries(
    CONDITION_TYPES.flatMap((type) => {
      const found = conditions.find((condition) => condition.type === type);
      const status = (["True", "False", "Unknown"] as const).find((word) => word === found?.status);
      const transitionAt = parseInstant(found?.lastTransitionTime);
      if (found === undefined || status === undefined || transitionAt === undefined) return [];
      const updateAt = parseInstant(found.lastUpdateTime) ?? transitionAt;
      return [[type, { status, reason: found.reason, transitionAt, updateAt }] as const];
    }),
  );
}

/** The value if it is of this schema; undefined, never an error, if it is not. */
function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  return schema.safeParse(value).data;
}

const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A count that somebody wrote: whole and not negative. */
function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? Math.max(0, Math.trunc(value)) : 0;
}

const percent = (value: unknown): number => Math.min(100, count(value));
