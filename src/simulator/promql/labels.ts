/** What a series is called by Prometheus: this label holds the part before the braces. */
export const METRIC_NAME = "__name__";

/** A set of labels, sorted by name, without empty values: Prometheus takes an empty label for an absent one. */
export class Labels {
  readonly names: readonly string[];
  readonly values: readonly string[];
  #key: string | undefined;
  #nameless: Labels | undefined;

  /** The names must be sorted and unique. Use `labelsOf` where that is not known. */
  constructor(names: readonly string[], values: readonly string[]) {
    this.names = names;
    this.values = values;
  }

  /** Equal for equal sets, and for no others. */
  get key(): string {
    if (this.#key === undefined) {
      let key = "";
      for (let at = 0; at < this.names.length; at++) key += `${this.names[at]}\u0000${this.values[at]}\u0001`;
      this.#key = key;
    }
    return this.#key;
  }

  /** The value, empty when there is no such label. */
  get(name: string): string {
    const at = this.names.indexOf(name);
    return at === -1 ? "" : (this.values[at] ?? "");
  }

  /** The same without the name of the metric, which no calculation keeps. */
  get nameless(): Labels {
    if (this.#nameless === undefined) {
      const at = this.names.indexOf(METRIC_NAME);
      this.#nameless = at === -1 ? this : new Labels(this.names.toSpliced(at, 1), this.values.toSpliced(at, 1));
    }
    return this.#nameless;
  }

  filter(keeps: (name: string) => boolean): Labels {
    const names: string[] = [];
    const values: string[] = [];
    for (let at = 0; at < this.names.length; at++) {
      const name = this.names[at] ?? "";
      if (!keeps(name)) continue;
      names.push(name);
      values.push(this.values[at] ?? "");
    }
    return new Labels(names, values);
  }

  /** The same with one label set, or taken away when the value is empty. */
  with(name: string, value: string): Labels {
    const at = this.names.findIndex((own) => own >= name);
    const place = at === -1 ? this.names.length : at;
    if (this.names[place] !== name) {
      if (value === "") return this;
      return new Labels(this.names.toSpliced(place, 0, name), this.values.toSpliced(place, 0, value));
    }
    if (value !== "") return new Labels(this.names, this.values.with(place, value));
    return new Labels(this.names.toSpliced(place, 1), this.values.toSpliced(place, 1));
  }

  entries(): readonly (readonly [string, string])[] {
    return this.names.map((name, at) => [name, this.values[at] ?? ""] as const);
  }

  /** As JSON carries them. */
  toRecord(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.entries());
  }

  /** As Prometheus writes them in its messages. */
  toString(): string {
    const others = this.nameless.entries().map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    return `${this.get(METRIC_NAME)}{${others.join(", ")}}`;
  }
}

export const NO_LABELS = new Labels([], []);

/** Labels from pairs in any order; the last one of a name counts. */
export function labelsOf(pairs: Iterable<readonly [string, string]>): Labels {
  const set = [...new Map(pairs)].filter(([, value]) => value !== "");
  set.sort(([one], [other]) => byText(one, other));
  return new Labels(
    set.map(([name]) => name),
    set.map(([, value]) => value),
  );
}

/** The order of two sets: name by name, then value by value, the shorter one first. */
export function compareLabels(one: Labels, other: Labels): number {
  const shared = Math.min(one.names.length, other.names.length);
  for (let at = 0; at < shared; at++) {
    const order =
      byText(one.names[at] ?? "", other.names[at] ?? "") || byText(one.values[at] ?? "", other.values[at] ?? "");
    if (order !== 0) return order;
  }
  return one.names.length - other.names.length;
}

export function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Whether a label may be called so. */
export const isLabelName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
