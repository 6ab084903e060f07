import type { Counter, Gauge, Histogram, MeterSpec, Meters } from "../runtime/meters.ts";

/** Meters that keep, of each name, how often it was counted up or observed, whatever its labels. */
export class CountingMeters implements Meters {
  readonly #counts = new Map<string, number>();

  /** 0 where nobody ever counted under this name. */
  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  counter({ name }: MeterSpec): Counter {
    return { add: (_, count = 1) => this.#add(name, count), remove: () => {} };
  }

  gauge(_: MeterSpec): Gauge {
    return { set: () => {}, remove: () => {} };
  }

  histogram({ name }: MeterSpec): Histogram {
    return { observe: () => this.#add(name, 1), remove: () => {} };
  }

  #add(name: string, count: number): void {
    this.#counts.set(name, this.count(name) + count);
  }
}
