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

/** Requests by the second since the release in which they ended. */
export class RequestSlices {
  readonly total: Counts = nothing();
  readonly #newVersion: string;
  readonly #slices: (Counts | undefined)[] = [];

  constructor(newVersion: string) {
    this.#newVersion = newVersion;
  }

  add({ fromMillis, toMillis, version, count, outcome }: RequestBatch, sinceMillis: number): void {
    const middle = (Math.max(fromMillis, sinceMillis) + toMillis) / 2 - sinceMillis;
    const index = Math.floor(middle / SLICE_MILLIS);
    const slice = this.#slices[index] ?? nothing();
    this.#slices[index] = slice;
    for (const counts of [slice, this.total]) {
      counts.sent += count;
      if (version === this.#newVersion) counts.byNew += count;
      if (outcome === "failed") counts.failed += count;
      if (outcome === "failed" && version === this.#newVersion) counts.failedByNew += count;
      if (outcome === "lost") counts.lost += count;
    }
  }

  /** Put together into stretches of so many slices, up to a moment. */
  gathered(slices: number, endMillis: number): readonly Counts[] {
    const length = Math.max(1, Math.ceil(endMillis / (slices * SLICE_MILLIS)));
    const gathered = Array.from({ length }, nothing);
    for (const [index, slice] of this.#slices.entries()) {
      const into = gathered[Math.floor(index / slices)];
      if (slice === undefined || into === undefined) continue;
      into.sent += slice.sent;
      into.byNew += slice.byNew;
      into.failed += slice.failed;
      into.failedByNew += slice.failedByNew;
      into.lost += slice.lost;
    }
    return gathered;
  }
}
