import type { RequestBatch } from "../../simulator/happening.ts";

/** What became of requests. */
export interface Counts {
  sent: number;
  /** Answered by the new version, well or not. */
  byNew: number;
  /** Answered with an error, by whichever version. */
  failed: number;
  /** Of these, by the new one. */
  failedByNew: number;
  /** Nobody answered. */
  lost: number;
}

/** In thousandths of a second, as all times. */
export const SLICE_MILLIS = 1000;

const nothing = (): Counts => ({ sent: 0, byNew: 0, failed: 0, failedByNew: 0, lost: 0 });

/** Requests by the second since the release in which they ended. Plain data, which threads can hand one another. */
export interface Requests {
  readonly total: Counts;
  readonly slices: (Counts | undefined)[];
}

export const noRequests = (): Requests => ({ total: nothing(), slices: [] });

export interface Since {
  /** The version that counts as the new one. */
  readonly newVersion: string;
  readonly releasedMillis: number;
}

export function addTo({ total, slices }: Requests, batch: RequestBatch, { newVersion, releasedMillis }: Since): void {
  const { fromMillis, toMillis, version, count, outcome } = batch;
  const middle = (Math.max(fromMillis, releasedMillis) + toMillis) / 2 - releasedMillis;
  const index = Math.floor(middle / SLICE_MILLIS);
  const slice = slices[index] ?? nothing();
  slices[index] = slice;
  for (const counts of [slice, total]) {
    counts.sent += count;
    if (version === newVersion) counts.byNew += count;
    if (outcome === "failed") counts.failed += count;
    if (outcome === "failed" && version === newVersion) counts.failedByNew += count;
    if (outcome === "lost") counts.lost += count;
  }
}

/** Put together into stretches of so many slices, up to a moment. */
export function gathered({ slices }: Requests, each: number, endMillis: number): readonly Counts[] {
  const length = Math.max(1, Math.ceil(endMillis / (each * SLICE_MILLIS)));
  const gathered = Array.from({ length }, nothing);
  for (const [index, slice] of slices.entries()) {
    const into = gathered[Math.floor(index / each)];
    if (slice === undefined || into === undefined) continue;
    into.sent += slice.sent;
    into.byNew += slice.byNew;
    into.failed += slice.failed;
    into.failedByNew += slice.failedByNew;
    into.lost += slice.lost;
  }
  return gathered;
}
