import type { ExpressionType } from "./expression.ts";

/** What a function takes and gives, as in Prometheus's list of functions. */
export interface Signature {
  readonly args: readonly ExpressionType[];
  /** How many of the last arguments may be left out; `any` when the last may also be repeated. */
  readonly optional: number | "any";
  readonly returns: ExpressionType;
}

const signature = (
  args: readonly ExpressionType[],
  optional: number | "any" = 0,
  returns: ExpressionType = "instant vector",
): Signature => ({ args, optional, returns });

const SCALAR: ExpressionType = "scalar";
const VECTOR: ExpressionType = "instant vector";
const RANGE: ExpressionType = "range vector";
const STRING: ExpressionType = "string";

const NUMERIC =
  "abs ceil exp floor ln log10 log2 sqrt sgn acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh deg rad";
const OVER_TIME = "avg count last max min present stddev stdvar sum absent";
const RANGED = "rate increase irate delta idelta deriv changes resets";
const OF_VECTOR = "absent sort sort_desc timestamp";
const OF_TIME = "minute hour day_of_week day_of_month day_of_year days_in_month month year";

const each = (names: string, of: Signature): [string, Signature][] => names.split(" ").map((name) => [name, of]);

const SIGNATURES: ReadonlyMap<string, Signature> = new Map([
  ...each(NUMERIC, signature([VECTOR])),
  ...OVER_TIME.split(" ").map((name): [string, Signature] => [`${name}_over_time`, signature([RANGE])]),
  ...each(RANGED, signature([RANGE])),
  ...each(OF_VECTOR, signature([VECTOR])),
  ...each(OF_TIME, signature([VECTOR], 1)),
  ["clamp", signature([VECTOR, SCALAR, SCALAR])],
  ["clamp_max", signature([VECTOR, SCALAR])],
  ["clamp_min", signature([VECTOR, SCALAR])],
  ["histogram_quantile", signature([SCALAR, VECTOR])],
  ["label_join", signature([VECTOR, STRING, STRING, STRING], "any")],
  ["label_replace", signature([VECTOR, STRING, STRING, STRING, STRING])],
  ["pi", signature([], 0, SCALAR)],
  ["predict_linear", signature([RANGE, SCALAR])],
  ["quantile_over_time", signature([SCALAR, RANGE])],
  ["round", signature([VECTOR, SCALAR], 1)],
  ["scalar", signature([VECTOR], 0, SCALAR)],
  ["time", signature([], 0, SCALAR)],
  ["vector", signature([SCALAR])],
]);

/** Undefined for what this engine does not have. */
export const signatureOf = (name: string): Signature | undefined => SIGNATURES.get(name);

/** Functions that some Prometheus has and this engine has not. */
const FOREIGN =
  /^(?:histogram_(?:count|sum|avg|fraction|stddev|stdvar|quantiles)|holt_winters|double_exponential_smoothing|mad_over_time|first_over_time|ts_of_\w+_over_time|sort_by_label(?:_desc)?|info|start_timestamp|start|end|range|step)$/;

export const isForeign = (name: string): boolean => FOREIGN.test(name);

/** Each aggregation with the type of its parameter, where it has one. */
const AGGREGATIONS: Readonly<Record<string, ExpressionType | undefined>> = {
  sum: undefined,
  avg: undefined,
  count: undefined,
  min: undefined,
  max: undefined,
  group: undefined,
  stddev: undefined,
  stdvar: undefined,
  topk: SCALAR,
  bottomk: SCALAR,
  quantile: SCALAR,
  count_values: STRING,
};

export const isAggregation = (name: string): boolean => Object.hasOwn(AGGREGATIONS, name);
export const parameterOf = (operator: string): ExpressionType | undefined => AGGREGATIONS[operator];
