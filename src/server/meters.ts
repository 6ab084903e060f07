import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type * as runtime from "../runtime/meters.ts";

/** The metrics of this process. The only file that knows the metrics library. */
export class PrometheusMeters implements runtime.Meters {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, runtime.Counter>();
  readonly #gauges = new Map<string, runtime.Gauge>();
  readonly #histograms = new Map<string, runtime.Histogram>();

  /** Also report the process itself: CPU, memory, event loop. */
  withProcessMetrics(): this {
    collectDefaultMetrics({ register: this.#registry });
    return this;
  }

  counter(spec: runtime.MeterSpec): runtime.Counter {
    return once(this.#counters, spec.name, () => {
      const counter = new Counter({ ...this.#options(spec) });
      return {
        add: (labels = {}, count = 1) => counter.inc({ ...labels }, count),
        remove: (labels = {}) => counter.remove({ ...labels }),
      };
    });
  }

  gauge(spec: runtime.MeterSpec): runtime.Gauge {
    return once(this.#gauges, spec.name, () => {
      const gauge = new Gauge({ ...this.#options(spec) });
      return {
        set: (value, labels = {}) => gauge.set({ ...labels }, value),
        remove: (labels = {}) => gauge.remove({ ...labels }),
      };
    });
  }

  histogram(spec: runtime.MeterSpec & { readonly buckets?: readonly number[] }): runtime.Histogram {
    return once(this.#histograms, spec.name, () => {
      const buckets = spec.buckets === undefined ? {} : { buckets: [...spec.buckets] };
      const histogram = new Histogram({ ...this.#options(spec), ...buckets });
      return {
        observe: (value, labels = {}) => histogram.observe({ ...labels }, value),
        remove: (labels = {}) => histogram.remove({ ...labels }),
      };
    });
  }

  /** Everything, in the text format of Prometheus. */
  async render(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #options({ name, help, labels = [] }: runtime.MeterSpec) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}

function once<T>(known: Map<string, T>, name: string, make: () => T): T {
  const found = known.get(name) ?? make();
  known.set(name, found);
  return found;
}
