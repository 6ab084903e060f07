/** How long answers take around their median: most a little more or less, some much longer (a log-normal spread). */
import type { Random } from "../../runtime/random.ts";
import { DURATION_BOUNDS_MILLIS } from "../metrics/istioLabels.ts";
import { binomial } from "./draw.ts";

/** Of the logarithm: 16 % take more than a third longer than the median, 1 % more than twice as long. */
const SPREAD = 0.32;
/** What the way to a pod and back takes, whatever the pod does. */
export const WAY_MILLIS = 1;

/** The chance that an answer takes longer than this. */
export function shareOver(limitMillis: number, medianMillis: number): number {
  if (limitMillis <= 0) return 1;
  return 1 - normalShare(Math.log(limitMillis / (medianMillis + WAY_MILLIS)) / SPREAD);
}

/** Puts answers into buckets. Remembers what it worked out. */
export class Latency {
  readonly #bounds: readonly number[];
  /** By the median, the conditional chance of each bucket, given that it was none before. */
  readonly #known = new Map<number, readonly (readonly [number, number])[]>();

  constructor(bounds: readonly number[] = DURATION_BOUNDS_MILLIS) {
    this.#bounds = bounds;
  }

  emptyBuckets(): number[] {
    return new Array<number>(this.#bounds.length + 1).fill(0);
  }

  /** Adds so many answers to the buckets. Answers how long they took together, in milliseconds. */
  fill(buckets: number[], count: number, medianMillis: number, dice: Random): number {
    let left = count;
    for (const [index, share] of this.#shares(medianMillis)) {
      const drawn = binomial(left, share, dice);
      buckets[index] = (buckets[index] ?? 0) + drawn;
      left -= drawn;
      if (left === 0) break;
    }
    return count * (medianMillis + WAY_MILLIS) * Math.exp(SPREAD ** 2 / 2);
  }

  #shares(medianMillis: number): readonly (readonly [number, number])[] {
    const known = this.#known.get(medianMillis);
    if (known !== undefined) return known;
    const shares: (readonly [number, number])[] = [];
    let over = 1;
    for (const [index, bound] of [...this.#bounds, Number.POSITIVE_INFINITY].entries()) {
      const next = bound === Number.POSITIVE_INFINITY ? 0 : shareOver(bound, medianMillis);
      if (over - next > 1e-9) shares.push([index, (over - next) / over]);
      over = next;
      if (over < 1e-9) break;
    }
    // What rounding leaves goes to the last one.
    const last = shares.pop();
    if (last !== undefined) shares.push([last[0], 1]);
    if (this.#known.size > 1000) this.#known.clear();
    this.#known.set(medianMillis, shares);
    return shares;
  }
}

/** The normal distribution's, by Abramowitz and Stegun's 7.1.26: good to seven digits. */
function normalShare(deviation: number): number {
  const x = Math.abs(deviation) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const above = 0.5 * series * Math.exp(-x * x);
  return deviation >= 0 ? 1 - above : above;
}
