import type { KubeObject } from "../../runtime/transport.ts";
import { objectsAt } from "../../simulator/api/json.ts";
import type { Watcher, WriteSeen } from "../../simulator/happening.ts";
import { workloadOf } from "../../simulator/pods/podObject.ts";
import type { Bench } from "./law.ts";
import { availableOf, changes, isWhole, replicasOf } from "./objects.ts";

interface Trouble {
  readonly fromMillis: number;
  /** Undefined while it lasts. */
  toMillis: number | undefined;
}

/** A target that is gone and not made anew is no excuse for longer than this: traffic goes home. */
const MISSED_MILLIS = 60_000;

const ROUTING = new Set(["VirtualService", "DestinationRule", "Service", "EndpointSlice"]);

/**
 * When clients could lose requests for reasons that are not the rollout's: pods that die of their own accord, people who
 * change workloads under traffic or routes by hand. By namespace.
 */
export class Troubles implements Watcher {
  readonly #bench: Bench;
  readonly #troubles = new Map<string, Map<string, Trouble>>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  wrote(write: WriteSeen): void {
    const { kind } = write;
    if (kind === "Pod") this.#pod(write);
    if (kind === "Deployment") this.#deployment(write);
    if (kind === "Canary") this.#canary(write);
    if (ROUTING.has(kind)) this.#routing(write);
  }

  /** Whether there was trouble in this stretch of time, or so shortly before that a proxy may not have known. */
  within(namespace: string, fromMillis: number, toMillis: number): boolean {
    const { settleMillis, drainMillis } = this.#bench.timing;
    const echoes = settleMillis + drainMillis;
    return [...(this.#troubles.get(namespace)?.values() ?? [])].some(
      (trouble) => trouble.fromMillis <= toMillis && (trouble.toMillis ?? toMillis) + echoes >= fromMillis,
    );
  }

  #pod({ namespace, before, after, user, atMillis }: WriteSeen): void {
    if (before === undefined || !isReady(before)) return;
    const isDying = after?.metadata.deletionTimestamp !== undefined;
    const hasFailed = after !== undefined && !isReady(after) && !isDying && !isBeingDeleted(before);
    const isEvicted = (after === undefined || isDying) && !isBeingDeleted(before) && this.#isOthers(user);
    if (hasFailed || isEvicted) this.#begin(namespace, `Deployment ${workloadOf(before)}`, atMillis);
  }

  /** Pods go by way of their own controllers in the end; who began it is whoever changed the Deployment. */
  #deployment(write: WriteSeen): void {
    const { namespace, name, before, after, user, atMillis } = write;
    const what = `Deployment ${name}`;
    const serves = before === undefined || availableOf(before) > 0;
    if (after === undefined) {
      // Whose Canary is gone has none that could be missed.
      const isTarget = this.#bench.rollouts.ofTarget(namespace, name).length > 0;
      const toMillis = isTarget ? atMillis + MISSED_MILLIS : undefined;
      if (serves && this.#isOthers(user)) this.#begin(namespace, what, atMillis, toMillis);
      return;
    }
    const asks = changes(write, "spec", "template") || replicasOf(after) < replicasOf(before);
    if (asks && serves && this.#bench.roleOf(user) !== "controller") this.#begin(namespace, what, atMillis);
    if (isWhole(after)) this.#end(namespace, what, atMillis);
  }

  /** Gone with its Canary is what was made for it, the way in as well; and all of it at once where nobody could act. */
  #canary({ namespace = "", before, after, atMillis }: WriteSeen): void {
    if (after !== undefined || before === undefined) return;
    const { service, key } = this.#bench.rollouts.read(before);
    const apex = this.#bench.objects.get("Service", namespace, service);
    const isOwned = apex?.metadata.ownerReferences?.some((owner) => `${namespace}/${owner.name}` === key) === true;
    if (isOwned || !isBeingDeleted(before)) this.#begin(namespace, `VirtualService ${service}`, atMillis);
  }

  #routing({ kind, namespace, name, before, user, atMillis }: WriteSeen): void {
    const what = `${kind} ${name}`;
    const role = this.#bench.roleOf(user);
    if (role === "person" && before !== undefined) this.#begin(namespace, what, atMillis);
    if (role === "controller") this.#end(namespace, what, atMillis);
  }

  #isOthers(user: string): boolean {
    return this.#bench.roleOf(user) === "person";
  }

  #begin(namespace = "", what: string, fromMillis: number, toMillis?: number): void {
    const troubles = this.#troubles.get(namespace) ?? new Map<string, Trouble>();
    this.#troubles.set(namespace, troubles);
    const known = troubles.get(what);
    const isOn = known !== undefined && known.toMillis === undefined;
    if (!isOn) troubles.set(what, { fromMillis, toMillis });
  }

  #end(namespace = "", what: string, atMillis: number): void {
    const trouble = this.#troubles.get(namespace)?.get(what);
    if (trouble !== undefined) trouble.toMillis = Math.min(trouble.toMillis ?? atMillis, atMillis);
  }
}

export function isReady(pod: KubeObject): boolean {
  return objectsAt(pod, "status", "conditions").some((each) => each["type"] === "Ready" && each["status"] === "True");
}

const isBeingDeleted = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined;
