import { objectAt } from "../../simulator/api/json.ts";
import type { RequestBatch, WriteSeen } from "../../simulator/happening.ts";
import { behaviourOf } from "../../simulator/pods/behaviour.ts";
import type { PodObject } from "../../simulator/pods/podObject.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { changes } from "./objects.ts";
import type { Rollout } from "./rollouts.ts";
import { isNewRun, Served } from "./served.ts";

/** So much worse than allowed, and seen by so many, is no matter of luck. Percent, a factor, requests. */
const CLEAR_PERCENT = 20;
const CLEAR_FACTOR = 2;
const ENOUGH_REQUESTS = 300;

/** A version that clearly fails what its owner asks of it, before enough clients, never becomes the primary. */
export class BadNeverPromoted implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  readonly #served: Served;
  /** Rollouts whose primary is being mended: the target serves everyone already, and nobody judges it. */
  readonly #mended = new Set<string>();

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
    this.#served = new Served(bench.rollouts, isNewRun);
  }

  wrote(write: WriteSeen): void {
    const { kind, user, before, after, namespace, name, atMillis } = write;
    this.#served.wrote(write);
    if (kind === "Canary" && before !== undefined && after !== undefined) this.#note(before, after);
    if (kind !== "Deployment" || this.#bench.roleOf(user) !== "controller") return;
    if (after === undefined || !changes(write, "spec", "template")) return;
    for (const rollout of this.#bench.rollouts.ofPrimary(namespace, name)) {
      if (rollout.says.stage !== "Replacing" || rollout.asks.skipAnalysis || this.#mended.has(rollout.uid)) continue;
      const fault = this.#faultOf(rollout, after);
      if (fault !== undefined) this.#tell(`${rollout.key} promotes a version that ${fault}`, atMillis);
    }
  }

  served(batch: RequestBatch): void {
    this.#served.served(batch);
  }

  #note(before: NonNullable<WriteSeen["before"]>, after: NonNullable<WriteSeen["after"]>): void {
    const [was, is] = [this.#bench.rollouts.read(before), this.#bench.rollouts.read(after)];
    if (was.says.stage === "Stranded" && is.says.stage === "Replacing") this.#mended.add(is.uid);
    else if (is.says.stage !== "Replacing") this.#mended.delete(is.uid);
  }

  #faultOf(rollout: Rollout, primary: NonNullable<WriteSeen["after"]>): string | undefined {
    const { answered, failed } = this.#served.by(`${rollout.namespace}/${rollout.target}`);
    if (answered + failed < ENOUGH_REQUESTS) return undefined;
    const { errorPercent, latencyMillis } = behaviourOf(templateOf(primary));
    for (const { name, min, max } of rollout.asks.metrics) {
      if (name === "request-success-rate" && min !== undefined && errorPercent >= 100 - min + CLEAR_PERCENT) {
        return `fails ${errorPercent}% of its requests, where ${min}% must succeed`;
      }
      if (name === "request-duration" && max !== undefined && latencyMillis > CLEAR_FACTOR * max) {
        return `takes ${latencyMillis} ms, where ${max} are allowed`;
      }
    }
    return undefined;
  }
}

/** A template is all of a pod that says how it behaves. */
export function templateOf(deployment: WriteSeen["after"]): PodObject {
  return (objectAt(deployment, "spec", "template") ?? { metadata: {} }) as unknown as PodObject;
}
