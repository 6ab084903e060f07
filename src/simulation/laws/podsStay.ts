import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { changes, replicasOf } from "./objects.ts";
import { Sending } from "./sending.ts";

/**
 * Pods are never taken away while a proxy may still send to them, or a request may still be with them.
 *
 * Those of the primary carry the traffic that comes home, so it keeps its number, but for one case: a promotion brings it
 * the number that its owner wrote on the target, as everything else of the target. Nobody meets fewer pods by that for as
 * long as nobody is sent there, nor fewer than their owner asks for when they are sent there again. All pods of the
 * primary go in that very write, as its template does: how long after its traffic they may is told by `primary-untouched`.
 */
export class PodsStay implements Law {
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
    const { kind, before, after, namespace, name, atMillis, user } = write;
    if (kind !== "Deployment" || this.#bench.roleOf(user) !== "controller" || before === undefined) return;
    const takesPods =
      after === undefined || (changes(write, "spec", "replicas") && replicasOf(after) < replicasOf(before));
    if (!takesPods) return;
    const { settleMillis, drainMillis } = this.#bench.timing;
    for (const rollout of this.#bench.rollouts.ofTarget(namespace, name)) {
      const left = this.#sending.leftForMillis(rollout, "canary", atMillis);
      if (left >= settleMillis + drainMillis) continue;
      const since = left === 0 ? "while clients are sent to them" : `${left} ms after clients were last sent to them`;
      this.#tell(`the pods of ${namespace}/${name} are taken away ${since}`, atMillis);
    }
    for (const rollout of this.#bench.rollouts.ofPrimary(namespace, name)) {
      const target = this.#bench.objects.get("Deployment", namespace ?? "", rollout.target);
      const isPromoted = after !== undefined && changes(write, "spec", "template");
      const isAsAsked = isPromoted && target !== undefined && replicasOf(after) >= replicasOf(target);
      if (isAsAsked && this.#sending.sharesOf(rollout).primary === 0) continue;
      this.#tell(`the primary of ${rollout.key} is given fewer pods than it had`, atMillis);
    }
  }
}
