import type { Labels } from "./labels.ts";
import type { Sample } from "./value.ts";

/** The label that holds the upper bound of a bucket. */
const BUCKET_LABEL = "le";

interface Bucket {
  readonly upperBound: number;
  count: number;
}

/** `histogram_quantile` over the buckets of classic histograms, each group of series without `le` being one histogram. */
export function histogramQuantile(quantile: number, samples: readonly Sample[]): readonly Sample[] {
  const histograms = new Map<string, { readonly labels: Labels; readonly buckets: Bucket[] }>();
  for (const { labels, value } of samples) {
    const upperBound = parseBound(labels.get(BUCKET_LABEL));
    if (upperBound === undefined) continue; // No bucket, or one that says nothing.
    const rest = labels.filter((name) => name !== BUCKET_LABEL);
    const histogram = histograms.get(rest.key) ?? { labels: rest.nameless, buckets: [] };
    histograms.set(rest.key, histogram);
    histogram.buckets.push({ upperBound, count: value });
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(quantile, buckets) }));
}

function parseBound(text: string): number | undefined {
  const named = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (named !== null) return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/**
 * Where in its bucket the observation of that rank lies, observations being spread evenly there. The first bucket begins
 * at 0 if it ends above it, and what lies in the last, unbounded one counts as the highest bound.
 * (https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)
 */
function bucketQuantile(quantile: number, given: readonly Bucket[]): number {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const sorted = given.toSorted((one, other) => order(one.upperBound, other.upperBound));
  if (sorted.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return Number.NaN;
  const buckets = monotonic(coalesced(sorted));
  const last = buckets.length - 1;
  const observations = buckets[last]?.count ?? 0;
  if (last < 1 || observations === 0) return Number.NaN;
  const rank = quantile * observations;
  const found = buckets.slice(0, last).findIndex(({ count }) => count >= rank);
  const bucket = buckets[found];
  if (bucket === undefined) return buckets[last - 1]?.upperBound ?? Number.NaN;
  if (found === 0 && bucket.upperBound <= 0) return bucket.upperBound;
  const below = buckets[found - 1] ?? { upperBound: 0, count: 0 };
  const share = (rank - below.count) / (bucket.count - below.count);
  return below.upperBound + (bucket.upperBound - below.upperBound) * share;
}

/** Not a difference: that of two infinities is no number. */
function order(one: number, other: number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Buckets of the same bound, written differently, are one. */
function coalesced(sorted: readonly Bucket[]): readonly Bucket[] {
  const buckets: Bucket[] = [];
  for (const { upperBound, count } of sorted) {
    const last = buckets.at(-1);
    if (last?.upperBound === upperBound) last.count += count;
    else buckets.push({ upperBound, count });
  }
  return buckets;
}

/** A bucket holds all that the smaller ones hold. Scrapes in mid-count, and sums of rates, may say otherwise. */
function monotonic(buckets: readonly Bucket[]): readonly Bucket[] {
  let most = buckets[0]?.count ?? 0;
  return buckets.map(({ upperBound, count }) => {
    if (count > most) most = count;
    return { upperBound, count: Math.max(count, most) };
  });
}
