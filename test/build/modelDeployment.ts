import type { WorkloadFacts } from "../../src/domain/observation.ts";
import { after, type Duration, earliest, type Instant } from "../../src/domain/time.ts";

interface Pod {
  readonly name: string;
  readonly revision: string;
  /** Undefined: never. */
  readonly availableAt: Instant | undefined;
}

/** How long pods of a revision need to become available; undefined when they never will. */
export type Startup = (revision: string) => Duration | undefined;

/** A Deployment and its controller: it rolls one pod at a time, and takes no old pod away before a new one can answer. */
export class ModelDeployment {
  readonly name: string;
  readonly #startup: Startup;
  #revision: string;
  #replicas: number;
  #pods: readonly Pod[] = [];
  #progressedAt: Instant;
  #born = 0;

  constructor(name: string, revision: string, options: { replicas: number; now: Instant; startup: Startup }) {
    this.name = name;
    this.#revision = revision;
    this.#replicas = options.replicas;
    this.#startup = options.startup;
    this.#progressedAt = options.now;
  }

  get revision(): string {
    return this.#revision;
  }

  get replicas(): number {
    return this.#replicas;
  }

  /** When a pod becomes available next, or an endpoint that is so late. */
  nextAt(now: Instant, endpointLag: Duration): Instant | undefined {
    const times = this.#pods.flatMap(({ availableAt }) =>
      availableAt === undefined ? [] : [availableAt, after(availableAt, endpointLag)],
    );
    return earliest(...times.filter((time) => time > now));
  }

  /** The pods that have been available for so long. */
  availableFor(length: Duration, now: Instant): readonly string[] {
    return this.#pods
      .filter(({ availableAt }) => availableAt !== undefined && after(availableAt, length) <= now)
      .map(({ name }) => name);
  }

  available(now: Instant): number {
    return this.#pods.filter((pod) => isAvailable(pod, now)).length;
  }

  run(revision: string, now: Instant): void {
    this.#revision = revision;
    this.#progressedAt = now;
    this.settle(now);
  }

  scale(replicas: number, now: Instant): void {
    this.#replicas = replicas;
    this.#progressedAt = now;
    this.settle(now);
  }

  /** A node dies, and with it every pod; or a pod that answered does no more. */
  lose(count: number, now: Instant): void {
    this.#pods = this.#pods.slice(count);
    this.settle(now);
  }

  /** Do what its controller would do by now. */
  settle(now: Instant): void {
    while (this.#settleOnce(now));
  }

  #settleOnce(now: Instant): boolean {
    const old = this.#pods.filter((pod) => pod.revision !== this.#revision);
    const young = this.#pods.filter((pod) => pod.revision === this.#revision);
    const tooMany = this.available(now) > this.#replicas || this.#replicas === 0;
    const excess = old[0] ?? (young.length > this.#replicas ? young.at(-1) : undefined);
    // An old pod that never came up is not waited for.
    const spare = old.find((pod) => pod.availableAt === undefined) ?? (tooMany ? excess : undefined);
    if (spare !== undefined) {
      this.#pods = this.#pods.filter((pod) => pod !== spare);
      return true;
    }
    if (young.length >= this.#replicas || this.#pods.length > this.#replicas) return false;
    const length = this.#startup(this.#revision);
    const availableAt = length === undefined ? undefined : after(now, length);
    this.#pods = [...this.#pods, { name: `${this.name}-${++this.#born}`, revision: this.#revision, availableAt }];
    if (length !== undefined) this.#progressedAt = now;
    return true;
  }

  facts(now: Instant, matchesPrimary: boolean): WorkloadFacts {
    const young = this.#pods.filter((pod) => pod.revision === this.#revision && isAvailable(pod, now)).length;
    const isReady = young >= this.#replicas && this.#pods.length === young;
    return {
      kind: "Deployment",
      name: this.name,
      revision: this.#revision,
      matchesPrimary,
      desiredPods: this.#replicas,
      availablePods: this.available(now),
      isReady,
      notReadyReason: isReady
        ? undefined
        : `waiting for rollout to finish: ${young} of ${this.#replicas} updated replicas are available`,
      hasGivenUp: false,
      progressedAt: this.#progressedAt,
    };
  }
}

function isAvailable({ availableAt }: Pod, now: Instant): boolean {
  return availableAt !== undefined && availableAt <= now;
}
