import type { Phase } from "./phase.ts";
import type { ConditionTimes, Problem, Status } from "./status.ts";
import type { Instant } from "./time.ts";

/** Flagger's words for where a rollout is: what people, scripts and Argo CD read. The empty word means not begun. */
export type PublicPhase =
  | ""
  | "Initializing"
  | "Initialized"
  | "Waiting"
  | "Progressing"
  | "WaitingPromotion"
  | "Promoting"
  | "Finalising"
  | "Succeeded"
  | "Failed"
  | "Terminating"
  | "Terminated";

/** The types of our conditions: Flagger's own, and the two that kstatus reads. */
export const CONDITION_TYPES = ["Promoted", "Ready", "Stalled"] as const;

export type ConditionType = (typeof CONDITION_TYPES)[number];

export interface Condition extends ConditionTimes {
  readonly type: ConditionType;
  readonly message: string;
}

/** What conditions are computed from, besides the status. */
export interface ConditionContext {
  /** Kind of the target, for sentences. */
  readonly kind: string;
  /** When a condition that differs from before is said to have changed. */
  readonly now: Instant;
}

type Verdict = Pick<Condition, "type" | "status" | "reason" | "message">;

/** The word that Flagger would use for this phase. */
export function publicPhase(phase: Phase): PublicPhase {
  switch (phase.name) {
    case "New":
      return "";
    case "Copying":
    case "Adopting":
      return "Initializing";
    case "Steady":
      return phase.outcome;
    case "Warming":
    case "Baking":
    case "Retreating":
      return "Progressing";
    case "Handing":
    case "Replacing":
    case "Returning":
      return "Promoting";
    case "Draining":
      return "Finalising";
    case "Failed":
    case "Stranded":
      return "Failed";
    case "Terminating":
    case "GivingBack":
      return "Terminating";
  }
}

/**
 * The conditions that this status means. One whose status and reason are as before keeps its times, so computing them
 * again changes nothing.
 */
export function conditionsOf(status: Status, context: ConditionContext): readonly Condition[] {
  const verdicts = [promoted(status.phase, context.kind), ready(status), stalled(status)];
  return verdicts
    .filter((verdict) => verdict !== undefined)
    .map((verdict) => dated(verdict, status.conditionTimes[verdict.type], context.now));
}

/** What must be remembered of conditions for their times to last. */
export function conditionTimesOf(conditions: readonly Condition[]): Readonly<Record<string, ConditionTimes>> {
  return Object.fromEntries(
    conditions.map(({ type, status, reason, transitionAt, updateAt }) => [
      type,
      { status, reason, transitionAt, updateAt },
    ]),
  );
}

/** The status with the times of its conditions brought up to date: what every commit does last. */
export function withConditionTimes(status: Status, context: ConditionContext): Status {
  return { ...status, conditionTimes: conditionTimesOf(conditionsOf(status, context)) };
}

function dated(verdict: Verdict, before: ConditionTimes | undefined, now: Instant): Condition {
  if (before === undefined || before.status !== verdict.status) return { ...verdict, transitionAt: now, updateAt: now };
  const updateAt = before.reason === verdict.reason ? before.updateAt : now;
  return { ...verdict, transitionAt: before.transitionAt, updateAt };
}

/** Flagger's condition, word for word: pipelines wait for it and match its messages. */
function promoted(phase: Phase, kind: string): Verdict | undefined {
  const reason = publicPhase(phase);
  const message = promotedMessage(phase, kind);
  if (message === undefined) return undefined;
  const status =
    reason === "Initialized" || reason === "Succeeded" ? "True" : reason === "Failed" ? "False" : "Unknown";
  return { type: "Promoted", status, reason, message };
}

function promotedMessage(phase: Phase, kind: string): string | undefined {
  switch (phase.name) {
    case "New":
      return undefined;
    case "Copying":
    case "Adopting":
    case "Terminating":
    case "GivingBack":
      return `New ${kind} detected, starting initialization.`;
    case "Steady":
      return phase.outcome === "Initialized"
        ? `${kind} initialization completed.`
        : "Canary analysis completed successfully, promotion finished.";
    case "Warming":
    case "Baking":
    case "Retreating":
      return "New revision detected, progressing canary analysis.";
    case "Handing":
    case "Replacing":
    case "Returning":
      return "Canary analysis completed, starting primary rolling update.";
    case "Draining":
      return "Canary analysis completed, routing all traffic to primary.";
    case "Failed":
      return `Canary analysis failed, ${kind} scaled to zero.`;
    case "Stranded":
      // Flagger says `scaled to zero` here as well, while the canary serves everyone.
      return `Promotion failed, ${kind} keeps all traffic until the primary is ready.`;
  }
}

/** True only at rest, on what the target asks for, with nothing in the way. */
function ready(status: Status): Verdict {
  const grave = gravestProblem(status);
  if (grave !== undefined) return { type: "Ready", status: "False", reason: grave.reason, message: grave.message };
  const message = withAdvice(sentence(status), status.problems);
  const { phase } = status;
  if (phase.name === "Steady") return { type: "Ready", status: "True", reason: phase.outcome, message };
  const isOver = phase.name === "Failed" || phase.name === "Stranded";
  return { type: "Ready", status: isOver ? "False" : "Unknown", reason: phaseWord(phase), message };
}

/** True when only a human can help: kstatus then reports a failure instead of waiting for ever. */
function stalled(status: Status): Verdict {
  const grave = gravestProblem(status);
  if (grave !== undefined) return { type: "Stalled", status: "True", reason: grave.reason, message: grave.message };
  const isOver = status.phase.name === "Failed" || status.phase.name === "Stranded";
  return {
    type: "Stalled",
    status: isOver ? "True" : "False",
    reason: phaseWord(status.phase),
    message: sentence(status),
  };
}

function gravestProblem(status: Status): Problem | undefined {
  return status.problems.find(({ severity }) => severity !== "advisory");
}

/** A condition needs a reason, and `phase` is empty before the beginning. */
const phaseWord = (phase: Phase): string => publicPhase(phase) || "New";

const sentence = (status: Status): string => status.reason ?? status.phase.name;

function withAdvice(message: string, problems: readonly Problem[]): string {
  return [message, ...problems.map((problem) => problem.message)].join("; ");
}
