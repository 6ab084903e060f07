import type { RequestBatch, Watcher } from "../happening.ts";
import type { PodGroup } from "./counters.ts";

type Outcome = RequestBatch["outcome"];

interface Gathered {
  readonly outcome: Outcome;
  readonly group: PodGroup | undefined;
  readonly why: string | undefined;
  count: number;
}

/** Puts together what ended alike, and tells it. */
export class Batches {
  readonly #watchers: readonly Watcher[];
  readonly #gathered: Gathered[] = [];
  readonly #ended = (outcome: Outcome, count: number, group?: PodGroup, why?: string): void => {
    for (const gathered of this.#gathered) {
      if (gathered.outcome === outcome && gathered.group === group && gathered.why === why) {
        gathered.count += count;
        return;
      }
    }
    this.#gathered.push({ outcome, count, group, why });
  };

  constructor(watchers: readonly Watcher[]) {
    this.#watchers = watchers;
  }

  begin(): (outcome: Outcome, count: number, group?: PodGroup, why?: string) => void {
    this.#gathered.length = 0;
    return this.#ended;
  }

  tell(about: Pick<RequestBatch, "fromMillis" | "toMillis" | "service" | "proxy">): void {
    for (const { outcome, count, group, why } of this.#gathered) {
      const batch = { ...about, workload: group?.workload, version: group?.version, count, outcome, why };
      for (const watcher of this.#watchers) watcher.served?.(batch);
    }
  }
}
