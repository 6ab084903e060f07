import type { RequestSeen, WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";

const AT_REST = new Set(["Steady", "Failed"]);

/** What is written all the time, and says nothing to a controller of rollouts. */
const NO_NEWS = new Set(["Lease", "HorizontalPodAutoscaler"]);

/** Who leads is asked for as long as anybody lives. */
const LEASE = /\/leases(?:\/|$)/;

/** After so long without news, a controller that writes does so of its own accord. */
const QUIET_MILLIS = 30_000;

/** At rest, silence: while nobody else changes anything, the controller asks nothing and writes nothing. */
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
    if (this.#bench.roleOf(user) === "controller") this.#judge(`${user} writes ${kind} ${namespace}/${name}`, atMillis);
    this.#newsAtMillis = Math.max(this.#newsAtMillis, atMillis);
  }

  asked({ user, what, atMillis }: RequestSeen): void {
    if (this.#bench.roleOf(user) === "controller" && !LEASE.test(what)) this.#judge(`${user} asks: ${what},`, atMillis);
  }

  #judge(what: string, atMillis: number): void {
    const quietMillis = atMillis - this.#newsAtMillis;
    if (quietMillis <= QUIET_MILLIS) return;
    const rested = this.#bench.rollouts.all().every(({ says }) => AT_REST.has(says.stage) || says.suspended);
    if (rested) this.#tell(`${what} after ${Math.round(quietMillis / 1000)} s in which nothing happened`, atMillis);
  }
}
