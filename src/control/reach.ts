import type { EndpointFacts, Version, WorkloadFacts } from "../domain/observation.ts";
import type { Instant } from "../domain/time.ts";
import type { Key } from "./ports.ts";

interface Standing {
  /** What has to stay as it is for the time to go on counting. */
  readonly mark: string;
  readonly since: Instant;
}

/**
 * Since when each version of each rollout has had the endpoints it has. No object tells it, so it counts from when this
 * process saw it: after a restart a rollout waits once more, and never too short.
 */
export class Reach {
  readonly #standings = new Map<Key, Map<Version, Standing>>();

  look(
    key: Key,
    version: Version,
    seen: { readonly pods: readonly string[]; readonly workload: WorkloadFacts | undefined; readonly now: Instant },
  ): EndpointFacts {
    const { pods, workload, now } = seen;
    // Behind a workload that has only now become ready, endpoints may still be those of the pods that it replaced.
    const mark = JSON.stringify([workload?.revision, workload?.isReady, pods]);
    const versions = this.#standings.get(key) ?? new Map<Version, Standing>();
    this.#standings.set(key, versions);
    const known = versions.get(version);
    const standing = known?.mark === mark ? known : { mark, since: now };
    versions.set(version, standing);
    return { ready: pods.length, since: standing.since };
  }

  forget(key: Key): void {
    this.#standings.delete(key);
  }
}
