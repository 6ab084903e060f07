import { DURATION_BOUNDS_MILLIS, INGRESS, type Reported, type ServiceName, type Workload } from "./istioLabels.ts";

/** A pod whose proxy is scraped. */
export interface CountedPod {
  readonly namespace: string;
  readonly name: string;
  /** Its address, by which the scraper knows it. */
  readonly address: string;
  readonly workload: Workload;
}

/** Requests that came from elsewhere and ended alike. */
export interface Received {
  readonly service: ServiceName;
  /** HTTP status of the answer. */
  readonly code: number;
  /** From the ingress gateway unless told otherwise. */
  readonly source?: Workload;
  /** Envoy's response flags; none unless told otherwise. */
  readonly flags?: string;
}

/** Requests that this pod's proxy sent on, as a gateway does. `UNKNOWN` is the destination where no pod answered. */
export interface Sent {
  readonly service: ServiceName;
  readonly code: number;
  readonly destination: Workload;
  readonly flags?: string;
}

/** Requests of one kind, as one pod's proxy has counted them since it started. */
export class RequestCounter {
  readonly reported: Reported;
  /** How many took so long as each bound allows and no lower one; the last is for what exceeds them all. */
  readonly buckets: number[] = new Array<number>(DURATION_BOUNDS_MILLIS.length + 1).fill(0);
  readonly #owner: CounterOwner;
  #count = 0;
  #sumMillis = 0;
  #startedAt = -1;

  constructor(reported: Reported, owner: CounterOwner) {
    this.reported = reported;
    this.#owner = owner;
  }

  get count(): number {
    return this.#count;
  }

  get sumMillis(): number {
    return this.#sumMillis;
  }

  /** So many more requests, each of which took so many milliseconds. */
  add(count: number, millis: number): void {
    if (count <= 0) return;
    const start = this.#owner.beforeCounting(this, this.#startedAt);
    if (start !== this.#startedAt) this.#beginAnew(start);
    this.#count += count;
    this.#sumMillis += count * millis;
    const index = bucketOf(millis);
    this.buckets[index] = (this.buckets[index] ?? 0) + count;
  }

  #beginAnew(start: number): void {
    this.#startedAt = start;
    this.#count = 0;
    this.#sumMillis = 0;
    this.buckets.fill(0);
  }
}

interface CounterOwner {
  /** Told before each change; answers the number of the start that the proxy counts since. */
  beforeCounting(counter: RequestCounter, startedAt: number): number;
}

/**
 * What one pod's proxy has counted. Traffic fills it; scrapers read it. Where its numbers change, scrapers that are late
 * are told before, so that a scrape finds them as they were when it was due, and no timer is needed for each.
 */
export class PodCounters {
  readonly pod: CountedPod;
  readonly #counters = new Map<string, RequestCounter>();
  readonly #listeners: (() => void)[] = [];
  #exported: RequestCounter[] = [];
  #starts = 0;
  #isServing = true;
  readonly #owner: CounterOwner = {
    beforeCounting: (counter, startedAt) => {
      this.#tell();
      if (startedAt !== this.#starts) this.#exported.push(counter);
      return this.#starts;
    },
  };

  constructor(pod: CountedPod) {
    this.pod = pod;
  }

  /** Counts requests that this pod answered. The same kind gives the same counter; keep it where it is used often. */
  received({ service, code, source = INGRESS, flags = "-" }: Received): RequestCounter {
    return this.#counter({ reporter: "destination", source, destination: this.pod.workload, service, code, flags });
  }

  /** Counts requests that this pod's proxy sent to others. */
  sent({ service, code, destination, flags = "-" }: Sent): RequestCounter {
    return this.#counter({ reporter: "source", source: this.pod.workload, destination, service, code, flags });
  }

  /** The proxy starts again: all counters begin at nothing, and are not exported before they count again. */
  restart(): void {
    this.#tell();
    this.#starts += 1;
    this.#exported = [];
  }

  /** The proxy answers no scrape any more. For good, as the pod is going. */
  stop(): void {
    this.#tell();
    this.#isServing = false;
  }

  get isServing(): boolean {
    return this.#isServing;
  }

  /** How often the proxy started again. */
  get starts(): number {
    return this.#starts;
  }

  /** What a scrape shows: a list that only grows from one start to the next. */
  get exported(): readonly RequestCounter[] {
    return this.#exported;
  }

  /** Have this called before any number changes. The answer ends that. */
  beforeChange(listener: () => void): () => void {
    this.#listeners.push(listener);
    return () => {
      const at = this.#listeners.indexOf(listener);
      if (at >= 0) this.#listeners.splice(at, 1);
    };
  }

  #counter(reported: Reported): RequestCounter {
    const { reporter, source, destination, service, code, flags } = reported;
    const other = reporter === "source" ? destination : source;
    const key = `${reporter} ${other.namespace}/${other.name} ${other.version} ${service.host} ${code} ${flags}`;
    const known = this.#counters.get(key);
    if (known !== undefined) return known;
    const counter = new RequestCounter(reported, this.#owner);
    this.#counters.set(key, counter);
    return counter;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function bucketOf(millis: number): number {
  const index = DURATION_BOUNDS_MILLIS.findIndex((bound) => millis <= bound);
  return index < 0 ? DURATION_BOUNDS_MILLIS.length : index;
}
