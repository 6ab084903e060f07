import type { PrometheusClient } from "../adapters/metrics/prometheus.ts";
import { seconds } from "../domain/time.ts";
import type { EngineOptions } from "../engine.ts";
import type { Log } from "../runtime/log.ts";
import { type Random, seededRandom } from "../runtime/random.ts";
import type { KubeObject } from "../runtime/transport.ts";
import type { ApiServer } from "../simulator/api/apiServer.ts";
import { transportTo } from "../simulator/api/transport.ts";
import type { Watcher } from "../simulator/happening.ts";
import { MetricsServer } from "../simulator/metrics/metricsServer.ts";
import type { Client } from "../simulator/traffic/client.ts";
import { nodeBehaviourOf, type PodProfile } from "../simulator/traffic/profile.ts";
import { Traffic } from "../simulator/traffic/traffic.ts";
import { settlePromises, VirtualClock } from "../simulator/virtualClock.ts";
import { Weather, type WeatherOptions } from "../simulator/weather/weather.ts";
import { type FakeNode, fakeNode } from "../simulator/workloads/node/fakeNode.ts";
import { startWorkloads, type Workloads } from "../simulator/workloads/startWorkloads.ts";
import { MILLICORES_A_REQUEST } from "./autoscaling.ts";
import { LIFE_BEGINS_MILLIS } from "./clusterImage.ts";
import { befall, fateOf } from "./fate.ts";
import { Hands } from "./hands.ts";
import { overheardMetrics, overheardTransport } from "./overheard.ts";
import { simulatedPrometheus } from "./prometheus.ts";
import { QUIET_LOG } from "./quietLog.ts";
import { Replica } from "./replica.ts";
import { CONTROLLER_NAMESPACE, replicaName, USERS } from "./users.ts";

export interface SimWorldOptions {
  /** Where the API server begins: see `clusterImage`. */
  readonly image: ApiServer;
  readonly seed: number;
  readonly watchers?: readonly Watcher[];
  /** Of the replicas; one that says nothing unless told otherwise. */
  readonly log?: Log;
  /** What goes wrong for the replicas and on the way of routes and measurements; without it, nothing does. */
  readonly weather?: Omit<WeatherOptions, "clock" | "random" | "bystander">;
  /** Whoever sends requests. */
  readonly clients?: readonly Client[];
  /** Asked by the replicas in place of this world's own metrics server. */
  readonly prometheus?: PrometheusClient;
  /** Laid over the replicas' clients of this world's own metrics server. */
  readonly overPrometheus?: (client: PrometheusClient) => PrometheusClient;
  /** What pods do, to their clients and to their node; as their manifests say, unless told otherwise. */
  readonly profileOf?: (pod: KubeObject) => PodProfile;
  /** Of the metrics server; 5 unless told otherwise. */
  readonly scrapeSeconds?: number;
  /** The longest stretch that requests are told of together, in milliseconds; 1000 unless told otherwise. */
  readonly stretchMillis?: number;
}

export interface ReplicaPlan {
  readonly restartMillis?: number;
  /** Over the settings that replicas have unless told otherwise. */
  readonly config?: Partial<EngineOptions["config"]>;
}

/** Settings of the controller, as its flags have them unless told otherwise; with leader election. */
export const CONFIG: EngineOptions["config"] = {
  metricsServer: "http://prometheus.istio-system:9090",
  meshProvider: "istio",
  namespace: undefined,
  selectorLabels: ["app", "name", "app.kubernetes.io/name"],
  includeLabelPrefixes: [],
  configTracking: true,
  workers: 64,
  leaderElection: true,
  leaderElectionNamespace: CONTROLLER_NAMESPACE,
  noCrossNamespaceRefs: false,
  settle: seconds(1),
  drain: seconds(3),
  identity: "",
};

/** Nobody here applies to these, nor asks who wrote them. They are most of what is written. */
const UNOWNED: ReadonlySet<string> = new Set([
  "/pods",
  "/events",
  "/endpoints",
  "apps/replicasets",
  "coordination.k8s.io/leases",
  "discovery.k8s.io/endpointslices",
]);

/** A fifth of all writes, of which nothing in this world takes notice. */
const UNREAD: ReadonlySet<"events" | "endpoints"> = new Set(["events", "endpoints"]);

/** A cluster in memory under virtual time: API server, controllers, node, proxies and clients, metrics, replicas. */
export class SimWorld {
  readonly clock = new VirtualClock(LIFE_BEGINS_MILLIS, settlePromises);
  readonly api: ApiServer;
  /** A person's. */
  readonly hands: Hands;
  readonly weather: Weather | undefined;
  readonly traffic: Traffic;
  readonly metrics: MetricsServer;
  readonly replicas: Replica[] = [];
  readonly #options: SimWorldOptions;
  readonly #random: Random;
  readonly #node: FakeNode;
  readonly #workloads: Workloads;
  #writes = 0;

