import type { WriteSeen } from "../../simulator/happening.ts";
import { Endpoints } from "./endpoints.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { availableOf, replicasOf } from "./objects.ts";
import type { Rollout } from "./rollouts.ts";
import { type Shares, sharesOf, type Version } from "./route.ts";

const NOBODY: Shares = { primary: 0, canary: 0 };

/** Stages in which traffic flees from something worse, and takes whatever pods there are. */
const FLEEING = new Set(["Retreating", "Failed", "Warming", "Draining", "Steady", "Terminating", "GivingBack"]);

/** A version's share never rises in the route before the pods for it are there and every proxy can know them. */
export class PodsBeforeTraffic implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  readonly #endpoints = new Endpoints();
  /** By `namespace/name` of a Deployment: how many pods it asked for before its last change, and until when. */
  readonly #asked = new Map<string, { readonly pods: number; readonly untilMillis: number }>();

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote(write: WriteSeen): void {
    this.#endpoints.wrote(write);
    this.#noteAsked(write);
    if (write.kind !== "VirtualService" || this.#bench.roleOf(write.user) !== "controller") return;
    for (const rollout of this.#bench.rollouts.ofService(write.namespace, write.name)) this.#judge(rollout, write);
  }

  #judge(rollout: Rollout, { before, after, atMillis }: WriteSeen): void {
    const { service } = rollout;
    const [had, has] = [sharesOf(before, service) ?? NOBODY, sharesOf(after, service) ?? NOBODY];
    for (const version of ["primary", "canary"] as const) {
      if (has[version] <= had[version]) continue;
      const needed = this.#needed(rollout, version, { share: has[version], atMillis });
      const isLost = version === "primary" && had.canary > 0 && this.#isUnanswered(rollout, atMillis);
      const known = this.#known(rollout, version, { atMillis, isLost });
      if (known >= needed) continue;
      const share = `${Math.round(has[version])}% of the requests`;
      this.#tell(
        `the ${version} of ${rollout.key} is given ${share} with ${known} of ${needed} pods known for long enough`,
        atMillis,
      );
    }
  }

  #needed(rollout: Rollout, version: Version, { share, atMillis }: { share: number; atMillis: number }): number {
    const { namespace, target, asks, says } = rollout;
    const name = version === "canary" ? target : `${target}-primary`;
    const percent = version === "canary" ? asks.canaryReadyPercent : asks.primaryReadyPercent;
    const whole = Math.max(1, Math.floor((this.#replicas(namespace, name, atMillis) * percent) / 100));
    const needed = Math.ceil((share * whole) / 100);
    if (version === "canary" || !FLEEING.has(says.stage)) return needed;
    return Math.min(needed, this.#otherPods(rollout) + 1);
  }

  /** Fleeing traffic goes where more pods are, all of them or not. */
  #otherPods({ namespace, target }: Rollout): number {
    return availableOf(this.#bench.objects.get("Deployment", namespace, target));
  }

  /** As far as it can have been heard: somebody may have asked for more just now. */
  #replicas(namespace: string, name: string, atMillis: number): number {
    const deployment = this.#bench.objects.get("Deployment", namespace, name);
    const asks = deployment === undefined ? 0 : replicasOf(deployment);
    const before = this.#asked.get(`${namespace}/${name}`);
    const isNews = before !== undefined && atMillis - before.untilMillis < this.#bench.timing.newsMillis;
    return isNews && before.pods > 0 ? Math.min(asks, before.pods) : asks;
  }

  #noteAsked({ kind, namespace, name, before, after, atMillis }: WriteSeen): void {
    if (kind !== "Deployment" || before === undefined || after === undefined) return;
    const [had, has] = [replicasOf(before), replicasOf(after)];
    if (had !== has) this.#asked.set(`${namespace}/${name}`, { pods: had, untilMillis: atMillis });
  }

  #known(rollout: Rollout, version: Version, { atMillis, isLost }: { atMillis: number; isLost: boolean }): number {
    const { settleMillis, newsMillis } = this.#bench.timing;
    const isFleeing = version === "primary" && FLEEING.has(rollout.says.stage);
    const since = isFleeing || isLost ? atMillis : atMillis - settleMillis;
    return this.#endpoints.known(`${rollout.namespace}/${rollout.service}-${version}`, since, atMillis - newsMillis);
  }

  /** Nobody answers the canary's requests: sent to pods that a slow proxy does not know, no more are lost than before. */
  #isUnanswered({ namespace, service }: Rollout, atMillis: number): boolean {
    const { newsMillis } = this.#bench.timing;
    return this.#endpoints.known(`${namespace}/${service}-canary`, atMillis - newsMillis, atMillis) === 0;
  }
}
