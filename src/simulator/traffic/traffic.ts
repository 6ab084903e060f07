import type { Cancel, Clock } from "../../runtime/clock.ts";
import { type Random, seededRandom } from "../../runtime/random.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { ApiServer } from "../api/apiServer.ts";
import type { Watcher } from "../happening.ts";
import { INGRESS, type Reported } from "../metrics/istioLabels.ts";
import type { PodCounters, RequestCount } from "../metrics/podCounters.ts";
import { Batches } from "./batches.ts";
import type { Client } from "./client.ts";
import { Tally } from "./counters.ts";
import { poisson } from "./draw.ts";
import { isServed } from "./flow.ts";
import { Flows } from "./flows.ts";
import { Latency } from "./latency.ts";
import { LivePods, type PodKeeper } from "./livePods.ts";
import { MeshLog, type Part } from "./meshLog.ts";
import type { PodProfile } from "./profile.ts";
import { ProxyView } from "./proxyView.ts";
import { send } from "./send.ts";
import { expectedRequests, type Shape } from "./shape.ts";

export interface TrafficOptions {
  readonly clock: Clock;
  /** Drawn from once, for a seed. */
  readonly random: Random;
  /** Must hold what is in the world from its beginning: what is there when Traffic is made, proxies know at once. */
  readonly api: ApiServer;
  readonly clients: readonly Client[];
  readonly watchers?: readonly Watcher[];
  /** 3 unless told otherwise. */
  readonly proxies?: number;
  /** From a write to the first request that it rules, in milliseconds. Asked for each write and proxy; 100 unless told otherwise. */
  readonly lagMillisOf?: (proxy: number) => number;
  /** How much later routes come to a proxy than clusters and endpoints; 10 unless told otherwise. */
  readonly routesAfterMillis?: number;
  /** The longest stretch that one batch is of; 1000 unless told otherwise. */
  readonly stretchMillis?: number;
  /** What pods do; as their manifests say, unless told otherwise. */
  readonly profileOf?: (pod: KubeObject) => PodProfile;
  /** Told when a program stops or starts to listen by itself. */
  readonly keeper?: PodKeeper;
}

interface Seat {
  readonly proxy: ProxyView;
  readonly tally: Tally;
  /** All before this, on the monotonic scale, is sent and told. */
  sentToMillis: number;
}

interface User {
  readonly client: Client;
  shape: Shape;
  hasCome: boolean;
  sent: number;
}

const LAG_MILLIS = 100;
const ROUTES_AFTER_MILLIS = 10;
const STRETCH_MILLIS = 1000;

