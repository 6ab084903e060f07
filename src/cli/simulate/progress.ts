import type { Progress } from "./study.ts";

export interface ProgressShown {
  readonly tell: Progress;
  /** Leaves nothing behind. */
  end(): void;
}

/** Who waits longer than this wants to know for what. */
const PATIENCE_MILLIS = 2000;
const BETWEEN_MILLIS = 200;
const ERASE = "\r\u001b[K";

/** Tells how far it is, on a terminal alone, once it takes a while. */
export function progressOn(
  stream: NodeJS.WritableStream & { readonly isTTY?: boolean },
  now: () => number = () => performance.now(),
): ProgressShown {
  const began = now();
  let told: number | undefined;
  return {
    tell: (done, all) => {
      const at = now();
      if (stream.isTTY !== true || at - began < PATIENCE_MILLIS || at - (told ?? 0) < BETWEEN_MILLIS) return;
      told = at;
      stream.write(`${ERASE}simulating: ${done} of ${all} rollouts`);
    },
    end: () => {
      if (told !== undefined) stream.write(ERASE);
    },
  };
}
