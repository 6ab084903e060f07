import type { Watcher, WriteSeen } from "../../simulator/happening.ts";
import type { Bench } from "./law.ts";
import type { Rollout } from "./rollouts.ts";
import { type Shares, selects, sharesOf, type Version } from "./route.ts";

/** Until when a version may be sent requests by who obeys the newest route. */
interface Sent {
  shares: Shares;
  /** When a version was given nothing any more; undefined while it is given something. */
  readonly leftAtMillis: Leaving;
  /** What a person's hand changed, and nobody else since. */
  readonly byHand: { readonly atMillis: number; readonly leftAtMillis: Leaving } | undefined;
}

type Leaving = Readonly<Record<Version, number | undefined>>;

/** Where the objects send the clients of each Service, and since when a version has had none of them. */
export class Sending implements Watcher {
  readonly #bench: Bench;
  readonly #sent = new Map<string, Sent>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  wrote({ kind, namespace, name, user, atMillis }: WriteSeen): void {
    if (kind !== "VirtualService" && kind !== "Service") return;
    const isByHand = this.#bench.roleOf(user) === "person";
    for (const rollout of this.#bench.rollouts.ofService(namespace, name)) this.#look(rollout, isByHand, atMillis);
  }

  /** The shares of both versions now. */
  sharesOf(rollout: Rollout): Shares {
    return this.#shares(rollout);
  }

  /** For how long a version has been sent nothing; 0 while it is sent something, or nobody ever looked. */
  leftForMillis(rollout: Rollout, version: Version, nowMillis: number): number {
    if (this.#shares(rollout)[version] > 0) return 0;
    const left = this.#sent.get(placeOf(rollout))?.leftAtMillis[version];
    return left === undefined ? Number.POSITIVE_INFINITY : nowMillis - left;
  }

  /**
   * The same as far as a controller can have heard: where a person changed the route a moment ago, as it was before. What
   * clients meet through that is the person's doing.
   */
  heardLeftForMillis(rollout: Rollout, version: Version, nowMillis: number): number {
    const byHand = this.#sent.get(placeOf(rollout))?.byHand;
    const isNews = byHand !== undefined && nowMillis - byHand.atMillis < this.#bench.timing.newsMillis;
    const left = isNews ? byHand.leftAtMillis[version] : undefined;
    return left === undefined ? this.leftForMillis(rollout, version, nowMillis) : nowMillis - left;
  }

  #look(rollout: Rollout, isByHand: boolean, atMillis: number): void {
    const shares = this.#shares(rollout);
    const place = placeOf(rollout);
    const before = this.#sent.get(place);
    const left = (version: Version): number | undefined => {
      if (shares[version] > 0) return undefined;
      return before === undefined || before.shares[version] > 0 ? atMillis : before.leftAtMillis[version];
    };
    const leftAtMillis = { primary: left("primary"), canary: left("canary") };
    const byHand = before && (before.byHand ?? { atMillis, leftAtMillis: before.leftAtMillis });
    this.#sent.set(place, { shares, leftAtMillis, byHand: isByHand ? byHand : undefined });
  }

  /** Without a route, a Service's own selector says it. */
  #shares({ namespace, service, target }: Rollout): Shares {
    const { objects } = this.#bench;
    const routed = sharesOf(objects.get("VirtualService", namespace, service), service);
    if (routed !== undefined) return routed;
    const apex = objects.get("Service", namespace, service);
    const meets = (name: string): number => (selects(apex, objects.get("Deployment", namespace, name)) ? 100 : 0);
    return { primary: meets(`${target}-primary`), canary: meets(target) };
  }
}

const placeOf = ({ namespace, service }: Rollout): string => `${namespace}/${service}`;
