/** What counts and samples say of what they are drawn from. */

/** In percent, 0 to 100. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** For a normal distribution: 95 % lie within so many standard deviations. */
const DEVIATIONS = 1.959963984540054;

/** Wilson's interval for a share that was seen `hits` times of `runs`, at 95 %: holds for few runs and for shares near 0 and 1. */
export function shareInterval(hits: number, runs: number): Interval {
  if (runs === 0) return { low: 0, high: 100 };
  const share = hits / runs;
  const square = DEVIATIONS ** 2;
  const centre = share + square / (2 * runs);
  const spread = DEVIATIONS * Math.sqrt((share * (1 - share) + square / (4 * runs)) / runs);
  const scale = 1 + square / runs;
  const percent = (value: number): number => Math.min(100, Math.max(0, (100 * value) / scale));
  return {
    low: hits === 0 ? 0 : percent(centre - spread),
    high: hits === runs ? 100 : percent(centre + spread),
  };
}

/** The middle one, or the mean of the two in the middle; undefined where there is none. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return (lower + upper) / 2;
}

export const worst = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((most, value) => Math.max(most, value));
