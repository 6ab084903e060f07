import {
  DURATION_BOUNDS_MILLIS,
  INGRESS,
  type Reported,
  type Workload,
} from "../../../src/simulator/metrics/istioLabels.ts";
import type { CountedPod, PodCounters, RequestCount } from "../../../src/simulator/metrics/podCounters.ts";

export interface CountingPodOptions {
  readonly name?: string;
  readonly workload?: string;
  readonly address?: string;
}

interface Kind extends RequestCount {
  count: number;
  sumMillis: number;
  buckets: number[];
}

/** A pod in whose proxy a test counts requests by hand. */
export class CountingPod implements PodCounters {
  readonly pod: CountedPod;
  readonly workload: Workload;
  readonly service = { host: "web.test.svc.cluster.local", name: "web", namespace: "test" };
  isServing = true;
  readonly #kinds = new Map<number, Kind>();

  constructor({ name = "web-1", workload = "web", address = `10.0.0.1-${name}` }: CountingPodOptions) {
    this.workload = { name: workload, namespace: "test", app: "web", version: "1.0" };
    this.pod = { namespace: "test", name, address, app: "web", version: "1.0" };
  }

  /** Requests that end with this status: so many of them, each of so many milliseconds. */
  received(code: number): { add(count: number, millis: number): void } {
    const kind = this.#kinds.get(code) ?? this.#newKind(code);
    this.#kinds.set(code, kind);
    return {
      add: (count, millis) => {
        kind.count += count;
        kind.sumMillis += count * millis;
        const found = DURATION_BOUNDS_MILLIS.findIndex((bound) => millis <= bound);
        const bucket = found < 0 ? DURATION_BOUNDS_MILLIS.length : found;
        kind.buckets[bucket] = (kind.buckets[bucket] ?? 0) + count;
      },
    };
  }

  /** The proxy starts again. */
  restart(): void {
    for (const kind of this.#kinds.values())
      Object.assign(kind, { count: 0, sumMillis: 0, buckets: kind.buckets.map(() => 0) });
  }

  read(): readonly RequestCount[] {
    return [...this.#kinds.values()].filter(({ count }) => count > 0);
  }

  #newKind(code: number): Kind {
    const { workload: destination, service } = this;
    const reported: Reported = { reporter: "destination", source: INGRESS, destination, service, code, flags: "-" };
    return { reported, count: 0, sumMillis: 0, buckets: [...DURATION_BOUNDS_MILLIS, 0].map(() => 0) };
  }
}

export const aCountingPod = (options: CountingPodOptions = {}): CountingPod => new CountingPod(options);
