import type { Labels } from "./labels.ts";
import type { Matcher } from "./matcher.ts";

interface Labelled {
  readonly labels: Labels;
}

/** Finds series by the values of their labels. A label is indexed when it is first asked for, as most never are. */
export class LabelIndex<S extends Labelled> {
  readonly #all: () => Iterable<S>;
  /** Label name → value → the series that have it. */
  readonly #postings = new Map<string, Map<string, Set<S>>>();

  /** What is there when a label is first asked for; what comes and goes later is told by `add` and `remove`. */
  constructor(all: () => Iterable<S>) {
    this.#all = all;
  }

  add(series: S): void {
    for (const [name, values] of this.#postings) post(values, series, name);
  }

  remove(series: S): void {
    for (const [name, values] of this.#postings) {
      const value = series.labels.get(name);
      const holders = values.get(value);
      holders?.delete(series);
      if (holders?.size === 0) values.delete(value);
    }
  }

  values(name: string): Iterable<string> {
    return this.#indexOf(name).keys();
  }

  /** The smallest set that an equality, or a regular expression of plain words, lets through; undefined where there is none. */
  narrowest(matchers: readonly Matcher[]): readonly S[] | undefined {
    let best: Set<S>[] | undefined;
    let size = Number.POSITIVE_INFINITY;
    for (const { name, words } of matchers) {
      if (words === undefined) continue;
      const index = this.#indexOf(name);
      const sets = words.flatMap((word) => index.get(word) ?? []);
      const count = sets.reduce((sum, set) => sum + set.size, 0);
      if (count < size) [best, size] = [sets, count];
    }
    return best?.flatMap((set) => [...set]);
  }

  #indexOf(name: string): ReadonlyMap<string, Set<S>> {
    const known = this.#postings.get(name);
    if (known !== undefined) return known;
    const values = new Map<string, Set<S>>();
    this.#postings.set(name, values);
    for (const series of this.#all()) post(values, series, name);
    return values;
  }
}

function post<S extends Labelled>(values: Map<string, Set<S>>, series: S, name: string): void {
  const value = series.labels.get(name);
  if (value === "") return;
  const holders = values.get(value);
  if (holders === undefined) values.set(value, new Set([series]));
  else holders.add(series);
}
