import { type Condition, type ConditionContext, conditionsOf, publicPhase } from "../domain/conditions.ts";
import type { Phase } from "../domain/phase.ts";
import { clipped } from "../domain/sentence.ts";
import { HISTORY_LIMIT, type MetricStatus, type RevisionRecord, type Status } from "../domain/status.ts";
import type { WireStatus } from "./statusSchema.ts";
import { printInstant, printSecond } from "./wire.ts";

/**
 * The status as it is written to the object. Every field of Flagger's keeps its name and its meaning; `canaryWeight`,
 * `failedChecks`, `iterations` and `conditions` are always there, because other tools read them unguarded.
 */
export function printStatus(given: Status, context: ConditionContext): WireStatus {
  const status = withTextsCut(given);
  return withoutUndefined({
    phase: publicPhase(status.phase),
    canaryWeight: status.canaryWeight,
    failedChecks: status.failedChecks,
    iterations: 0,
    lastAppliedSpec: status.lastAppliedRevision,
    lastPromotedSpec: status.lastPromotedRevision,
    trackedConfigs: status.trackedConfigs && { ...status.trackedConfigs },
    lastTransitionTime: ifKnown(status.lastTransitionAt, printSecond),
    conditions: conditionsOf(status, context).map(printCondition),
    observedGeneration: status.observedGeneration,
    ...printStage(status.phase),
    startedAt: ifKnown(status.startedAt, printInstant),
    runTargetRef: status.scope && { ...status.scope.target },
    runService: status.scope?.serviceName,
    suspendedSince: ifKnown(status.suspendedSince, printInstant),
    message: status.reason,
    metrics: status.measurements.map(printMetric),
    problems: status.problems.map((problem) => ({ ...problem })),
    history: status.history.slice(0, HISTORY_LIMIT).map(printRevision),
  });
}

/** Cut before conditions are made of them: they have to be the same when they are made of what was read. */
function withTextsCut(status: Status): Status {
  return {
    ...status,
    reason: status.reason && clipped(status.reason),
    problems: status.problems.map((problem) => ({ ...problem, message: clipped(problem.message) })),
  };
}

/** The phase union, flat. Its weight is `canaryWeight`, which holds the same in every phase. */
function printStage(
  phase: Phase,
): Pick<WireStatus, "stage" | "stageSince" | "step" | "checkAt" | "evidenceAt" | "reason"> {
  const stage = phase.name;
  switch (phase.name) {
    case "New":
    case "Steady":
      return { stage };
    case "Failed":
      return { stage, reason: phase.reason };
    case "Baking":
      return {
        stage,
        stageSince: printInstant(phase.since),
        step: phase.step,
        checkAt: printInstant(phase.checkAt),
        evidenceAt: printInstant(phase.evidenceAt),
      };
    case "Retreating":
      return { stage, stageSince: printInstant(phase.since), reason: phase.reason };
    case "Copying":
    case "Adopting":
    case "Warming":
    case "Handing":
    case "Replacing":
    case "Returning":
    case "Draining":
    case "Stranded":
    case "Terminating":
    case "GivingBack":
      return { stage, stageSince: printInstant(phase.since) };
  }
}

function printCondition({ type, status, reason, message, transitionAt, updateAt }: Condition) {
  const times = { lastTransitionTime: printSecond(transitionAt), lastUpdateTime: printSecond(updateAt) };
  return { type, status, reason, message: clipped(message), ...times };
}

function printMetric({ value, ...metric }: MetricStatus) {
  const texts = { bound: clipped(metric.bound), query: clipped(metric.query), message: clipped(metric.message) };
  // JSON knows no Infinity and no NaN; the message tells.
  const number = value !== undefined && Number.isFinite(value) ? { value } : {};
  return { ...metric, ...number, ...texts, at: printInstant(metric.at) };
}

function printRevision({ revision, startedAt, endedAt, outcome, reason }: RevisionRecord) {
  return {
    revision,
    startedAt: printInstant(startedAt),
    endedAt: printInstant(endedAt),
    outcome,
    message: clipped(reason),
  };
}

function ifKnown<Value>(value: Value | undefined, print: (value: Value) => string): string | undefined {
  return value === undefined ? undefined : print(value);
}

function withoutUndefined<Wire extends object>(wire: Wire): Wire {
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined)) as Wire;
}
