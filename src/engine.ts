import { Caches } from "./adapters/kube/caches.ts";
import { KubeCanaries } from "./adapters/kube/canaries.ts";
import { catchUp } from "./adapters/kube/catchUp.ts";
import { KubeCluster } from "./adapters/kube/cluster.ts";
import { endpointsIn } from "./adapters/kube/endpoints.ts";
import { EventRecorder } from "./adapters/kube/events.ts";
import { KINDS } from "./adapters/kube/kinds.ts";
import { LeaderElection } from "./adapters/kube/lease.ts";
import { Requests } from "./adapters/kube/requests.ts";
import { DeploymentDriver } from "./adapters/kube/workloads/deployment.ts";
import { MetricRounds } from "./adapters/metrics/metrics.ts";
import type { PrometheusClient } from "./adapters/metrics/prometheus.ts";
import { trafficRouters } from "./adapters/traffic/routers.ts";
import { Attention } from "./attention.ts";
import type { Config } from "./config.ts";
import { Inbox } from "./control/inbox.ts";
import type { Desk } from "./control/observe.ts";
import type { Announcer, CanaryRecord, Key, Leadership, Outcomes } from "./control/ports.ts";
import { Reach } from "./control/reach.ts";
import { Rejections } from "./control/rejections.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Instant, instant } from "./domain/time.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Log } from "./runtime/log.ts";
import type { Meters } from "./runtime/meters.ts";
import type { Random } from "./runtime/random.ts";
import type { Transport } from "./runtime/transport.ts";
import { RolloutMeters } from "./server/outcomes.ts";

const LEASE_NAME = "serin-leader-election";
const CATCH_UP_RETRY_MILLIS = 1000;
const WHAT_WAS_WRITTEN_LAST = "what was written last on Canaries";

export interface EngineOptions {
  readonly config: Omit<Config, "kubeconfig" | "requestsPerSecond" | "requestBurst" | "port" | "logLevel">;
  readonly transport: Transport;
  readonly prometheus: PrometheusClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly meters: Meters;
}

/** Have this stopped at the end, before all that was named earlier. */
export type StopLater = (name: string, stop: () => Promise<void> | void) => void;

