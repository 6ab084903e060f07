import { executionError } from "./errors.ts";
import type { Expression } from "./expression.ts";
import type { Labels } from "./labels.ts";

interface Labelled {
  readonly labels: Labels;
}

const MESSAGE = "vector cannot contain metrics with the same labelset";

/** Refuses what Prometheus refuses: two series that only a lost name told apart. */
export class Distinctness {
  readonly #owners = new Map<Expression, Map<string, string>>();

  /** No two samples of one vector have the same labels. */
  within(samples: readonly Labelled[]): void {
    if (samples.length < 2) return;
    const seen = new Set<string>();
    for (const { labels } of samples) seen.add(labels.key);
    if (seen.size < samples.length) throw executionError(MESSAGE);
  }

  /** The same for results that stand for one series each, at all steps together: Prometheus makes these series by series. */
  across(expression: Expression, sources: readonly Labelled[], results: readonly Labelled[]): void {
    const owners = this.#owners.get(expression) ?? new Map<string, string>();
    this.#owners.set(expression, owners);
    results.forEach(({ labels: { key } }, at) => {
      const source = sources[at]?.labels.key ?? "";
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, source);
      else if (owner !== source) throw executionError(MESSAGE);
    });
  }
}
