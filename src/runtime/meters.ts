/** Label values. Keep them bounded: each set of values is a series that somebody pays for. */
export type Labels = Readonly<Record<string, string>>;

/** Something that only grows. */
export interface Counter {
  /** Grow by `count`, 1 unless told otherwise. */
  add(labels?: Labels, count?: number): void;
  /** Stop reporting this series, because its object is gone. */
  remove(labels?: Labels): void;
}

/** Something that rises and falls. */
export interface Gauge {
  set(value: number, labels?: Labels): void;
  /** Stop reporting this series, because its object is gone. */
  remove(labels?: Labels): void;
}

/** How a measure is spread. */
export interface Histogram {
  observe(value: number, labels?: Labels): void;
  /** Stop reporting this series, because its object is gone. */
  remove(labels?: Labels): void;
}

/** What a meter is called and what it means. Durations are in seconds, as Prometheus wants them. */
export interface MeterSpec {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** Where rooms that must not know the metrics library report their numbers. Asking twice for a name gives the same meter. */
export interface Meters {
  counter(spec: MeterSpec): Counter;
  gauge(spec: MeterSpec): Gauge;
  histogram(spec: MeterSpec & { readonly buckets?: readonly number[] }): Histogram;
}

/** Meters that nobody reads. */
export function noMeters(): Meters {
  return {
    counter: () => ({ add: () => {}, remove: () => {} }),
    gauge: () => ({ set: () => {}, remove: () => {} }),
    histogram: () => ({ observe: () => {}, remove: () => {} }),
  };
}
