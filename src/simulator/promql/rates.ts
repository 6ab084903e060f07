import { ExactSum } from "./kahan.ts";
import type { Points } from "./timeline.ts";

/** The span a range covers, in milliseconds; `at` is when the question is asked. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly range: number;
  readonly at: number;
}

/** How far beyond its samples a series may be thought on, in mean distances of them. */
const EXTRAPOLATION_THRESHOLD = 1.1;

export type RateKind = "rate" | "increase" | "delta";

/**
 * What a series rose by in a window, as far as its samples tell, thought on to the ends of the window: to the very end
 * where the samples come close enough, else by half of their mean distance; and never back beyond the zero of a counter.
 * (The rules of `extrapolatedRate` in Prometheus 2, https://prometheus.io/docs/prometheus/latest/querying/functions/#rate)
 */
export function extrapolated(kind: RateKind, { times, values, length }: Points, window: Window): number | undefined {
  if (length < 2) return undefined;
  const [firstAt, lastAt] = [times[0] ?? 0, times[length - 1] ?? 0];
  const first = values[0] ?? 0;
  const isCounter = kind !== "delta";
  const rise = (values[length - 1] ?? 0) - first + (isCounter ? lostInResets(values, length) : 0);
  const sampled = (lastAt - firstAt) / 1000;
  const distance = sampled / (length - 1);
  let toStart = (firstAt - window.from) / 1000;
  const toEnd = (window.to - lastAt) / 1000;
  if (isCounter && rise > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / rise));
  const limit = distance * EXTRAPOLATION_THRESHOLD;
  const span = sampled + (toStart < limit ? toStart : distance / 2) + (toEnd < limit ? toEnd : distance / 2);
  const factor = span / sampled;
  return rise * (kind === "rate" ? factor / (window.range / 1000) : factor);
}

/** A counter that falls was set back to zero: what it had before is not lost. */
function lostInResets(values: ArrayLike<number>, length: number): number {
  let lost = 0;
  let before = values[0] ?? 0;
  for (let at = 1; at < length; at++) {
    const value = values[at] ?? 0;
    if (value < before) lost += before;
    before = value;
  }
  return lost;
}

/** From the last two samples alone. */
export function instantaneous(kind: "irate" | "idelta", { times, values, length }: Points): number | undefined {
  if (length < 2) return undefined;
  const [before, last] = [values[length - 2] ?? 0, values[length - 1] ?? 0];
  const millis = (times[length - 1] ?? 0) - (times[length - 2] ?? 0);
  if (kind === "idelta") return last - before;
  return (last < before ? last : last - before) / (millis / 1000);
}

/** The line that fits best: what it rises by in a second, and where it stands at a moment. */
export function regression({ times, values, length }: Points, zero: number): { slope: number; intercept: number } {
  const [sumX, sumY, sumXY, sumXX] = [new ExactSum(), new ExactSum(), new ExactSum(), new ExactSum()];
  const first = values[0] ?? 0;
  let isConstant = true;
  for (let at = 0; at < length; at++) {
    const x = ((times[at] ?? 0) - zero) / 1000;
    const y = values[at] ?? 0;
    isConstant &&= y === first;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumXX.add(x * x);
  }
  if (isConstant)
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  const covariance = sumXY.value - (sumX.value * sumY.value) / length;
  const variance = sumXX.value - (sumX.value * sumX.value) / length;
  const slope = covariance / variance;
  return { slope, intercept: sumY.value / length - (slope * sumX.value) / length };
}
