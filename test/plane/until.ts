/** Waiting by looking: nothing in the plane sleeps and hopes. */
import { setTimeout as sleep } from "node:timers/promises";

const pollMillis = 50;

export class NeverHappenedError extends Error {
  override readonly name = "NeverHappenedError";
}

/**
 * Looks until `look` returns something that is true, and returns that; 0 and "" are not. When time runs out, the error says what
 * was awaited, and what the last look saw: its thrown error, or whatever it passed to `saw`.
 */
export async function waitFor<T>(
  description: string,
  look: (saw: (state: unknown) => void) => Promise<T | false | undefined> | T | false | undefined,
  timeoutMillis = 60_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMillis;
  let last: unknown = "nothing";
  for (;;) {
    try {
      const answer = await look((state) => {
        last = state;
      });
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last, null, 1);
      throw new NeverHappenedError(`after ${timeoutMillis} ms still not: ${description}\nlast seen: ${seen}`);
    }
    await sleep(pollMillis);
  }
}
