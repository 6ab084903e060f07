import { Caches } from "./adapters/kube/caches.ts";
import { KubeCanaries } from "./adapters/kube/canaries.ts";
import { KubeCluster } from "./adapters/kube/cluster.ts";
import { Connection } from "./adapters/kube/connection.ts";
import { endpointsIn } from "./adapters/kube/endpoints.ts";
import { EventRecorder } from "./adapters/kube/events.ts";
import { KINDS } from "./adapters/kube/kinds.ts";
import { LeaderElection } from "./adapters/kube/lease.ts";
import { Requests } from "./adapters/kube/requests.ts";
import { DeploymentDriver } from "./adapters/kube/workloads/deployment.ts";
import { MetricRounds } from "./adapters/metrics/metrics.ts";
import { createPrometheusClient } from "./adapters/metrics/prometheus.ts";
import { trafficRouters } from "./adapters/traffic/routers.ts";
import { Attention } from "./attention.ts";
import type { Config } from "./config.ts";
import { Inbox } from "./control/inbox.ts";
import type { Desk } from "./control/observe.ts";
import type { Announcer, CanaryRecord, Key, Leadership } from "./control/ports.ts";
import { Reach } from "./control/reach.ts";
import { Rejections } from "./control/rejections.ts";
import { Dispatcher } from "./dispatcher.ts";
import { type Instant, instant } from "./domain/time.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import { jsonLog, type Log } from "./runtime/log.ts";
import { systemRandom } from "./runtime/random.ts";
import { Shutdown } from "./runtime/shutdown.ts";
import { serveHttp } from "./server/http.ts";
import { PrometheusMeters } from "./server/meters.ts";
import { RolloutMeters } from "./server/outcomes.ts";
import { VERSION } from "./version.ts";

/** Below the 30 s that Kubernetes leaves a pod by default. */
const SHUTDOWN_DEADLINE_MILLIS = 20_000;

const LEASE_NAME = "serin-leader-election";

/** Build every part of the controller, start it, and stop it when told to. Resolves when it is running. */
export async function runController(config: Config): Promise<void> {
  const clock = systemClock();
  const log = jsonLog({ clock, level: config.logLevel });
  const shutdown = new Shutdown({
    clock,
    log,
    deadlineMillis: SHUTDOWN_DEADLINE_MILLIS,
    exit: (code) => process.exit(code),
  });
  shutdown.listen(process);
  const controller = new Controller(config, clock, log);
  await controller.start(shutdown);
}

class Controller {
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meters = new PrometheusMeters().withProcessMetrics();
  readonly #outcomes = new RolloutMeters(this.#meters);
  readonly #random = systemRandom();
  readonly #rejections = new Rejections();
  readonly #reach = new Reach();
  readonly #transport: Connection;
  readonly #caches: Caches;
  readonly #election: LeaderElection | undefined;
  readonly #events: EventRecorder;
  readonly #canaries: KubeCanaries;
  readonly #metrics: MetricRounds;
  readonly #dispatcher: Dispatcher;

