import { aggregate } from "./aggregation.ts";
import { evaluateBinary } from "./binary.ts";
import { callFunction } from "./calls.ts";
import { Distinctness } from "./distinctness.ts";
import { executionError } from "./errors.ts";
import type { Evaluation, Stretch, TimedSample } from "./evaluation.ts";
import type { Aggregation, AtModifier, Expression, RangeSelector, Selector, Subquery } from "./expression.ts";
import { type Labels, NO_LABELS } from "./labels.ts";
import type { Window } from "./rates.ts";
import { Samples } from "./samples.ts";
import type { Series, SeriesStore } from "./seriesStore.ts";
import { type Sample, scalar, type Value, vector } from "./value.ts";

export interface EngineOptions {
  /** How far back an instant selector looks for the newest sample. */
  readonly lookbackMillis: number;
  /** The step of a subquery that gives none: the server's own interval of evaluation. */
  readonly subqueryStepMillis: number;
  /** Whether a sample at the very start of a range belongs to it. It did until Prometheus 2, and does not since 3. */
  readonly rangeStart: "included" | "excluded";
  /** How many samples one query may read or yield. */
  readonly maxSamples: number;
}

export const DEFAULT_OPTIONS: EngineOptions = {
  lookbackMillis: 300_000,
  subqueryStepMillis: 60_000,
  rangeStart: "included",
  maxSamples: 20_000_000,
};

/** The moments that are asked about. An instant query has one: start and end are the same. */
export interface Steps {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** One series of an answer: its value at each moment where it has one. */
export interface SteppedSeries {
  readonly labels: Labels;
  readonly samples: Samples;
}

interface Surroundings {
  readonly store: SeriesStore;
  readonly options: EngineOptions;
  /** What `@ start()` and `@ end()` mean, in subqueries as well. */
  readonly queried: Steps;
  readonly budget: { samples: number };
}

/** Evaluates one expression at a row of moments; what does not depend on the moment is looked up once. */
export class Evaluator implements Evaluation {
  readonly steps: Steps;
  readonly distinctness = new Distinctness();
  readonly #around: Surroundings;
  readonly #selected = new Map<Selector, readonly Series[]>();
  readonly #subqueries = new Map<Subquery, readonly SteppedSeries[]>();

  constructor(steps: Steps, around: Surroundings) {
    this.steps = steps;
    this.#around = around;
  }

  /** The expression at every step. */
  all(expression: Expression): readonly SteppedSeries[] {
    const found = new Map<string, SteppedSeries>();
    const add = (labels: Labels, at: number, value: number): void => {
      const series = found.get(labels.key) ?? { labels, samples: new Samples() };
      found.set(labels.key, series);
      series.samples.push(at, value);
    };
    const { start, end, step } = this.steps;
    for (let at = start; at <= end; at += step) {
      const samples = samplesOf(this.at(expression, at));
      this.#spend(samples.length);
      for (const { labels, value } of samples) add(labels, at, value);
    }
    return [...found.values()];
  }

  at(expression: Expression, at: number): Value {
    switch (expression.kind) {
      case "number":
        return scalar(expression.value);
      case "string":
        return expression;
      case "selector":
        return vector(this.select(expression, at));
      case "paren":
        return this.at(expression.of, at);
      case "sign":
        return this.#sign(expression, at);
      case "call":
        return callFunction(this, expression, at);
      case "aggregation":
        return vector(this.#aggregate(expression, at));
      case "binary": {
        const value = evaluateBinary(expression, this.at(expression.left, at), this.at(expression.right, at));
        if (value.kind === "vector") this.distinctness.within(value.samples);
        return value;
      }
      case "range":
      case "subquery":
        throw executionError("a range vector has no value by itself");
    }
  }

  /** The newest sample of each series; `when` is the sample's own time. */
  select(selector: Selector, at: number): readonly TimedSample[] {
    const to = this.#moment(selector.at, at) - selector.offset;
    const from = to - this.#around.options.lookbackMillis + this.#excluded;
    const found: TimedSample[] = [];
    for (const { labels, samples } of this.#series(selector)) {
      const sample = samples.latest(from, to);
      if (sample !== undefined) found.push({ labels, value: sample.value, when: sample.at });
    }
    this.#spend(found.length);
    return found;
  }

  /** What a range selector or a subquery covers, series without samples there left out. */
  stretches(expression: RangeSelector | Subquery, at: number): { stretches: readonly Stretch[]; window: Window } {
    const source = expression.kind === "range" ? expression.selector : expression;
    const to = this.#moment(source.at, at) - source.offset;
    const from = to - expression.range;
    const series = expression.kind === "range" ? this.#series(expression.selector) : this.#subquery(expression);
    const stretches: Stretch[] = [];
    for (const { labels, samples } of series) {
      const points = samples.between(from + this.#excluded, to);
      this.#spend(points.length);
      if (points.length > 0) stretches.push({ labels, points });
    }
    return { stretches, window: { from, to, range: expression.range, at } };
  }

  get #excluded(): number {
    return this.#around.options.rangeStart === "excluded" ? 1 : 0;
  }

  #moment(named: AtModifier | undefined, at: number): number {
    if (named === "start") return this.#around.queried.start;
    if (named === "end") return this.#around.queried.end;
    return named ?? at;
  }

  #series(selector: Selector): readonly Series[] {
    const known = this.#selected.get(selector);
    if (known !== undefined) return known;
    const series = this.#around.store.select(selector.matchers);
    this.#selected.set(selector, series);
    return series;
  }

  /** Evaluated once for all steps: at multiples of its own step, so that its moments do not depend on the question's. */
  #subquery(subquery: Subquery): readonly SteppedSeries[] {
    const known = this.#subqueries.get(subquery);
    if (known !== undefined) return known;
    const step = subquery.step ?? this.#around.options.subqueryStepMillis;
    const first = this.#moment(subquery.at, this.steps.start) - subquery.offset - subquery.range + this.#excluded;
    const end = this.#moment(subquery.at, this.steps.end) - subquery.offset;
    const inner = new Evaluator({ start: Math.ceil(first / step) * step, end, step }, this.#around);
    const series = inner.all(subquery.of);
    this.#subqueries.set(subquery, series);
    return series;
  }

  #sign(expression: Expression & { readonly kind: "sign" }, at: number): Value {
    const value = this.at(expression.of, at);
    if (expression.sign === "+" || value.kind === "string") return value;
    if (value.kind === "scalar") return scalar(-value.value);
    const negated = value.samples.map((sample) => ({ labels: sample.labels.nameless, value: -sample.value }));
    this.distinctness.across(expression, value.samples, negated);
    return vector(negated);
  }

  #aggregate(aggregation: Aggregation, at: number): readonly Sample[] {
    const of = this.at(aggregation.of, at);
    const parameter = aggregation.parameter === undefined ? undefined : this.at(aggregation.parameter, at);
    const given = parameter?.kind === "string" ? parameter.text : parameter?.kind === "scalar" ? parameter.value : 0;
    const samples = of.kind === "vector" ? aggregate(aggregation, of.samples, given) : [];
    this.distinctness.within(samples);
    return samples;
  }

  #spend(samples: number): void {
    this.#around.budget.samples -= samples;
    if (this.#around.budget.samples < 0)
      throw executionError("query processing would load too many samples into memory in query execution");
  }
}

function samplesOf(value: Value): readonly Sample[] {
  if (value.kind === "vector") return value.samples;
  return value.kind === "scalar" ? [{ labels: NO_LABELS, value: value.value }] : [];
}
