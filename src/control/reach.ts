import type { EndpointFacts, Version, WorkloadFacts } from "../domain/observation.ts";
import { after, type Duration, earliest, type Instant } from "../domain/time.ts";
import type { Key } from "./ports.ts";

/** What is remembered of the pods behind one Service. */
interface Standing {
  readonly revision: string | undefined;
  readonly isReady: boolean;
  /** When the workload became ready, or was first seen so. */
  readonly readyAt: Instant;
  readonly pods: ReadonlyMap<string, Sighting>;
}

interface Sighting {
  readonly since: Instant;
  /** It was there before its workload asked for the present revision, and may be about to go. */
  readonly isOld: boolean;
}

export interface Sight {
  readonly pods: readonly string[];
  readonly workload: WorkloadFacts | undefined;
  readonly now: Instant;
  /** What the slowest proxy needs to hear of a pod. */
  readonly settle: Duration;
}

/**
 * Since when the pods of each version of each rollout could be reached. No object tells it, so it counts from when this
 * process saw them: after a restart a rollout waits once more. Each pod by itself, or one that comes and goes would put all
 * of them off for ever.
 */
export class Reach {
  readonly #standings = new Map<Key, Map<Version, Standing>>();

  look(key: Key, version: Version, seen: Sight): EndpointFacts {
    const versions = this.#standings.get(key) ?? new Map<Version, Standing>();
    this.#standings.set(key, versions);
    const standing = next(versions.get(version), seen);
    versions.set(version, standing);
    const heardAt = [...standing.pods.values()].map((pod) => after(countsFrom(pod, standing), seen.settle));
    return {
      ready: heardAt.length,
      heard: heardAt.filter((time) => time <= seen.now).length,
      nextHeardAt: earliest(...heardAt.filter((time) => time > seen.now)),
    };
  }

  forget(key: Key): void {
    this.#standings.delete(key);
  }

  /** Nobody looks for a while: what was seen before says nothing of what happens meanwhile. */
  forgetAll(): void {
    this.#standings.clear();
  }
}

function next(known: Standing | undefined, { pods, workload, now }: Sight): Standing {
  const revision = workload?.revision;
  const isReady = workload?.isReady === true;
  const isRenewed = known !== undefined && known.revision !== revision;
  const wasReady = known?.isReady === true && !isRenewed;
  return {
    revision,
    isReady,
    readyAt: wasReady ? known.readyAt : now,
    pods: new Map(
      pods.map((pod) => {
        const before = known?.pods.get(pod);
        if (before === undefined) return [pod, { since: now, isOld: false }];
        return [pod, isRenewed ? { ...before, isOld: true } : before];
      }),
    ),
  };
}

/** Behind a workload that has only now become ready, endpoints may still be those of the pods that it replaced. */
function countsFrom({ since, isOld }: Sighting, { readyAt }: Standing): Instant {
  return isOld && readyAt > since ? readyAt : since;
}
