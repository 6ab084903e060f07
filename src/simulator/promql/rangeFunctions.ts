import { extrapolated, instantaneous, regression, type Window } from "./rates.ts";
import { maxOf, meanOf, minOf, quantileOf, sumOf, varianceOf } from "./statistics.ts";
import type { Points } from "./timeline.ts";

/** One series' samples in a window as one value; undefined when they do not suffice. `parameter` is the scalar argument. */
type RangeFunction = (points: Points, window: Window, parameter: number) => number | undefined;

const FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ["rate", (points, window) => extrapolated("rate", points, window)],
  ["increase", (points, window) => extrapolated("increase", points, window)],
  ["delta", (points, window) => extrapolated("delta", points, window)],
  ["irate", (points) => instantaneous("irate", points)],
  ["idelta", (points) => instantaneous("idelta", points)],
  ["deriv", (points) => (points.length < 2 ? undefined : regression(points, points.times[0] ?? 0).slope)],
  ["predict_linear", predictLinear],
  ["changes", ({ values, length }) => transitions(values, length, isChange)],
  ["resets", ({ values, length }) => transitions(values, length, (before, after) => after < before)],
  ["avg_over_time", ({ values }) => meanOf(values)],
  ["sum_over_time", ({ values }) => sumOf(values)],
  ["min_over_time", ({ values }) => minOf(values)],
  ["max_over_time", ({ values }) => maxOf(values)],
  ["count_over_time", ({ length }) => length],
  ["last_over_time", ({ values, length }) => values[length - 1]],
  ["present_over_time", () => 1],
  ["stddev_over_time", ({ values }) => Math.sqrt(varianceOf(values))],
  ["stdvar_over_time", ({ values }) => varianceOf(values)],
  ["quantile_over_time", ({ values }, _, quantile) => quantileOf(quantile, values)],
]);

export const rangeFunction = (name: string): RangeFunction | undefined => FUNCTIONS.get(name);

function predictLinear(points: Points, { at }: Window, seconds: number): number | undefined {
  if (points.length < 2) return undefined;
  const { slope, intercept } = regression(points, at);
  return slope * seconds + intercept;
}

const isChange = (before: number, after: number): boolean =>
  before !== after && !(Number.isNaN(before) && Number.isNaN(after));

function transitions(
  values: ArrayLike<number>,
  length: number,
  counts: (before: number, after: number) => boolean,
): number {
  let found = 0;
  for (let at = 1; at < length; at++) if (counts(values[at - 1] ?? 0, values[at] ?? 0)) found++;
  return found;
}
