import type { Problem } from "../domain/status.ts";
import type { Key } from "./ports.ts";

/**
 * What the API server refused to take from us, by rollout: told on the object until a later attempt gets through.
 * Kept in memory only, since a new process finds out by trying.
 */
export class Rejections {
  readonly #problems = new Map<Key, Problem>();

  of(key: Key): readonly Problem[] {
    const problem = this.#problems.get(key);
    return problem === undefined ? [] : [problem];
  }

  /** Remember a refusal; answers whether that is news. */
  remember(key: Key, message: string): boolean {
    const isNews = this.#problems.get(key)?.message !== message;
    this.#problems.set(key, { reason: "ApplyRejected", message, severity: "blocking" });
    return isNews;
  }

  /** The last attempt got through; answers whether there was something to forget. */
  forget(key: Key): boolean {
    return this.#problems.delete(key);
  }
}
