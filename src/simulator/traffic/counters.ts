/** What a proxy counts of many requests at once, as Istio's standard metrics have it. */
import type { Random } from "../../runtime/random.ts";
import type { ServiceName } from "../mesh/clusters.ts";
import { INGRESS, type Reported, UNKNOWN, type Workload } from "../metrics/istioLabels.ts";
import type { RequestCount } from "../metrics/podCounters.ts";
import type { Latency } from "./latency.ts";

/** The pods of one version of one workload. */
export interface PodGroup {
  /** `namespace/name`, the Deployment's rather than the ReplicaSet's. */
  readonly workload: string;
  /** What the pods call themselves: their image's tag, unless VERSION says otherwise. */
  readonly version: string;
  /** The same in Istio's words. */
  readonly canonical: Workload;
}

/** What tells requests apart. */
export interface CountKey {
  /** Whose pods were meant; undefined where there was no route. */
  readonly service: ServiceName | undefined;
  /** Whose pod answered; undefined where nobody did. */
  readonly group: PodGroup | undefined;
  /** Where it came in. */
  readonly gateway: "ingress" | "mesh";
  /** 0 where the client went away. */
  readonly code: number;
  /** Envoy's; `-` for none. */
  readonly flags: string;
}

interface Kept {
  readonly key: CountKey;
  readonly reported: Reported;
  count: number;
  sumMillis: number;
  readonly buckets: number[];
  /** Counted already, and not yet in a bucket: that is drawn for many at once. */
  waiting: number;
  waitingMillis: number;
}

const NO_SERVICE: ServiceName = { host: "unknown", name: "unknown", namespace: "unknown" };

export class Tally {
  readonly #reporter: Reported["reporter"];
  readonly #latency: Latency;
  readonly #dice: Random;
  readonly #kept: Kept[] = [];

  constructor(reporter: Reported["reporter"], latency: Latency, dice: Random) {
    this.#reporter = reporter;
    this.#latency = latency;
    this.#dice = dice;
  }

  /** So many more, whose median took so long. */
  add(key: CountKey, count: number, medianMillis: number): void {
    const kept = this.#find(key);
    if (kept.waitingMillis !== medianMillis) {
      this.#settle(kept);
      kept.waitingMillis = medianMillis;
    }
    kept.count += count;
    kept.waiting += count;
  }

  /** How many there are of all kinds. */
  get total(): number {
    return this.#kept.reduce((sum, { count }) => sum + count, 0);
  }

  /** All of it, as of now. What is answered stays as it is, and each kind keeps its `reported`. */
  read(): readonly RequestCount[] {
    return this.#kept.map((kept) => {
      this.#settle(kept);
      const { reported, count, sumMillis, buckets } = kept;
      return { reported, count, sumMillis, buckets: [...buckets] };
    });
  }

  #find(key: CountKey): Kept {
    for (const kept of this.#kept) if (isSame(kept.key, key)) return kept;
    const reported: Reported = {
      reporter: this.#reporter,
      source: key.gateway === "ingress" ? INGRESS : UNKNOWN,
      destination: key.group?.canonical ?? UNKNOWN,
      service: key.service ?? NO_SERVICE,
      code: key.code,
      flags: key.flags,
    };
    const buckets = this.#latency.emptyBuckets();
    const kept: Kept = { key, reported, count: 0, sumMillis: 0, buckets, waiting: 0, waitingMillis: 0 };
    this.#kept.push(kept);
    return kept;
  }

  #settle(kept: Kept): void {
    if (kept.waiting === 0) return;
    kept.sumMillis += this.#latency.fill(kept.buckets, kept.waiting, kept.waitingMillis, this.#dice);
    kept.waiting = 0;
  }
}

function isSame(one: CountKey, other: CountKey): boolean {
  return (
    one.code === other.code &&
    one.group === other.group &&
    one.flags === other.flags &&
    one.gateway === other.gateway &&
    one.service?.host === other.service?.host
  );
}
