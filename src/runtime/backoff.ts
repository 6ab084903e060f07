import type { Random } from "./random.ts";

/** How patience grows: doubling from the base, never beyond the cap. Both in milliseconds. */
export interface BackoffPolicy {
  readonly baseMillis: number;
  readonly capMillis: number;
}

/**
 * Milliseconds to wait after the nth failure in a row, the first being 1.
 * Between half and all of the exponential delay, so that those who failed together do not come back together.
 */
export function backoffMillis(policy: BackoffPolicy, failures: number, random: Random): number {
  // Beyond 2^30 the doubling only loses precision, and every sane cap has been passed.
  const doublings = Math.min(30, Math.max(0, failures - 1));
  const longest = Math.min(policy.capMillis, policy.baseMillis * 2 ** doublings);
  return longest * (0.5 + random.next() / 2);
}
