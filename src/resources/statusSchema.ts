import type * as z from "zod";
import type { PublicPhase } from "../domain/conditions.ts";
import type { PhaseName, RetreatReason } from "../domain/phase.ts";
import type { Outcome, ProblemReason, RevisionRecord } from "../domain/status.ts";
import { targetRefSchema } from "./canarySchema.ts";
import { amount, choice, group, listOf, moment, text, textMap, whole } from "./fields.ts";

/** Every word of a union, once: a word that is missing or misspelt does not compile. */
const wordsOf = <Word extends string>(words: Readonly<Record<Word, true>>): [Word, ...Word[]] =>
  Object.keys(words) as [Word, ...Word[]];

/** Flagger's phases. */
export const publicPhases = wordsOf<PublicPhase>({
  "": true,
  Initializing: true,
  Initialized: true,
  Waiting: true,
  Progressing: true,
  WaitingPromotion: true,
  Promoting: true,
  Finalising: true,
  Succeeded: true,
  Failed: true,
  Terminating: true,
  Terminated: true,
});

/** Our phases, finer than Flagger's. */
export const stages = wordsOf<PhaseName>({
  New: true,
  Copying: true,
  Adopting: true,
  Steady: true,
  Warming: true,
  Baking: true,
  Handing: true,
  Replacing: true,
  Returning: true,
  Draining: true,
  Retreating: true,
  Failed: true,
  Stranded: true,
  Terminating: true,
  GivingBack: true,
});

const retreatReasons = wordsOf<RetreatReason>({
  FailedChecks: true,
  ProgressDeadlineExceeded: true,
  NoEvidence: true,
  TargetGone: true,
  Reverted: true,
  Blocked: true,
});

const problemReasons = wordsOf<ProblemReason>({
  InvalidSpec: true,
  NotSupported: true,
  UnknownProvider: true,
  TargetNotFound: true,
  SelectorLabelMissing: true,
  TargetConflict: true,
  ConfigNotFound: true,
  ConfigUnreadable: true,
  MetricTemplateNotFound: true,
  MetricTemplateInvalid: true,
  SecretUnreadable: true,
  RouteConflict: true,
  ServiceConflict: true,
  WorkloadConflict: true,
  ApplyRejected: true,
  PrimaryNotReady: true,
  TargetNotReady: true,
});

const outcomes = wordsOf<Outcome>({ pass: true, fail: true, noData: true, unmeasurable: true });

const endings = wordsOf<RevisionRecord["outcome"]>({
  promoted: true,
  rolledBack: true,
  superseded: true,
  reverted: true,
  promotionFailed: true,
});

/** One entry of `status.metrics`. */
export const metricStatusSchema = group("What a metric last measured.", {
  name: text("Name of the metric."),
  value: amount("The value; absent when there was none.").optional(),
  bound: text("The rule in words."),
  query: text("The query as it was sent."),
  samples: whole("Measurements of this metric in this step."),
  verdict: choice("What the measurement means.", outcomes),
  at: moment("When it was measured."),
  message: text("The measurement in one sentence."),
});

/** One entry of `status.problems`. */
export const problemSchema = group("A thing that stands in the way.", {
  reason: choice("What kind of thing.", problemReasons),
  message: text("One sentence that begins with the field to look at."),
  severity: choice("Whether it holds the rollout, only what needs it, or nothing.", [
    "blocking",
    "holding",
    "advisory",
  ]),
});

/** One entry of `status.history`. */
export const revisionSchema = group("How an earlier run ended.", {
  revision: text("The revision that was rolled out."),
  startedAt: moment("When the run began."),
  endedAt: moment("When it ended."),
  outcome: choice("How it ended.", endings),
  message: text("Why, in one sentence."),
});

/** One entry of `status.conditions`. */
export const conditionSchema = group("One aspect of the Canary's state.", {
  type: text("Which aspect: Promoted, Ready or Stalled."),
  status: text("True, False or Unknown."),
  reason: text("Why, in one word."),
  message: text("Why, in one sentence.").optional(),
  lastTransitionTime: moment("When the status last changed.").optional(),
  lastUpdateTime: moment("When the status or the reason last changed.").optional(),
});

/** The fields of `status`: Flagger's under their own names, and ours beside them. Flat: no field's shape depends on another. */
export const statusFields = {
  phase: choice("Where the rollout is, in Flagger's words.", publicPhases).optional(),
  canaryWeight: whole("Traffic that the canary should take now, in percent.").optional(),
  failedChecks: whole("Failed checks of this run.").optional(),
  iterations: whole("Checks of this run (A/B and blue/green).").optional(),
  lastAppliedSpec: text("Revision that was last acted on.").optional(),
  lastPromotedSpec: text("Revision that was last promoted.").optional(),
  trackedConfigs: textMap("Checksums of the ConfigMaps and Secrets of the applied revision.").optional(),
  lastTransitionTime: moment("When the phase last changed.").optional(),
  sessionAffinityCookie: text("Session affinity cookie of this run.").optional(),
  primarySessionAffinityCookie: text("Session affinity cookie of the primary.").optional(),
  previousSessionAffinityCookie: text("Session affinity cookie of the run before.").optional(),
  conditions: listOf("Promoted, Ready and Stalled.", conditionSchema).optional(),
  observedGeneration: whole("Generation of the Canary that this status answers.").optional(),
  stage: choice("Where the rollout is, in finer words than phase.", stages).optional(),
  stageSince: moment("Since when.").optional(),
  step: whole("Index of the step that is watched, from 0.").optional(),
  checkAt: moment("When the step is judged next.").optional(),
  evidenceAt: moment("When anything was last measured.").optional(),
  startedAt: moment("When the run under way began.").optional(),
  runTargetRef: targetRefSchema.optional(),
  runService: text("Name of the Service and route that the run under way was begun for.").optional(),
  suspendedSince: moment("Since when the Canary has been suspended.").optional(),
  reason: choice("Why the run is being or was rolled back.", retreatReasons).optional(),
  message: text("Why the rollout is where it is, in one sentence.").optional(),
  metrics: listOf("What each metric last measured.", metricStatusSchema).optional(),
  problems: listOf("What stands in the way, most important first.", problemSchema).optional(),
  history: listOf("Earlier runs, newest first.", revisionSchema).optional(),
};

/** `status` of a Canary. */
export const statusSchema = group("Where the rollout is and why.", statusFields);

/** `status` of a Canary as it is written. */
export type WireStatus = z.output<typeof statusSchema>;
