import { QueryError } from "./errors.ts";
import type { Stretch } from "./evaluation.ts";
import { DEFAULT_OPTIONS, type EngineOptions, Evaluator } from "./evaluator.ts";
import { unwrapped } from "./expression.ts";
import { compareLabels } from "./labels.ts";
import type { Query } from "./parse.ts";
import type { SeriesStore } from "./seriesStore.ts";
import type { Sample } from "./value.ts";

/** The answer to a query, by its type as Prometheus names it. */
export type QueryResult =
  | { readonly type: "scalar"; readonly at: number; readonly value: number }
  | { readonly type: "string"; readonly at: number; readonly text: string }
  | { readonly type: "vector"; readonly at: number; readonly samples: readonly Sample[] }
  | Matrix;

export interface Matrix {
  readonly type: "matrix";
  readonly series: readonly Stretch[];
}

/** The answer for one moment, in milliseconds since the epoch. Throws a `QueryError` where there is none. */
export function evaluate(
  query: Query,
  store: SeriesStore,
  { at, ...given }: { readonly at: number } & Partial<EngineOptions>,
): QueryResult {
  const evaluator = evaluatorFor(store, { start: at, end: at, step: 1 }, given);
  const bare = unwrapped(query.expression);
  if (bare.kind === "range" || bare.kind === "subquery")
    return { type: "matrix", series: inOrder(evaluator.stretches(bare, at).stretches) };
  const value = evaluator.at(query.expression, at);
  switch (value.kind) {
    case "scalar":
      return { type: "scalar", at, value: value.value };
    case "string":
      return { type: "string", at, text: value.text };
    case "vector":
      return { type: "vector", at, samples: value.samples };
  }
}

/** The answers from `start` to `end`, a `step` apart, all in milliseconds. */
export function evaluateRange(
  query: Query,
  store: SeriesStore,
  given: { readonly start: number; readonly end: number; readonly step: number } & Partial<EngineOptions>,
): Matrix {
  if (query.type !== "instant vector" && query.type !== "scalar") {
    const message = `invalid expression type "${query.type}" for range query, must be Scalar or instant Vector`;
    throw new QueryError("bad_data", message);
  }
  const { start, end, step, ...options } = given;
  const series = evaluatorFor(store, { start, end, step }, options).all(query.expression);
  const stretches = series.map(({ labels, samples }) => ({ labels, points: samples.between(start, end) }));
  return { type: "matrix", series: inOrder(stretches) };
}

function evaluatorFor(
  store: SeriesStore,
  queried: { readonly start: number; readonly end: number; readonly step: number },
  given: Partial<EngineOptions>,
): Evaluator {
  const options = { ...DEFAULT_OPTIONS, ...given };
  return new Evaluator(queried, { store, options, queried, budget: { samples: options.maxSamples } });
}

const inOrder = (series: readonly Stretch[]): readonly Stretch[] =>
  series.toSorted((one, other) => compareLabels(one.labels, other.labels));
