import type { RequestBatch, WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { isNewStep, Served } from "./served.ts";

const AFTER_A_STEP = new Set(["Baking", "Handing", "Replacing"]);

/** A step that no client was served in is not passed: nobody knows anything of the version. */
export class UnmeasuredNeverPasses implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  readonly #served: Served;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
    this.#served = new Served(bench.rollouts, isNewStep);
  }

  served(batch: RequestBatch): void {
    this.#served.served(batch);
  }

  wrote(write: WriteSeen): void {
    this.#judge(write);
    this.#served.wrote(write);
  }

  #judge({ kind, user, before, after, atMillis }: WriteSeen): void {
    if (kind !== "Canary" || before === undefined || after === undefined) return;
    if (this.#bench.roleOf(user) !== "controller") return;
    const [was, is] = [this.#bench.rollouts.read(before), this.#bench.rollouts.read(after)];
    const { metrics, skipAnalysis } = is.asks;
    if (was.says.stage !== "Baking" || skipAnalysis || metrics.length === 0) return;
    const hasPassed =
      AFTER_A_STEP.has(is.says.stage) && (is.says.stage !== "Baking" || is.says.weight > was.says.weight);
    if (!hasPassed) return;
    const { answered, failed } = this.#served.by(`${is.namespace}/${is.target}`);
    if (answered + failed > 0) return;
    this.#tell(`${is.key} passes its step at ${was.says.weight}% though it served nobody there`, atMillis);
  }
}
