import type { RoundResult } from "../domain/observation.ts";
import type { Key } from "./ports.ts";

/**
 * Answers from slow outsiders, waiting to be observed. One per rollout: a later answer replaces an earlier one, which
 * nobody waits for any more. Losing one merely repeats a query.
 */
export class Inbox {
  readonly #results = new Map<Key, RoundResult>();
  readonly #wake: (key: Key) => void;

  constructor(wake: (key: Key) => void) {
    this.#wake = wake;
  }

  deliver(key: Key, result: RoundResult): void {
    this.#results.set(key, result);
    this.#wake(key);
  }

  /** The answer to this very round, if it has come. */
  answerTo(key: Key, roundId: string): RoundResult | undefined {
    const result = this.#results.get(key);
    return result?.id === roundId ? result : undefined;
  }

  drop(key: Key): void {
    this.#results.delete(key);
  }
}
