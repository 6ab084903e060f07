import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import type { Rollout } from "./rollouts.ts";
import { sharesOf } from "./route.ts";

/** Once a revision is being rolled back, its share never rises again. */
export class RetreatOnlyRetreats implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  /** By rollout: what is being rolled back, or was. */
  readonly #rolledBack = new Map<string, string>();

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote(write: WriteSeen): void {
    if (write.kind === "Canary") this.#note(write);
    if (write.kind !== "VirtualService" || this.#bench.roleOf(write.user) !== "controller") return;
    for (const rollout of this.#bench.rollouts.ofService(write.namespace, write.name)) this.#judge(rollout, write);
  }

  #note({ after }: WriteSeen): void {
    if (after === undefined) return;
    const rollout = this.#bench.rollouts.read(after);
    const { stage, revision, phase } = rollout.says;
    const isBack = stage === "Retreating" || (stage === "Failed" && phase === "Failed");
    if (isBack) this.#rolledBack.set(rollout.uid, revision);
    else if (this.#rolledBack.get(rollout.uid) !== revision) this.#rolledBack.delete(rollout.uid);
  }

  #judge(rollout: Rollout, { before, after, atMillis }: WriteSeen): void {
    if (this.#rolledBack.get(rollout.uid) !== rollout.says.revision) return;
    const share = (route: WriteSeen["after"]): number => sharesOf(route, rollout.service)?.canary ?? 0;
    if (share(after) <= share(before)) return;
    const what = `from ${Math.round(share(before))}% to ${Math.round(share(after))}%`;
    this.#tell(`the canary of ${rollout.key} is given more again ${what} after it was rolled back`, atMillis);
  }
}
