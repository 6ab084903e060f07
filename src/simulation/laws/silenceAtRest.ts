import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";

const AT_REST = new Set(["Steady", "Failed"]);

/** What is written all the time, and says nothing to a controller of rollouts. */
const NO_NEWS = new Set(["Lease", "HorizontalPodAutoscaler"]);

/** After so long without news, a controller that writes does so of its own accord. */
const QUIET_MILLIS = 30_000;

/** At rest, silence: while nobody else changes anything, the controller writes nothing. */
export class SilenceAtRest implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  #newsAtMillis: number;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
    this.#newsAtMillis = bench.timing.calmAtMillis;
  }

  wrote(write: WriteSeen): void {
    const { kind, user, namespace, name, atMillis } = write;
    if (NO_NEWS.has(kind)) return;
    const isOurs = this.#bench.roleOf(user) === "controller";
    const rested = this.#bench.rollouts.all().every(({ says }) => AT_REST.has(says.stage) || says.suspended);
    if (isOurs && rested && atMillis - this.#newsAtMillis > QUIET_MILLIS) {
      const length = Math.round((atMillis - this.#newsAtMillis) / 1000);
      this.#tell(`${user} writes ${kind} ${namespace}/${name} after ${length} s in which nothing happened`, atMillis);
    }
    this.#newsAtMillis = Math.max(this.#newsAtMillis, atMillis);
  }
}