/**
 * The controller without a process around it: everything between the API server's transport and the clock. The simulator
 * runs the very same, with a world of its own behind both.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #outcomes: RolloutMeters;
  readonly #rejections = new Rejections();
  readonly #reach = new Reach();
  readonly #caches: Caches;
  readonly #cluster: KubeCluster;
  readonly #election: LeaderElection | undefined;
  readonly #events: EventRecorder;
  readonly #canaries: KubeCanaries;
  readonly #metrics: MetricRounds;
  readonly #dispatcher: Dispatcher;
  /** Whether what a predecessor wrote last is known, in this term. */
  #isCaughtUp = true;
  /** Ended when this instance ceases to lead. */
  #term = new AbortController();

  constructor(options: EngineOptions) {
    const { config, transport, prometheus, clock, random, log, meters } = options;
    this.#options = options;
    this.#outcomes = new RolloutMeters(meters);
    this.#election = config.leaderElection ? this.#newElection() : undefined;
    const leadership: Leadership = { mayAct: () => this.#isCaughtUp && (this.#election?.mayAct() ?? true) };
    this.#caches = new Caches({ transport, clock, random, log, meters, namespace: config.namespace });
    const now = { now: (): Instant => instant(clock.now()) };
    const requests = new Requests({ transport, leadership });
    const cluster = new KubeCluster({ stores: this.#caches.stores, requests, clock: now });
    this.#cluster = cluster;
    const reporter = { component: "serin", instance: config.identity };
    this.#events = new EventRecorder({ transport, clock, random, log, meters, reporter });
    this.#canaries = new KubeCanaries({ store: this.#caches.stores.Canary, requests, clock: now });
    this.#dispatcher = new Dispatcher({ clock, random, log, meters, workers: config.workers, desk: () => desk });
    const wake = (key: Key): void => this.#dispatcher.wake(key);
    const inbox = new Inbox(wake);
    const { metricsServer, noCrossNamespaceRefs } = config;
    const metrics = { cluster, client: prometheus, inbox, defaultServer: metricsServer, noCrossNamespaceRefs };
    this.#metrics = new MetricRounds(metrics);
    const deployments = new DeploymentDriver({ ...config, cluster, clock, wake });
    const ports: Desk["ports"] = {
      clock: now,
      canaries: this.#canaries,
      workloads: { Deployment: deployments, DaemonSet: undefined, Service: undefined },
      routers: trafficRouters(cluster),
      defaultProvider: config.meshProvider,
      endpoints: endpointsIn(this.#caches.stores.EndpointSlice),
      metrics: this.#metrics,
      inbox,
      announcer: this.#announcer(),
      outcomes: this.#outcomes satisfies Outcomes,
      leadership,
    };
    const timing = { settle: config.settle, drain: config.drain };
    const desk: Desk = { ports, inbox, rejections: this.#rejections, reach: this.#reach, timing };
  }

  /** Fill the caches, then work: at once without leader election, else while leading. */
  async start(stopLater: StopLater): Promise<void> {
    const { log } = this.#options;
    stopLater("caches", () => this.#caches.stop());
    this.#payAttention();
    this.#caches.start();
    // Told to stop before there was anything to decide by.
    if (!(await this.#caches.whenSynced())) return;
    this.#cluster.witness();
    log.info({ canaries: this.#caches.stores.Canary.size }, "caches are filled");
    if (this.#election !== undefined) {
      const election = this.#election;
      stopLater("lease", () => election.stop());
    }
    stopLater("events", () => this.#events.flush());
    stopLater("metrics", () => this.#metrics.stop());
    stopLater("rollouts", () => this.#dispatcher.stop());
    this.#dispatcher.start();
    if (this.#election === undefined) this.#wakeAll();
    else this.#election.start((leading) => this.#onLeading(leading));
  }

  readiness(): { readonly role: "leader" | "standby"; readonly waitingFor: readonly string[] } {
    const isLeader = this.#election === undefined || this.#election.mayAct();
    const behind = isLeader && !this.#isCaughtUp ? [WHAT_WAS_WRITTEN_LAST] : [];
    return { role: isLeader ? "leader" : "standby", waitingFor: [...this.#caches.waitingFor(), ...behind] };
  }

  #payAttention(): void {
    const { stores } = this.#caches;
    const [canaries, dispatcher] = [this.#canaries, this.#dispatcher];
    const attention = { stores, canaries, dispatcher, rejections: this.#rejections, outcomes: this.#outcomes };
    new Attention(attention).begin();
  }

  #newElection(): LeaderElection {
    const { config, transport, clock, random, log } = this.#options;
    const { leaderElectionNamespace: namespace, identity } = config;
    return new LeaderElection({ transport, clock, random, namespace, name: LEASE_NAME, identity, log });
  }

  #onLeading(leading: boolean): void {
    this.#options.log.info({ leading }, leading ? "leading" : "standing by");
    this.#isCaughtUp = false;
    this.#term.abort();
    this.#term = new AbortController();
    if (leading) void this.#catchUp(this.#term.signal);
    else this.#reach.forgetAll();
  }

  /** Tries until it succeeds or another one leads. Only then is anything done. */
  async #catchUp(term: AbortSignal): Promise<void> {
    const { transport, config, clock, log } = this.#options;
    try {
      await catchUp({ transport, store: this.#caches.stores.Canary, namespace: config.namespace, signal: term });
      if (term.aborted) return;
      this.#isCaughtUp = true;
      this.#wakeAll();
    } catch (error) {
      if (term.aborted) return;
      log.warn({ error }, "what was written last could not be read");
      clock.setTimer(CATCH_UP_RETRY_MILLIS, () => {
        if (!term.aborted) void this.#catchUp(term);
      });
    }
  }

  #wakeAll(): void {
    for (const key of this.#caches.stores.Canary.keys()) this.#dispatcher.wake(key);
  }

  #announcer(): Announcer {
    return {
      announce: ({ facts, uid, version }: CanaryRecord, announcements) => {
        const { name, namespace } = facts;
        const about = {
          apiVersion: KINDS.Canary.apiVersion,
          kind: "Canary",
          name,
          namespace,
          uid,
          resourceVersion: version,
        };
        for (const { type, message } of announcements) {
          this.#options.log.info({ canary: `${name}.${namespace}`, type, message }, "announced");
          this.#events.record({ about, type, message });
        }
      },
    };
  }
}
