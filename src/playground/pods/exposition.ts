/** Counts and distributions in Prometheus' text format. Each series is found by a short key, its labels are made once. */

export type Labels = Readonly<Record<string, string>>;

interface Count {
  readonly labels: string;
  value: number;
}

export class CounterFamily {
  readonly #name: string;
  readonly #series = new Map<string, Count>();

  constructor(name: string) {
    this.#name = name;
  }

  add(key: string, labels: () => Labels, count = 1): void {
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels: printLabels(labels()), value: 0 };
      this.#series.set(key, series);
    }
    series.value += count;
  }

  /** The samples without a head, so that several of one name can stand under one. */
  *samples(): Generator<string> {
    for (const { labels, value } of this.#series.values()) yield `${this.#name}{${labels}} ${value}`;
  }

  text(): string {
    return lines([`# TYPE ${this.#name} counter`, ...this.samples()]);
  }
}

interface Distribution {
  readonly labels: string;
  count: number;
  sum: number;
  /** How many fell under each bound and no lower one; the last is for what exceeds them all. */
  readonly buckets: number[];
}

export class HistogramFamily {
  readonly #name: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Distribution>();

  constructor(name: string, bounds: readonly number[]) {
    this.#name = name;
    this.#bounds = bounds;
  }

  observe(key: string, labels: () => Labels, value: number): void {
    let series = this.#series.get(key);
    if (series === undefined) {
      const buckets = new Array<number>(this.#bounds.length + 1).fill(0);
      series = { labels: printLabels(labels()), count: 0, sum: 0, buckets };
      this.#series.set(key, series);
    }
    series.count += 1;
    series.sum += value;
    const at = this.#bounds.findIndex((bound) => value <= bound);
    const index = at < 0 ? this.#bounds.length : at;
    series.buckets[index] = (series.buckets[index] ?? 0) + 1;
  }

  *samples(): Generator<string> {
    for (const { labels, count, sum, buckets } of this.#series.values()) {
      const comma = labels === "" ? "" : ",";
      let below = 0;
      for (const [index, bound] of [...this.#bounds, "+Inf"].entries()) {
        below += buckets[index] ?? 0;
        yield `${this.#name}_bucket{${labels}${comma}le="${bound}"} ${below}`;
      }
      yield `${this.#name}_sum{${labels}} ${sum}`;
      yield `${this.#name}_count{${labels}} ${count}`;
    }
  }

  text(): string {
    return lines([`# TYPE ${this.#name} histogram`, ...this.samples()]);
  }
}

/** Something that is so now, such as how many connections are open. */
export function gaugeText(
  name: string,
  samples: readonly { readonly labels: Labels; readonly value: number }[],
): string {
  return lines([
    `# TYPE ${name} gauge`,
    ...samples.map(({ labels, value }) => `${name}{${printLabels(labels)}} ${value}`),
  ]);
}

function printLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
    )
    .join(",");
}

const lines = (texts: readonly string[]): string => `${texts.join("\n")}\n`;