  constructor(options: SimWorldOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    const { clock } = this;
    const { watchers = [], clients = [], profileOf, stretchMillis, scrapeSeconds } = options;
    this.api = options.image.fork({ clock, random: this.#fresh(), unowned: UNOWNED });
    this.hands = new Hands(this.api, USERS.person);
    this.api.onWrite((write) => {
      this.#writes += 1;
      for (const watcher of watchers) watcher.wrote?.(write);
    });
    this.weather = this.#drawWeather();
    const shared = { clock, log: QUIET_LOG };
    const node = fakeNode({
      ...shared,
      random: this.#fresh(),
      transport: transportTo(this.api, USERS.node),
      ...(profileOf === undefined ? {} : { behaviourOf: (pod: KubeObject) => nodeBehaviourOf(profileOf(pod)) }),
    });
    const transport = transportTo(this.api, USERS.controllers);
    this.#node = node;
    this.#workloads = startWorkloads({
      ...shared,
      random: this.#fresh(),
      transport,
      without: UNREAD,
      cpuOf: (pod) => this.#coresUsedBy(pod),
    });
    const { weather } = this;
    const lagMillisOf = weather && ((proxy: number): number => weather.proxyLagMillis(proxy));
    this.traffic = new Traffic({
      clock,
      random: this.#fresh(),
      api: this.api,
      clients,
      watchers,
      keeper: node,
      ...(lagMillisOf === undefined ? {} : { lagMillisOf }),
      ...(profileOf === undefined ? {} : { profileOf }),
      ...(stretchMillis === undefined ? {} : { stretchMillis }),
    });
    this.metrics = new MetricsServer({
      clock,
      random: this.#fresh(),
      counters: () => this.traffic.counters(),
      ...(weather === undefined ? {} : { weather }),
      ...(scrapeSeconds === undefined ? {} : { scrapeSeconds }),
    });
  }

  /** Writes that took effect, of whoever. */
  get writes(): number {
    return this.#writes;
  }

  /** Begin: the cluster's controllers and its node run, and hear of everything. Takes no time that a clock shows. */
  async start(): Promise<void> {
    await this.clock.advance(0);
    await Promise.all([this.#node.ready, this.#workloads.ready]);
    this.traffic.start();
    this.metrics.start();
  }

  /** One more replica of the controller, not started yet. What the weather has in store for it comes by itself. */
  addReplica({ config = {}, ...plan }: ReplicaPlan = {}): Replica {
    const name = replicaName(this.replicas.length);
    const { log = QUIET_LOG } = this.#options;
    const straight = overheardTransport(transportTo(this.api, name), this.#tellOf(name));
    const replica = new Replica({
      ...plan,
      ...fateOf(name, this.weather),
      name,
      config: { ...CONFIG, ...config },
      clock: this.clock,
      seed: this.#drawSeed(),
      transport: this.weather?.transport(straight, name) ?? straight,
      prometheus: this.#prometheusFor(name),
      log,
    });
    this.replicas.push(replica);
    befall(replica, this.weather, this.clock);
    return replica;
  }

  /** End everything: nothing is written after this resolves. */
  async stop(): Promise<void> {
    for (const replica of this.replicas) replica.end();
    this.metrics.stop();
    this.traffic.stop();
    this.#node.stop();
    await this.#workloads.stop();
  }

  #tellOf(user: string): (what: string) => void {
    const { watchers = [] } = this.#options;
    return (what) => {
      for (const watcher of watchers) watcher.asked?.({ atMillis: this.clock.now(), user, what });
    };
  }

  /** Undefined while nobody has measured it. */
  #coresUsedBy(pod: KubeObject): number | undefined {
    const perSecond = this.traffic.loadOf(pod);
    return perSecond === undefined ? undefined : (perSecond * MILLICORES_A_REQUEST) / 1000;
  }

  #drawWeather(): Weather | undefined {
    const { weather } = this.#options;
    const random = this.#fresh();
    if (weather === undefined) return undefined;
    return new Weather({ ...weather, clock: this.clock, random, bystander: transportTo(this.api, USERS.bystander) });
  }

  #prometheusFor(user: string): PrometheusClient {
    const { clock, weather } = this;
    const metrics = overheardMetrics(this.metrics, this.#tellOf(user));
    const random = this.#fresh();
    const { prometheus, overPrometheus = (client) => client } = this.#options;
    if (prometheus !== undefined) return prometheus;
    const asked = { metrics, clock, random, user, ...(weather === undefined ? {} : { weather }) };
    return overPrometheus(simulatedPrometheus(asked));
  }

  #drawSeed(): number {
    return Math.floor(this.#random.next() * 2 ** 32);
  }

  #fresh(): Random {
    return seededRandom(this.#drawSeed());
  }
}
