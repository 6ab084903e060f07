import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { availableOf, changes } from "./objects.ts";
import { Sending } from "./sending.ts";

/** The primary is never given another template while clients are served by it, or a slow proxy may think so. */
export class PrimaryUntouched implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  readonly #sending: Sending;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
    this.#sending = new Sending(bench);
  }

  wrote(write: WriteSeen): void {
    this.#sending.wrote(write);
    const { kind, before, namespace, name, atMillis, user } = write;
    if (kind !== "Deployment" || before === undefined || this.#bench.roleOf(user) !== "controller") return;
    // Nobody is served by pods that are not there.
    if (!changes(write, "spec", "template") || availableOf(before) === 0) return;
    for (const rollout of this.#bench.rollouts.ofPrimary(namespace, name)) {
      const left = this.#sending.heardLeftForMillis(rollout, "primary", atMillis);
      if (left >= this.#bench.timing.settleMillis) continue;
      const since = left === 0 ? "while it serves clients" : `${left} ms after clients were last sent to it`;
      this.#tell(`the primary of ${rollout.key} is replaced ${since}`, atMillis);
    }
  }
}
