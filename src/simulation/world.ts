import type { PrometheusClient } from "../adapters/metrics/prometheus.ts";
import { seconds } from "../domain/time.ts";
import type { EngineOptions } from "../engine.ts";
import type { Log } from "../runtime/log.ts";
import { type Random, seededRandom } from "../runtime/random.ts";
import type { Transport } from "../runtime/transport.ts";
import type { ApiServer } from "../simulator/api/apiServer.ts";
import { transportTo } from "../simulator/api/transport.ts";
import type { Watcher } from "../simulator/happening.ts";
import { settlePromises, VirtualClock } from "../simulator/virtualClock.ts";
import { type FakeNode, fakeNode } from "../simulator/workloads/node/fakeNode.ts";
import { startWorkloads, type Workloads } from "../simulator/workloads/startWorkloads.ts";
import { LIFE_BEGINS_MILLIS } from "./clusterImage.ts";
import { Hands } from "./hands.ts";
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
  /** What is between a user and the API server; nothing unless told otherwise. */
  readonly wayOf?: (straight: Transport, user: string) => Transport;
  readonly prometheus: PrometheusClient;
}

export interface ReplicaPlan {
  readonly skewMillis?: number;
  readonly restartMillis?: number;
  /** Over the settings that replicas have unless told otherwise. */
  readonly config?: Partial<EngineOptions["config"]>;
}

/** Settings of the controller, as its flags have them unless told otherwise; with leader election. */
const CONFIG: EngineOptions["config"] = {
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

/** A cluster in memory under virtual time: its API server, its own controllers, its node, and replicas of the controller. */
export class SimWorld {
  readonly clock = new VirtualClock(LIFE_BEGINS_MILLIS, settlePromises);
  readonly api: ApiServer;
  /** A person's. */
  readonly hands: Hands;
  readonly replicas: Replica[] = [];
  readonly #options: SimWorldOptions;
  readonly #random: Random;
  #node: FakeNode | undefined;
  #workloads: Workloads | undefined;
  #writes = 0;

  constructor(options: SimWorldOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.api = options.image.fork({ clock: this.clock, random: this.#fresh() });
    this.hands = new Hands(this.api, USERS.person);
    const { watchers = [] } = options;
    this.api.onWrite((write) => {
      this.#writes += 1;
      for (const watcher of watchers) watcher.wrote?.(write);
    });
  }

  /** Writes that took effect, of whoever. */
  get writes(): number {
    return this.#writes;
  }

  /** Begin: the cluster's controllers and its node run, and hear of everything. Takes no time that a clock shows. */
  async start(): Promise<void> {
    const shared = { clock: this.clock, log: QUIET_LOG };
    const [node, controllers] = [USERS.node, USERS.controllers].map((user) => this.transport(user)) as [
      Transport,
      Transport,
    ];
    this.#node = fakeNode({ ...shared, random: this.#fresh(), transport: node });
    this.#workloads = startWorkloads({ ...shared, random: this.#fresh(), transport: controllers });
    await this.clock.advance(0);
  }

  /** The way to the API server that a user of this world has. */
  transport(user: string): Transport {
    const straight = transportTo(this.api, user);
    return this.#options.wayOf?.(straight, user) ?? straight;
  }

  /** One more replica of the controller, not started yet. */
  addReplica({ config = {}, ...plan }: ReplicaPlan = {}): Replica {
    const name = replicaName(this.replicas.length);
    const { log = QUIET_LOG, prometheus } = this.#options;
    const replica = new Replica({
      ...plan,
      name,
      config: { ...CONFIG, ...config },
      clock: this.clock,
      seed: Math.floor(this.#random.next() * 2 ** 32),
      transport: this.transport(name),
      prometheus,
      log,
    });
    this.replicas.push(replica);
    return replica;
  }

  /** Make a running pod ready or not, whatever its manifest says. */
  setReady(pod: { readonly namespace: string; readonly name: string }, readiness: "ready" | "unready"): void {
    this.#node?.setReady(pod, readiness);
  }

  /** End everything: nothing is written after this resolves. */
  async stop(): Promise<void> {
    for (const replica of this.replicas) replica.end();
    this.#node?.stop();
    await this.#workloads?.stop();
  }

  #fresh(): Random {
    return seededRandom(Math.floor(this.#random.next() * 2 ** 32));
  }
}
