/** What in the manifest makes it so: sentences that name the field and the number, from the spec and from what was run. */
import { objectOr } from "../../resources/wire.ts";
import type { Stage, Trial } from "../../simulation/scenario/trial.ts";
import { type Cause, cause, type Facts } from "./cause.ts";
import { evidence } from "./evidence.ts";
import type { SimulateOptions } from "./options.ts";
import { SLOW_MILLIS, type Study } from "./study.ts";
import { count, duration, percent, some } from "./words.ts";

/** Most important first. */
export function causesOf({ setting, standIns }: Stage, study: Study, options: SimulateOptions): readonly Cause[] {
  const { spec, canary } = setting;
  if (spec === undefined) return [];
  const facts: Facts = { spec, written: objectOr(canary["spec"]), standIns, study, options };
  const unmeasured = standIns.map(({ metric, lacks }) =>
    cause(
      "not-simulated",
      metric.path,
      "bad",
      `${metric.path} (${metric.name}): ${lacks}, which this world does not have: it is taken to pass each time, and what it would stop is stopped nowhere in this report`,
    ),
  );
  const all = [
    ...unmeasured,
    nothingCanFail(facts),
    failingVersion(facts),
    deadVersion(facts),
    slowVersion(facts),
    ...evidence(facts),
    falseAlarms(facts),
    defaultThreshold(facts),
    unused(facts),
    unjudged(facts),
    steps(facts),
    imageMissing(facts),
  ];
  return all
    .filter((one) => one !== undefined)
    .sort((one, other) => Number(one.tone !== "bad") - Number(other.tone !== "bad"));
}

const ANALYSIS = "spec.analysis";
const DEADLINE = "spec.progressDeadlineSeconds";

function nothingCanFail({ spec }: Facts): Cause | undefined {
  if (spec.skipAnalysis)
    return cause(
      "skips-analysis",
      "spec.skipAnalysis",
      "bad",
      "spec.skipAnalysis true: no version is judged; whatever has ready pods gets all traffic at once",
    );
  if (spec.analysis.metrics.length > 0) return undefined;
  return cause(
    "no-metrics",
    `${ANALYSIS}.metrics`,
    "bad",
    `${ANALYSIS}.metrics is empty: nothing can fail but pods that are not ready; each step passes when its time is up`,
  );
}

/** What a version that is plainly bad may do to users before the rule has seen enough. */
function failingVersion(facts: Facts): Cause | undefined {
  const { spec, study, options } = facts;
  const { failing } = study.probes;
  const { threshold, interval } = spec.analysis;
  const who = "a version that fails 9 of 10 requests";
  if (failing.end === "promoted") return promotedAnyway("failing-promoted", who, failing, facts);
  const path = `${ANALYSIS}.threshold`;
  const rule = `${path} ${threshold} × ${ANALYSIS}.interval ${duration(interval)}`;
  const served = servedInWords(failing, options.requestsPerSecond);
  if (served === undefined || failing.retreat !== "FailedChecks") return undefined;
  return cause("failing-version", path, threshold > 1 ? "bad" : "neutral", `${rule}: ${who} ${served}`);
}

/** One that never succeeds may be harder to see than one that seldom does: there is nothing to divide. */
function deadVersion(facts: Facts): Cause | undefined {
  const { spec, study, options } = facts;
  const { failing, dead } = study.probes;
  const who = "a version that fails every request";
  if (dead.end === "promoted" && failing.end !== "promoted") return promotedAnyway("dead-promoted", who, dead, facts);
  const served = servedInWords(dead, options.requestsPerSecond);
  if (served === undefined || dead.retreat !== "NoEvidence") return undefined;
  return cause(
    "dead-version",
    DEADLINE,
    "bad",
    `${longestBlind(spec)}: ${who} cannot be measured (${dead.reason}); it ${served}`,
  );
}

/** Where one that fails is promoted, that says enough. */
function slowVersion(facts: Facts): Cause | undefined {
  const { failing, slow } = facts.study.probes;
  if (facts.spec.skipAnalysis || failing.end === "promoted" || slow.end !== "promoted") return undefined;
  return promotedAnyway("slow-promoted", `a version that answers ${duration(SLOW_MILLIS)} slower`, slow, facts);
}

function promotedAnyway(id: string, who: string, { lastedMillis }: Trial, { spec, standIns }: Facts): Cause {
  const path = `${ANALYSIS}.metrics`;
  const measured = spec.analysis.metrics.filter((metric) => standIns.every((standIn) => standIn.metric !== metric));
  const names = measured.map(({ name }) => name).join(", ");
  const which = measured.length === 0 ? "" : ` (${names})`;
  const others = standIns.length === 0 ? "" : ", unless what is not simulated stops it";
  return cause(id, path, "bad", `${path}${which}: ${who} is promoted after ${duration(lastedMillis)}${others}`);
}

/** What becomes of one that nobody uses, where that was asked. */
function unused({ spec, study }: Facts): Cause | undefined {
  const trial = study.stories.find(({ scenario }) => scenario.name === "no-traffic")?.trial;
  if (trial?.end === "promoted") {
    const path = spec.skipAnalysis ? "spec.skipAnalysis" : `${ANALYSIS}.metrics`;
    const sentence = `${path}: a version that nobody has used is promoted after ${duration(trial.lastedMillis)}`;
    return cause("unused-promoted", path, "bad", sentence);
  }
  if (trial?.retreat !== "NoEvidence") return undefined;
  const { exposedMillis, most } = exposureOf(trial);
  const sentence = `${longestBlind(spec)}: a version that nobody uses stays at ${percent(most)} for ${duration(exposedMillis)}, and is then taken back, whatever it is like`;
  return cause("unused", DEADLINE, "neutral", sentence);
}

