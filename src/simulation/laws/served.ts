import type { RequestBatch, Watcher, WriteSeen } from "../../simulator/happening.ts";
import type { Rollouts } from "./rollouts.ts";

export interface Tally {
  answered: number;
  failed: number;
}

/** What clients had of each target since it began what it is doing. */
export class Served implements Watcher {
  readonly #rollouts: Rollouts;
  readonly #begins: (before: string, after: string) => boolean;
  readonly #tallies = new Map<string, Tally>();

  /** `begins` says whether counting begins anew, given two texts of `markOf` one after the other. */
  constructor(rollouts: Rollouts, begins: (before: string, after: string) => boolean) {
    this.#rollouts = rollouts;
    this.#begins = begins;
  }

  wrote({ kind, before, after }: WriteSeen): void {
    if (kind !== "Canary" || after === undefined) return;
    const now = this.#rollouts.read(after);
    const had = before === undefined ? "" : markOf(this.#rollouts.read(before).says);
    if (this.#begins(had, markOf(now.says))) this.#tallies.delete(`${now.namespace}/${now.target}`);
  }

  served({ workload, count, outcome }: RequestBatch): void {
    if (workload === undefined) return;
    const tally = this.#tallies.get(workload) ?? { answered: 0, failed: 0 };
    this.#tallies.set(workload, tally);
    if (outcome === "answered") tally.answered += count;
    if (outcome === "failed") tally.failed += count;
  }

  /** Requests that this workload, named as `namespace/name`, has answered well and badly. */
  by(workload: string): Tally {
    return this.#tallies.get(workload) ?? { answered: 0, failed: 0 };
  }
}

/** What a count may be about. */
function markOf(says: { readonly stage: string; readonly weight: number; readonly revision: string }): string {
  return JSON.stringify([says.stage, says.weight, says.revision]);
}

/** A run begins: with another revision, or with the same from rest. */
export function isNewRun(before: string, after: string): boolean {
  const [was, is] = [parse(before), parse(after)];
  return is.stage === "Warming" && (was.stage !== "Baking" || was.revision !== is.revision);
}

/** A step begins. */
export function isNewStep(before: string, after: string): boolean {
  return before !== after;
}

function parse(mark: string): { readonly stage: string; readonly revision: string } {
  const [stage = "", , revision = ""] = (mark === "" ? [] : JSON.parse(mark)) as [string?, number?, string?];
  return { stage, revision };
}
