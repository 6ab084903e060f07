import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { Transport } from "../../runtime/transport.ts";
import { Dice } from "./dice.ts";
import { ALL_FAULT_KINDS, type Fault, type FaultKind } from "./faults.ts";
import { Measurements, type QueryOutcome, type ScrapeOutcome } from "./measurements.ts";
import { type Mishap, Mishaps, type RequestKill } from "./mishaps.ts";
import { MOST_PROXY_LAG_MILLIS, Proxies } from "./proxies.ts";
import { REQUEST_KINDS, Requests } from "./requests.ts";
import { Skies } from "./skies.ts";
import { Storm } from "./storm.ts";
import { STREAM_KINDS } from "./streamPlan.ts";
import { drawTemper, type Temper } from "./temper.ts";
import { stormyWatch } from "./watches.ts";

export interface WeatherOptions {
  /** The world's own clock: virtual, and never skewed. */
  readonly clock: Clock;
  /** A few numbers are taken from it at once, always as many, and none later. */
  readonly random: Random;
  /** Since the epoch. From then on nothing goes wrong any more, and what hung is let go. */
  readonly stormEndsAtMillis: number;
  /** Exactly these are on. Without it, the seed draws them. Turning some off leaves the others as they were. */
  readonly kinds?: readonly FaultKind[];
  /** From 0 to 1. Without it, the seed draws it. */
  readonly intensity?: number;
  /** Faults, by id, that are not to strike: to shrink a story. */
  readonly without?: ReadonlySet<string>;
  /** No proxy hears of a change later than this. 5 s unless told otherwise. */
  readonly mostProxyLagMillis?: number;
  /** Writes objects at the same time as a client does, so that conflicts are real. Its own weather is fine. */
  readonly bystander?: Transport;
  /** Hears of each fault when it strikes. Must not throw. */
  readonly onFault?: (fault: Fault) => void;
}

/** The one source of everything that goes wrong in a life: drawn from one seed, in virtual time, until the storm is over. */
export class Weather {
  /** What the seed drew, or what was asked for in its place. */
  readonly temper: Temper;
  readonly #storm: Storm;
  readonly #proxies: Proxies;
  readonly #measurements: Measurements;
  readonly #mishaps: Mishaps;
  readonly #bystander: Transport | undefined;

  constructor(options: WeatherOptions) {
    const { clock, random, stormEndsAtMillis, without = new Set(), onFault = () => {} } = options;
    const seed = Math.floor(random.next() * 2 ** 32);
    const drawn = drawTemper(random, new Dice(seed).stream("kinds of their own"));
    const kinds =
      options.kinds === undefined ? drawn.kinds : ALL_FAULT_KINDS.filter((kind) => options.kinds?.includes(kind));
    this.temper = { kinds, intensity: options.intensity ?? drawn.intensity };
    this.#storm = new Storm({ clock, seed, temper: this.temper, stormEndsAtMillis, without, onFault });
    this.#proxies = new Proxies(this.#storm, options.mostProxyLagMillis ?? MOST_PROXY_LAG_MILLIS);
    this.#measurements = new Measurements(this.#storm);
    this.#mishaps = new Mishaps(this.#storm);
    this.#bystander = options.bystander;
  }

  /** Whether nothing goes wrong any more, or nothing ever does. */
  get isOver(): boolean {
    return this.#storm.isOver;
  }

  /** The way of one client to the API server. As the one inside once the storm is over. */
  transport(inner: Transport, user: string): Transport {
    const storm = this.#storm;
    const skies = new Skies(storm, user);
    const requests = new Requests({ inner, user, storm, skies, bystander: this.#bystander });
    const hasRequestFaults = REQUEST_KINDS.some((kind) => storm.isOn(kind));
    const hasStreamFaults = STREAM_KINDS.some((kind) => storm.isOn(kind));
    return {
      request: (request) => (hasRequestFaults && !storm.isOver ? requests.request(request) : inner.request(request)),
      watch: (request) =>
        hasStreamFaults && !storm.isOver ? stormyWatch({ inner, user, storm, skies }, request) : inner.watch(request),
    };
  }

  /** Milliseconds until that proxy hears of what changes now. Changes keep their order. */
  proxyLagMillis(proxy: number): number {
    return this.#proxies.lagMillis(proxy);
  }

  /** Whether that target is scraped this time: to be asked once for each scrape that is due. */
  scrape(target: string): ScrapeOutcome {
    return this.#measurements.scrape(target);
  }

  /** What becomes of one query to the metrics server: to be asked once for each. */
  query(user: string): QueryOutcome {
    return this.#measurements.query(user);
  }

  /** When that replica stands still and when it is killed, in the order of time. */
  mishaps(replica: string): readonly Mishap[] {
    return this.#mishaps.of(replica);
  }

  /** To be called when one of them has been made to happen, so that it is told. */
  struck(mishap: Mishap): void {
    this.#mishaps.struck(mishap);
  }

  /** Whether that replica dies as it sends a request: to be asked once for each. */
  killOnRequest(replica: string, method: string): RequestKill | undefined {
    return this.#mishaps.killOnRequest(replica, method);
  }

  /** For how many milliseconds that replica stands still before the answer to a request: to be asked once for each. */
  stallAtRequest(replica: string, method: string): number | undefined {
    return this.#mishaps.stallAtRequest(replica, method);
  }

  /** How many milliseconds that replica's wall clock is ahead of the world's now. Its monotonic clock is never off. */
  skewMillis(replica: string): number {
    return this.#mishaps.skewMillis(replica);
  }
}