/** How long a step goes on of which nothing is measured. */
const longestBlind = ({ progressDeadline, analysis }: Facts["spec"]): string =>
  `${DEADLINE} ${count(progressDeadline / 1000)} + ${ANALYSIS}.interval ${duration(analysis.interval)}`;

/** Undefined where it was not taken back, or no user met it. */
function servedInWords(trial: Trial, requestsPerSecond: number): string | undefined {
  const { exposedMillis, most } = exposureOf(trial);
  if (trial.end !== "rolled back" || exposedMillis === 0) return undefined;
  const { failedByNew, lost } = trial.requests.total;
  const price = `${some(failedByNew + lost, "failed request")} at ${requestsPerSecond} requests/s`;
  return `serves ${percent(most)} of users for ${duration(exposedMillis)} before it is taken away (${price})`;
}

function exposureOf({ weights, lastedMillis }: Trial): { readonly exposedMillis: number; readonly most: number } {
  let exposedMillis = 0;
  let most = 0;
  for (const [index, { atMillis, weight }] of weights.entries()) {
    if (weight === 0) continue;
    exposedMillis += (weights[index + 1]?.atMillis ?? lastedMillis) - atMillis;
    most = Math.max(most, weight);
  }
  return { exposedMillis, most };
}

function falseAlarms({ spec, study, options }: Facts): Cause | undefined {
  const { trials } = study.healthy;
  const back = trials.filter(({ end }) => end === "rolled back");
  const [example] = back;
  if (example === undefined) return undefined;
  const who = `a healthy version (${percent(options.baseErrorPercent)} errors, median ${options.baseLatencyMillis} ms)`;
  const sentence = `${ANALYSIS}.threshold ${spec.analysis.threshold}: ${who} is rolled back in ${back.length} of ${some(trials.length, "run")}, for example because ${example.reason}`;
  return cause("false-alarm", `${ANALYSIS}.threshold`, "bad", sentence);
}

function defaultThreshold({ spec, written }: Facts): Cause | undefined {
  const analysis = objectOr(written["analysis"]);
  if (spec.analysis.metrics.length === 0 || (typeof analysis["threshold"] === "number" && analysis["threshold"] > 0))
    return undefined;
  return cause(
    "default-threshold",
    `${ANALYSIS}.threshold`,
    "neutral",
    `${ANALYSIS}.threshold is not set, which means 1: the first failed check of any metric ends a rollout`,
  );
}

/** From the last step to all traffic is a leap that nobody judges. */
function unjudged({ spec, written, study }: Facts): Cause | undefined {
  const last = spec.analysis.strategy.stepWeights.at(-1) ?? 100;
  const trial = study.healthy.trials.find(({ end }) => end === "promoted");
  if (spec.skipAnalysis || last === 100 || trial === undefined) return undefined;
  const from = trial.weights.findIndex(({ weight }) => weight === 100);
  const start = trial.weights[from]?.atMillis;
  if (start === undefined) return undefined;
  const length = (trial.weights[from + 1]?.atMillis ?? trial.lastedMillis) - start;
  const { words, path } = stepsInWords(objectOr(written["analysis"]), spec.analysis.strategy.stepWeights);
  return cause(
    "unjudged-leap",
    path,
    "neutral",
    `${words}: the last judged step is ${last} %; then the canary takes all traffic for ${duration(length)} while the primary is replaced, and nothing can take it back`,
  );
}

function steps({ spec, written, study }: Facts): Cause | undefined {
  if (spec.skipAnalysis) return undefined;
  const { interval, strategy } = spec.analysis;
  const { stepWeights } = strategy;
  const trial = study.healthy.trials.find(({ end }) => end === "promoted");
  const whole = trial === undefined ? "" : `; a healthy version is promoted after ${duration(trial.lastedMillis)}`;
  const { words, path } = stepsInWords(objectOr(written["analysis"]), stepWeights);
  const number = some(stepWeights.length, "step");
  return cause(
    "steps",
    path,
    "neutral",
    `${words} × ${ANALYSIS}.interval ${duration(interval)}: ${number}, at least ${duration(stepWeights.length * interval)}${whole}`,
  );
}

function stepsInWords(
  { stepWeight, maxWeight }: Readonly<{ [field: string]: unknown }>,
  stepWeights: readonly number[],
): { readonly words: string; readonly path: string } {
  if (typeof stepWeight === "number") {
    const path = `${ANALYSIS}.stepWeight`;
    return { words: `${path} ${stepWeight} to ${ANALYSIS}.maxWeight ${Number(maxWeight) || 100}`, path };
  }
  const path = `${ANALYSIS}.stepWeights`;
  return { words: `${path} ${stepWeights.join(", ")}`, path };
}

function imageMissing({ spec, written, study }: Facts): Cause | undefined {
  const { imageMissing: trial } = study.probes;
  if (trial.end !== "rolled back") return undefined;
  const isSet = written["progressDeadlineSeconds"] !== undefined;
  const set = isSet ? `${DEADLINE} ${count(spec.progressDeadline / 1000)}` : `${DEADLINE} is not set, which means 600`;
  const hurt = trial.requests.total.byNew === 0 ? "; no user meets it" : "";
  return cause(
    "image-missing",
    DEADLINE,
    "neutral",
    `${set}: an image that cannot be pulled is noticed after ${duration(trial.lastedMillis)}${hurt}`,
  );
}