  constructor(config: Config, clock: Clock, log: Log) {
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
    const [random, meters] = [this.#random, this.#meters];
    this.#transport = new Connection({
      clock,
      source: config.kubeconfig === undefined ? { from: "default" } : { from: "file", path: config.kubeconfig },
      userAgent: `serin/${VERSION}`,
      qps: config.requestsPerSecond,
      burst: config.requestBurst,
    });
    const transport = this.#transport;
    this.#election = config.leaderElection ? this.#newElection() : undefined;
    const leadership: Leadership = { mayAct: () => this.#election?.mayAct() ?? true };
    this.#caches = new Caches({ transport, clock, random, log, meters, namespace: config.namespace });
    const now = { now: (): Instant => instant(clock.now()) };
    const requests = new Requests({ transport, leadership });
    const cluster = new KubeCluster({ stores: this.#caches.stores, requests, clock: now });
    const reporter = { component: "serin", instance: config.identity };
    this.#events = new EventRecorder({ transport, clock, random, log, meters, reporter });
    this.#canaries = new KubeCanaries({ store: this.#caches.stores.Canary, requests, clock: now });
    this.#dispatcher = new Dispatcher({ clock, random, log, meters, workers: config.workers, desk: () => desk });
    const wake = (key: Key): void => this.#dispatcher.wake(key);
    const inbox = new Inbox(wake);
    this.#metrics = new MetricRounds({
      cluster,
      client: createPrometheusClient(),
      inbox,
      defaultServer: config.metricsServer,
      noCrossNamespaceRefs: config.noCrossNamespaceRefs,
    });
    const deployments = new DeploymentDriver({
      cluster,
      clock,
      selectorLabels: config.selectorLabels,
      includeLabelPrefixes: config.includeLabelPrefixes,
      configTracking: config.configTracking,
      wake,
    });
    const desk: Desk = {
      ports: {
        clock: now,
        canaries: this.#canaries,
        workloads: { Deployment: deployments, DaemonSet: undefined, Service: undefined },
        routers: trafficRouters(cluster),
        defaultProvider: config.meshProvider,
        endpoints: endpointsIn(this.#caches.stores.EndpointSlice),
        metrics: this.#metrics,
        inbox,
        announcer: this.#announcer(),
        outcomes: this.#outcomes,
        leadership,
      },
      inbox,
      rejections: this.#rejections,
      reach: this.#reach,
      timing: { settle: config.settle, drain: config.drain },
    };
  }

  /** Serve health at once, fill the caches, then work: at once without leader election, else while leading. */
  async start(shutdown: Shutdown): Promise<void> {
    const { port } = this.#config;
    this.#meters
      .gauge({ name: "flagger_info", help: "Version and mesh provider", labels: ["version", "mesh_provider"] })
      .set(1, { version: VERSION, mesh_provider: this.#config.meshProvider });
    const http = await serveHttp({ port, meters: this.#meters, readiness: () => this.#readiness() });
    shutdown.add("connections to the API server", () => this.#transport.close());
    shutdown.add("health server", () => http.close());
    shutdown.add("caches", () => this.#caches.stop());
    this.#payAttention();
    this.#caches.start();
    this.#log.info({ version: VERSION, port: http.port }, "waiting for caches");
    // Told to stop before there was anything to decide by.
    if (!(await this.#caches.whenSynced())) return;
    this.#log.info({ canaries: this.#caches.stores.Canary.size }, "caches are filled");
    if (this.#election !== undefined) {
      const election = this.#election;
      shutdown.add("lease", () => election.stop());
    }
    shutdown.add("events", () => this.#events.flush());
    shutdown.add("metrics", () => this.#metrics.stop());
    shutdown.add("rollouts", () => this.#dispatcher.stop());
    this.#dispatcher.start();
    if (this.#election === undefined) this.#wakeAll();
    else this.#election.start((leading) => this.#onLeading(leading));
  }

  #payAttention(): void {
    const { stores } = this.#caches;
    const [canaries, dispatcher] = [this.#canaries, this.#dispatcher];
    const attention = { stores, canaries, dispatcher, rejections: this.#rejections, outcomes: this.#outcomes };
    new Attention(attention).begin();
  }

  #newElection(): LeaderElection {
    return new LeaderElection({
      transport: this.#transport,
      clock: this.#clock,
      random: this.#random,
      namespace: this.#config.leaderElectionNamespace,
      name: LEASE_NAME,
      identity: this.#config.identity,
      log: this.#log,
    });
  }

  #onLeading(leading: boolean): void {
    this.#log.info({ leading }, leading ? "leading" : "standing by");
    if (leading) this.#wakeAll();
    else this.#reach.forgetAll();
  }

  #wakeAll(): void {
    for (const key of this.#caches.stores.Canary.keys()) this.#dispatcher.wake(key);
  }

  #readiness() {
    const isLeader = this.#election === undefined || this.#election.mayAct();
    return { role: isLeader ? ("leader" as const) : ("standby" as const), waitingFor: this.#caches.waitingFor() };
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
          this.#log.info({ canary: `${name}.${namespace}`, type, message }, "announced");
          this.#events.record({ about, type, message });
        }
      },
    };
  }
}
