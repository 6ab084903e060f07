/** How Prometheus sums many values up; the same for samples over time and for series side by side. */
import { ExactSum } from "./kahan.ts";

export type Values = ArrayLike<number>;

export function sumOf(values: Values): number {
  const sum = new ExactSum();
  for (let at = 0; at < values.length; at++) sum.add(values[at] ?? 0);
  return sum.value;
}

/** Does not overflow where the sum would: it adds shares. An infinite mean stays so until its opposite comes. */
export function meanOf(values: Values): number {
  const mean = new ExactSum();
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    const before = mean.value;
    if (Math.abs(before) === Number.POSITIVE_INFINITY && (before === value || Number.isFinite(value))) continue;
    mean.add(value / (at + 1) - before / (at + 1));
  }
  return mean.value;
}

/** Welford's algorithm. */
export function varianceOf(values: Values): number {
  const mean = new ExactSum();
  const squares = new ExactSum();
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    const distance = value - mean.value;
    mean.add(distance / (at + 1));
    squares.add(distance * (value - mean.value));
  }
  return squares.value / values.length;
}

/** NaN counts only when there is nothing else. */
export function maxOf(values: Values): number {
  let max = values[0] ?? Number.NaN;
  for (let at = 1; at < values.length; at++) {
    const value = values[at] ?? 0;
    if (value > max || Number.isNaN(max)) max = value;
  }
  return max;
}

export function minOf(values: Values): number {
  let min = values[0] ?? Number.NaN;
  for (let at = 1; at < values.length; at++) {
    const value = values[at] ?? 0;
    if (value < min || Number.isNaN(min)) min = value;
  }
  return min;
}

/** NaN before all numbers. */
export function ascending(one: number, other: number): number {
  if (Number.isNaN(one)) return Number.isNaN(other) ? 0 : -1;
  if (Number.isNaN(other)) return 1;
  return one - other || 0;
}

/** The value below which the share `quantile` of them lies, between neighbours in proportion. */
export function quantileOf(quantile: number, values: Values): number {
  if (values.length === 0 || Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const sorted = Array.from(values).sort(ascending);
  const rank = quantile * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (sorted[lower] ?? 0) * (1 - weight) + (sorted[upper] ?? 0) * weight;
}
