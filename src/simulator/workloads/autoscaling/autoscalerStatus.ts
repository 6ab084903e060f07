import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { isEqual, listAt, numberAt, objectAt, objectsAt, textAt } from "../../api/json.ts";
import { timestamp, type World } from "../world.ts";
import type { Words } from "./limits.ts";

type ConditionType = "AbleToScale" | "ScalingActive" | "ScalingLimited";

/** What is to be said of an autoscaler after one look at it; what was said before stands where nothing else is said. */
export class AutoscalerStatus {
  readonly #world: World;
  readonly #autoscaler: KubeObject;
  readonly #conditions: WireObject[];
  #counts: WireObject;

  constructor(world: World, autoscaler: KubeObject) {
    this.#world = world;
    this.#autoscaler = autoscaler;
    const { conditions: _, observedGeneration: __, ...counts } = objectAt(autoscaler, "status") ?? {};
    this.#counts = counts;
    this.#conditions = [...objectsAt(autoscaler, "status", "conditions")];
  }

  get desired(): number {
    return numberAt(this.#autoscaler, "status", "desiredReplicas") ?? 0;
  }

  say(type: ConditionType, status: "True" | "False", { reason, message }: Words): void {
    const place = this.#conditions.findIndex((condition) => condition["type"] === type);
    const before = this.#conditions[place];
    const since = textAt(before, "status") === status ? textAt(before, "lastTransitionTime") : undefined;
    const condition = { type, status, reason, message, lastTransitionTime: since ?? timestamp(this.#world) };
    if (place < 0) this.#conditions.push(condition);
    else this.#conditions[place] = condition;
  }

  /** Whether these are the words that stand already. */
  hasSaid(type: ConditionType, message: string): boolean {
    const before = objectsAt(this.#autoscaler, "status", "conditions");
    return before.some((condition) => condition["type"] === type && condition["message"] === message);
  }

  count(current: number, desired: number, metrics: readonly WireObject[]): void {
    const { lastScaleTime } = this.#counts;
    this.#counts = {
      currentReplicas: current,
      desiredReplicas: desired,
      currentMetrics: metrics.length === 0 ? null : metrics,
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    };
  }

  markScaled(): void {
    this.#counts = { ...this.#counts, lastScaleTime: timestamp(this.#world) };
  }

  /** Nothing is written where nothing is new. */
  async write(): Promise<void> {
    const status = { desiredReplicas: 0, currentMetrics: null, ...this.#counts, conditions: this.#conditions };
    if (isEqual(comparable(objectAt(this.#autoscaler, "status") ?? {}), comparable(status))) return;
    await this.#world.kinds.autoscalers.update({ ...this.#autoscaler, status }, "status");
  }
}

/** Zero and nothing are left out on the wire or not, as the server likes. */
function comparable(status: WireObject): WireObject {
  const { observedGeneration: _, currentReplicas = 0, desiredReplicas = 0, ...rest } = status;
  return { ...rest, currentReplicas, desiredReplicas, currentMetrics: listAt(status, "currentMetrics") };
}
