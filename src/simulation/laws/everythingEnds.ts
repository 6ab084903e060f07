import type { RequestBatch, WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { availableOf, isWhole } from "./objects.ts";
import type { Rollout } from "./rollouts.ts";

const AT_REST = new Set(["Steady", "Failed", "Stranded"]);
/** Stages whose exit is a person's edit while something stands in the way. */
const WAITS_FOR_PEOPLE = new Set(["New", "Copying", "Adopting"]);
/** How many progress deadlines a workload may spend while it makes progress, and one for the exit. */
const DEADLINES = 7;
/** Whatever else takes time: settling, draining, an election. */
const MARGIN_MILLIS = 120_000;

/** Every stage that is not at rest ends within its bound. */
export class EverythingEnds implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  readonly #since = new Map<string, { readonly mark: string; readonly atMillis: number }>();
  #lookedAtMillis = 0;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote({ kind, atMillis, after }: WriteSeen): void {
    if (kind === "Canary" && after !== undefined) this.#note(this.#bench.rollouts.read(after), atMillis);
    this.#look(atMillis);
  }

  served({ toMillis }: RequestBatch): void {
    this.#look(toMillis);
  }

  ended(atMillis: number): void {
    this.#lookedAtMillis = 0;
    this.#look(atMillis);
  }

  #note({ uid, says }: Rollout, atMillis: number): void {
    // A check that fails is progress of its own: there is a last one.
    const mark = JSON.stringify([says.stage, says.weight, says.revision, says.failedChecks, says.suspended]);
    if (this.#since.get(uid)?.mark !== mark) this.#since.set(uid, { mark, atMillis });
  }

  #look(nowMillis: number): void {
    if (nowMillis - this.#lookedAtMillis < 1000) return;
    this.#lookedAtMillis = nowMillis;
    for (const rollout of this.#bench.rollouts.all()) {
      const { uid, key, says, asks } = rollout;
      const since = this.#since.get(uid)?.atMillis;
      if (since === undefined || AT_REST.has(says.stage) || says.suspended || this.#isExcused(rollout)) continue;
      const inStageMillis = nowMillis - Math.max(since, this.#bench.timing.calmAtMillis);
      const boundMillis = DEADLINES * asks.progressDeadlineMillis + 2 * asks.intervalMillis + MARGIN_MILLIS;
      if (inStageMillis <= boundMillis) continue;
      this.#tell(`${key} has been in ${says.stage} for ${Math.round(inStageMillis / 1000)} s`, nowMillis);
    }
  }

  #isExcused({ namespace, target, says }: Rollout): boolean {
    const { objects } = this.#bench;
    const deployment = objects.get("Deployment", namespace, target);
    const primary = objects.get("Deployment", namespace, `${target}-primary`);
    // A retreat has nowhere to go where no pod of the primary is left.
    if (says.stage === "Retreating") return availableOf(primary) === 0;
    const isBroken = [deployment, primary].some((each) => each !== undefined && !isWhole(each));
    return WAITS_FOR_PEOPLE.has(says.stage) && (deployment === undefined || isBroken || says.problems.length > 0);
  }
}
