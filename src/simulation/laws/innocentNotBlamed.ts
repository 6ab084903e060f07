import type { KubeObject } from "../../runtime/transport.ts";
import { at } from "../../simulator/api/json.ts";
import type { RequestBatch, WriteSeen } from "../../simulator/happening.ts";
import { behaviourOf } from "../../simulator/pods/behaviour.ts";
import { workloadOf } from "../../simulator/pods/podObject.ts";
import { templateOf } from "./badNeverPromoted.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { isNewRun, Served } from "./served.ts";
import { isReady } from "./troubles.ts";

/** A check fails only where clients had something to complain of: never for a gap, an error page or a silence. */
export class InnocentNotBlamed implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  readonly #served: Served;
  /** Deployments, as `namespace/name`, some of whose pods went while they were serving. */
  readonly #hurt = new Set<string>();

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
    this.#served = new Served(bench.rollouts, isNewRun);
  }

  served(batch: RequestBatch): void {
    this.#served.served(batch);
  }

  wrote(write: WriteSeen): void {
    const { kind, before, after } = write;
    this.#served.wrote(write);
    if (kind === "Pod" && before !== undefined && isReady(before) && !(after !== undefined && isReady(after))) {
      this.#hurt.add(`${write.namespace}/${workloadOf(before)}`);
    }
    if (kind === "Deployment" && before !== undefined) this.#noteDeployment(write);
    if (kind !== "Canary" || before === undefined || after === undefined) return;
    if (this.#bench.roleOf(write.user) === "controller") this.#judge(before, after, write.atMillis);
  }

  #noteDeployment({ namespace, name, before, after }: WriteSeen): void {
    const available = (object: KubeObject | undefined): number =>
      Number(at(object, "status", "availableReplicas") ?? 0);
    const wants = (object: KubeObject | undefined): number => Number(at(object, "spec", "replicas") ?? 1);
    if (available(after) < available(before) || wants(after) > wants(before)) this.#hurt.add(`${namespace}/${name}`);
  }

  #judge(before: KubeObject, after: KubeObject, atMillis: number): void {
    const [was, is] = [this.#bench.rollouts.read(before), this.#bench.rollouts.read(after)];
    const workload = `${is.namespace}/${is.target}`;
    if (is.says.failedChecks > was.says.failedChecks) {
      const { answered, failed } = this.#served.by(workload);
      const isSlow =
        behaviourOf(templateOf(this.#bench.objects.get("Deployment", is.namespace, is.target))).latencyMillis > 0;
      const lostPods = is.says.message.includes("lost the pods") && this.#hurt.has(workload);
      if (failed === 0 && !isSlow && !lostPods) {
        this.#tell(`${is.key} counts a failed check after ${answered} good answers and no bad one`, atMillis);
      }
    }
    if (is.says.stage === "Warming" && was.says.revision !== is.says.revision) this.#hurt.delete(workload);
  }
}
