import type { KubeObject } from "../../runtime/transport.ts";
import { isEqual, objectAt } from "../../simulator/api/json.ts";
import type { WriteSeen } from "../../simulator/happening.ts";
import { firstLost, foreignParts } from "./foreign.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { replicasOf } from "./objects.ts";
import type { Rollout } from "./rollouts.ts";
import { selects } from "./route.ts";

const BORROWED = ["Service", "VirtualService"] as const;

/** Whoever deletes a Canary that promised to give back finds what was there before it, and their pods behind it. */
export class DeletionGivesBack implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  /**
   * By `Kind/namespace/name`: an object as people left it, before we first touched it. Undefined where they changed it
   * under way: what they changed had our routes in it, and there is no one state any more to give back.
   */
  readonly #originals = new Map<string, KubeObject | undefined>();

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote({ kind, user, namespace, name, before, after, atMillis }: WriteSeen): void {
    const role = this.#bench.roleOf(user);
    if (BORROWED.some((borrowed) => borrowed === kind)) {
      const key = `${kind}/${namespace}/${name}`;
      const isFirst = role === "controller" && before !== undefined && !this.#originals.has(key);
      if (isFirst && !isOwned(before)) this.#originals.set(key, before);
      if (role === "person" && before !== undefined && this.#originals.has(key)) this.#originals.set(key, undefined);
      // Made anew it is what people left.
      if (after === undefined) this.#originals.delete(key);
    }
    if (kind === "Canary" && before !== undefined && after === undefined) {
      const rollout = this.#bench.rollouts.read(before);
      if (role === "controller" && rollout.asks.revertOnDeletion) this.#judge(rollout, atMillis);
    }
  }

  #judge(rollout: Rollout, atMillis: number): void {
    const { namespace, service, target, key } = rollout;
    const { objects } = this.#bench;
    for (const kind of BORROWED) {
      const original = this.#originals.get(`${kind}/${namespace}/${service}`);
      const now = objects.get(kind, namespace, service);
      const fault = original && now && faultIn(original, now, service);
      if (fault !== undefined)
        this.#tell(`${key} is deleted and ${kind} ${service} not given back: ${fault}`, atMillis);
      this.#originals.delete(`${kind}/${namespace}/${service}`);
    }
    const deployment = objects.get("Deployment", namespace, target);
    const apex = objects.get("Service", namespace, service);
    if (deployment === undefined) return;
    const isLedTo = apex === undefined || isOwned(apex) || selects(apex, deployment);
    if (isLedTo && replicasOf(deployment) > 0) return;
    this.#tell(`${key} is deleted and its users are led to no pod of ${target}`, atMillis);
  }
}

function faultIn(original: KubeObject, now: KubeObject, service: string): string | undefined {
  const [was, is] = [objectAt(original, "spec"), objectAt(now, "spec")];
  const field = Object.keys({ ...was, ...is }).find((name) => !isEqual(was?.[name], is?.[name]));
  if (field !== undefined)
    return `spec.${field} was ${JSON.stringify(was?.[field])} and is ${JSON.stringify(is?.[field])}`;
  const marksOf = (object: KubeObject) => foreignParts({ ...object, spec: {} }, service);
  return firstLost(marksOf(original), marksOf(now));
}

const isOwned = ({ metadata }: KubeObject): boolean =>
  metadata.ownerReferences?.some(({ kind }) => kind === "Canary") === true;