/** Clients whose requests go through proxies that lag behind the cluster, to pods that may not be there any more. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #dice: Random;
  readonly #latency = new Latency();
  readonly #log: MeshLog;
  readonly #pods: LivePods;
  readonly #seats: readonly Seat[];
  readonly #users: User[] = [];
  readonly #batches: Batches;
  readonly #flows: Flows;
  #timer: Cancel | undefined;
  #isRunning = false;

  constructor(options: TrafficOptions) {
    this.#options = options;
    const { clock, random, api, proxies = 3, lagMillisOf = () => LAG_MILLIS } = options;
    const { routesAfterMillis = ROUTES_AFTER_MILLIS } = options;
    const seed = Math.floor(random.next() * 2 ** 32);
    this.#dice = seededRandom(seed);
    this.#batches = new Batches(options.watchers ?? []);
    this.#log = new MeshLog(api, (part, state) => this.#hear(part, state));
    this.#pods = new LivePods({
      ...options,
      seed,
      makeTally: () => this.#tally("destination"),
      beforeChange: () => this.flush(),
    });
    this.#seats = Array.from({ length: proxies }, (_, number): Seat => {
      const beforeMove = (): void => this.#flushSeat(seat);
      const at = this.#log.newest;
      const proxy = new ProxyView({ number, clock, at, lagMillisOf, routesAfterMillis, beforeMove });
      const seat: Seat = { proxy, tally: this.#tally("source"), sentToMillis: clock.monotonic() };
      return seat;
    });
    this.#flows = new Flows(this.#log, this.#pods, () => this.#seats.map(({ proxy }) => proxy.position));
    for (const client of options.clients) this.add(client);
  }

  /** Clients begin to send. Does nothing if they do already. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (const seat of this.#seats) seat.sentToMillis = this.#options.clock.monotonic();
    this.#welcome();
    this.#tick();
  }

  /** Nobody sends any more, and nothing is followed; what was sent until now is told first. For good. */
  stop(): void {
    this.flush();
    this.#isRunning = false;
    this.#timer?.();
    this.#pods.stop();
    this.#log.stop();
    for (const { proxy } of this.#seats) proxy.stop();
  }

  /** More clients, from now on. Two of one service are counted together. */
  add(client: Client): void {
    this.flush();
    this.#users.push({ client, shape: client.shape, hasCome: client.comes !== "once it is served", sent: 0 });
  }

  /** From now on the clients of this service come at another rate. */
  setShape(service: string, shape: Shape): void {
    this.flush();
    for (const user of this.#users) if (user.client.service === service) user.shape = shape;
  }

  /** Tell of all that was sent up to now, without waiting for the end of the stretch. */
  flush(): void {
    if (!this.#isRunning) return;
    for (const seat of this.#seats) this.#flushSeat(seat);
  }

  /** How many requests the clients of a service have sent, as far as was told. */
  sent(service: string): number {
    return this.#users.reduce((sum, { client, sent }) => sum + (client.service === service ? sent : 0), 0);
  }

  /** What the sidecar of every pod that has an address has counted (`reporter="destination"`). Begins anew with each pod. */
  counters(): readonly PodCounters[] {
    this.flush();
    return this.#pods.all().map(({ object: { metadata }, address, group, tally, hasSidecar }) => ({
      pod: {
        namespace: metadata.namespace ?? "",
        name: metadata.name,
        address,
        app: group.canonical.app,
        version: group.canonical.version,
      },
      isServing: hasSidecar,
      read: () => this.#read(tally),
    }));
  }

  /** What the proxies have counted (`reporter="source"`), lost requests included. */
  gatewayCounters(): readonly PodCounters[] {
    this.flush();
    return this.#seats.map(({ proxy: { number }, tally }) => ({
      pod: {
        namespace: INGRESS.namespace,
        name: `${INGRESS.name}-${number}`,
        address: `10.0.1.${number + 1}`,
        app: INGRESS.app,
        version: INGRESS.version,
      },
      read: () => this.#read(tally),
    }));
  }

  /** Requests per second that a pod has of late, for what autoscalers measure; undefined while that is not known. */
  loadOf(pod: KubeObject): number | undefined {
    const { clock } = this.#options;
    this.flush();
    return this.#pods.named(pod)?.loadAt(clock.monotonic());
  }

  /** Whether every proxy obeys all that was written. */
  get isUpToDate(): boolean {
    return this.#seats.every(({ proxy }) => proxy.isUpToDate);
  }

  #tick(): void {
    this.#timer = this.#options.clock.setTimer(this.#options.stretchMillis ?? STRETCH_MILLIS, () => {
      this.flush();
      this.#welcome();
      this.#tick();
    });
  }

  /** Lets in those who waited for the service, once every proxy has somewhere to send them. */
  #welcome(): void {
    for (const user of this.#users) {
      if (!user.hasCome)
        user.hasCome = this.#seats.every(({ proxy }) => isServed(this.#flows.flow(proxy.position, user.client)));
    }
  }

  #hear(part: Part, state: number): void {
    for (const { proxy } of this.#seats) proxy.hear(part, state);
  }

  #flushSeat(seat: Seat): void {
    if (!this.#isRunning) return;
    const { clock } = this.#options;
    const toMillis = clock.monotonic();
    const lengthMillis = toMillis - seat.sentToMillis;
    if (lengthMillis <= 0) return;
    seat.sentToMillis = toMillis;
    const now = clock.now();
    const middle = { monotonicMillis: toMillis - lengthMillis / 2, nowMillis: now - lengthMillis / 2 };
    for (const user of this.#users) {
      if (!user.hasCome) continue;
      const expected = expectedRequests(user.shape, now - lengthMillis, now) / this.#seats.length;
      const count = poisson(expected, this.#dice);
      if (count === 0) continue;
      user.sent += count;
      const ended = this.#batches.begin();
      send(this.#flows.flow(seat.proxy.position, user.client), count, {
        ...middle,
        dice: this.#dice,
        tally: seat.tally,
        ended,
      });
      const { service } = user.client;
      this.#batches.tell({ fromMillis: now - lengthMillis, toMillis: now, service, proxy: seat.proxy.number });
    }
  }

  #read(tally: Tally): readonly RequestCount[] {
    this.flush();
    return tally.read();
  }

  #tally(reporter: Reported["reporter"]): Tally {
    return new Tally(reporter, this.#latency, this.#dice);
  }
}
