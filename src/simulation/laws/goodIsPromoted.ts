import type { KubeObject } from "../../runtime/transport.ts";
import { isEqual, objectsAt, textAt } from "../../simulator/api/json.ts";
import type { RequestBatch, WriteSeen } from "../../simulator/happening.ts";
import { behaviourOf } from "../../simulator/pods/behaviour.ts";
import { templateOf } from "./badNeverPromoted.ts";
import type { Ending } from "./ending.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { changes } from "./objects.ts";
import type { Rollout } from "./rollouts.ts";
import { isNewRun, Served } from "./served.ts";

/** A good version that is released when nothing goes wrong any more, and is used, becomes the primary. */
export class GoodIsPromoted implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  readonly #served: Served;
  /** By `namespace/name`: when people last gave a Deployment a new template. */
  readonly #releasedAtMillis = new Map<string, number>();

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
    this.#served = new Served(bench.rollouts, isNewRun);
  }

  wrote(write: WriteSeen): void {
    this.#served.wrote(write);
    const { kind, user, namespace, name, atMillis } = write;
    if (kind !== "Deployment" || this.#bench.roleOf(user) !== "person" || !changes(write, "spec", "template")) return;
    this.#releasedAtMillis.set(`${namespace}/${name}`, atMillis);
  }

  served(batch: RequestBatch): void {
    this.#served.served(batch);
  }

  ended(atMillis: number, { isSettled }: Ending): void {
    if (!isSettled) return;
    for (const rollout of this.#bench.rollouts.all()) {
      const fault = this.#faultIn(rollout);
      if (fault !== undefined) this.#tell(`${rollout.key} does not promote a good version: ${fault}`, atMillis);
    }
  }

  #isScaled(namespace: string, target: string): boolean {
    return [...this.#bench.objects.of("HorizontalPodAutoscaler")].some(
      (object) =>
        object.metadata.namespace === namespace && textAt(object, "spec", "scaleTargetRef", "name") === target,
    );
  }

  #faultIn({ namespace, target, asks, says, deleting }: Rollout): string | undefined {
    const deployment = this.#bench.objects.get("Deployment", namespace, target);
    const releasedAtMillis = this.#releasedAtMillis.get(`${namespace}/${target}`) ?? Number.NEGATIVE_INFINITY;
    const isCalm = releasedAtMillis >= this.#bench.timing.calmAtMillis;
    if (deployment === undefined || deleting || asks.suspend || !isCalm || !isGood(deployment)) return undefined;
    const primary = this.#bench.objects.get("Deployment", namespace, `${target}-primary`);
    if (primary !== undefined && isEqual(imagesOf(primary), imagesOf(deployment))) return undefined;
    // Nobody knows anything of what hardly anybody has used.
    if (says.stage === "Failed" && this.#served.by(`${namespace}/${target}`).answered < FEW) return undefined;
    // To ask for more pods in mid-run passes for having lost some: see docs/simulator/laws.md.
    if (says.stage === "Failed" && this.#isScaled(namespace, target)) return undefined;
    return `it is ${says.stage}, ${JSON.stringify(says.message)}`;
  }
}

/** A rate over a short window may rest on none of so few. */
const FEW = 20;

function isGood(deployment: KubeObject): boolean {
  const { fate, errorPercent, latencyMillis } = behaviourOf(templateOf(deployment));
  return fate === "serves" && errorPercent === 0 && latencyMillis === 0;
}

const imagesOf = (deployment: KubeObject): readonly unknown[] =>
  objectsAt(deployment, "spec", "template", "spec", "containers").map(({ image }) => image);
