import { executionError } from "./errors.ts";
import type { Evaluation, Stretch } from "./evaluation.ts";
import { type Call, type Expression, unwrapped } from "./expression.ts";
import { histogramQuantile } from "./histogram.ts";
import { demandedLabels, labelJoin, labelReplace } from "./labelFunctions.ts";
import { type Labels, labelsOf, METRIC_NAME, NO_LABELS } from "./labels.ts";
import { numericFunction } from "./numericFunctions.ts";
import { rangeFunction } from "./rangeFunctions.ts";
import { type Sample, scalar, type Value, vector } from "./value.ts";

/** What a function comes to at one moment. */
export function callFunction(evaluator: Evaluation, call: Call, at: number): Value {
  const over = rangeFunction(call.name);
  if (over !== undefined) return vector(overRange(evaluator, call, at));
  if (call.name === "absent_over_time") return vector(absentOverTime(evaluator, call, at));
  const [first] = call.args;
  if (call.name === "timestamp" && first !== undefined) return vector(timestamps(evaluator, first, at));
  const args = call.args.map((arg) => evaluator.at(arg, at));
  const value = ofValues(call, args, at);
  if (value.kind === "vector") evaluator.distinctness.within(value.samples);
  return value;
}

function ofValues(call: Call, args: readonly Value[], at: number): Value {
  const samples = args.flatMap((arg) => (arg.kind === "vector" ? arg.samples : []));
  const numbers = args.flatMap((arg) => (arg.kind === "scalar" ? arg.value : []));
  const texts = args.flatMap((arg) => (arg.kind === "string" ? arg.text : []));
  const [number = Number.NaN] = numbers;
  switch (call.name) {
    case "time":
      return scalar(at / 1000);
    case "pi":
      return scalar(Math.PI);
    case "scalar":
      return scalar(samples.length === 1 ? (samples[0]?.value ?? Number.NaN) : Number.NaN);
    case "vector":
      return vector([{ labels: NO_LABELS, value: number }]);
    case "absent":
      return vector(samples.length > 0 ? [] : [{ labels: absentLabels(call.args[0]), value: 1 }]);
    case "sort":
      return vector(samples.toSorted((one, other) => compareValues(one.value, other.value)));
    case "sort_desc":
      return vector(samples.toSorted((one, other) => compareValues(one.value, other.value, "descending")));
    case "histogram_quantile":
      return vector(histogramQuantile(number, samples));
    case "label_replace":
      return vector(labelReplace(samples, texts));
    case "label_join":
      return vector(labelJoin(samples, texts));
    default:
      return vector(ofNumbers(call, samples, numbers, at));
  }
}

function ofNumbers({ name, args }: Call, samples: readonly Sample[], numbers: readonly number[], at: number) {
  const change = numericFunction(name);
  if (change === undefined) throw executionError(`not supported here: the function ${name}`);
  // The parts of a date are those of the moment itself when no vector is given.
  if (args.length === 0) return [{ labels: NO_LABELS, value: change(at / 1000, []) }];
  const [min = 0, max = 0] = numbers;
  if (name === "clamp" && max < min) return [];
  return samples.map(({ labels, value }) => ({ labels: labels.nameless, value: change(value, numbers) }));
}

/** NaN goes to the end, whichever way is sorted. */
function compareValues(one: number, other: number, way: "ascending" | "descending" = "ascending"): number {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
  if (one === other) return 0;
  return one < other === (way === "ascending") ? -1 : 1;
}

function rangeArgument(evaluator: Evaluation, call: Call, at: number): ReturnType<Evaluation["stretches"]> {
  const range = call.args.map(unwrapped).find(({ kind }) => kind === "range" || kind === "subquery");
  if (range?.kind === "range" || range?.kind === "subquery") return evaluator.stretches(range, at);
  throw executionError(`${call.name} needs a range vector`);
}

function overRange(evaluator: Evaluation, call: Call, at: number): readonly Sample[] {
  const { stretches, window } = rangeArgument(evaluator, call, at);
  const calculate = rangeFunction(call.name);
  const parameters = call.args.map((arg) => (isRange(arg) ? undefined : evaluator.at(arg, at)));
  const parameter = parameters.find((value) => value?.kind === "scalar");
  const number = parameter?.kind === "scalar" ? parameter.value : Number.NaN;
  // Only this one hands a sample on as it is, so only this one keeps the metric's name.
  const keepsName = call.name === "last_over_time";
  const sources: Stretch[] = [];
  const results: Sample[] = [];
  for (const stretch of stretches) {
    const value = calculate?.(stretch.points, window, number);
    if (value === undefined) continue;
    sources.push(stretch);
    results.push({ labels: keepsName ? stretch.labels : stretch.labels.nameless, value });
  }
  if (!isOfOneMetric(call)) evaluator.distinctness.across(call, sources, results);
  return results;
}

/** Then the name that is lost told nothing apart. */
function isOfOneMetric({ args }: Call): boolean {
  const range = args.map(unwrapped).find(({ kind }) => kind === "range");
  return (
    range?.kind === "range" &&
    range.selector.matchers.some(({ name, operator }) => name === METRIC_NAME && operator === "=")
  );
}

function isRange(expression: Expression): boolean {
  const { kind } = unwrapped(expression);
  return kind === "range" || kind === "subquery";
}

function absentOverTime(evaluator: Evaluation, call: Call, at: number): readonly Sample[] {
  const { stretches } = rangeArgument(evaluator, call, at);
  return stretches.length > 0 ? [] : [{ labels: absentLabels(call.args[0]), value: 1 }];
}

function absentLabels(expression: Expression | undefined): Labels {
  const bare = expression === undefined ? undefined : unwrapped(expression);
  const selector = bare?.kind === "range" ? bare.selector : bare;
  return selector?.kind === "selector" ? labelsOf(demandedLabels(selector.matchers)) : NO_LABELS;
}

/** Of a selector, the times of the samples themselves; of all else, the moment of evaluation. */
function timestamps(evaluator: Evaluation, arg: Expression, at: number): readonly Sample[] {
  const bare = unwrapped(arg);
  if (bare.kind === "selector") return distinct(evaluator, evaluator.select(bare, at), (sample) => sample.when);
  const value = evaluator.at(arg, at);
  return distinct(evaluator, value.kind === "vector" ? value.samples : [], () => at);
}

function distinct<S extends Sample>(evaluator: Evaluation, samples: readonly S[], when: (sample: S) => number) {
  const results = samples.map((sample) => ({ labels: sample.labels.nameless, value: when(sample) / 1000 }));
  evaluator.distinctness.within(results);
  return results;
}
