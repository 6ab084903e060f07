import { KubeCanaries } from "../../src/adapters/kube/canaries.ts";
import { endpointsIn } from "../../src/adapters/kube/endpoints.ts";
import { Requests } from "../../src/adapters/kube/requests.ts";
import { retain } from "../../src/adapters/kube/retention.ts";
import { DeploymentDriver } from "../../src/adapters/kube/workloads/deployment.ts";
import { MetricRounds } from "../../src/adapters/metrics/metrics.ts";
import type { PrometheusClient } from "../../src/adapters/metrics/prometheus.ts";
import { noData, type Sample, unmeasurable } from "../../src/adapters/metrics/sample.ts";
import { trafficRouters } from "../../src/adapters/traffic/routers.ts";
import { RejectedError } from "../../src/control/errors.ts";
import { Inbox } from "../../src/control/inbox.ts";
import { type Pass, pass } from "../../src/control/line.ts";
import type { Desk } from "../../src/control/observe.ts";
import type { ClusterObject, Ports } from "../../src/control/ports.ts";
import { Reach } from "../../src/control/reach.ts";
import { Rejections } from "../../src/control/rejections.ts";
import type { Announcement } from "../../src/domain/decision.ts";
import type { Status } from "../../src/domain/status.ts";
import { type Instant, instant, millis } from "../../src/domain/time.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { Store } from "../../src/runtime/store.ts";
import { freeze } from "../../src/simulator/api/json.ts";
import { FakeCluster } from "../build/fakeCluster.ts";
import { CanaryServer } from "./canaryServer.ts";
import { DRAIN_MILLIS, SETTLE_MILLIS, SeenPods } from "./reach.ts";
import { NAME, NAMESPACE, NOW, type Scene, type Stored } from "./scene.ts";

export const KEY = `${NAMESPACE}/${NAME}`;

/** The controller as the engine puts it together, over a cluster in memory, one pass at a time. */
export class Stage {
  readonly cluster: FakeCluster;
  readonly server: CanaryServer;
  readonly told: Announcement[] = [];
  readonly #canaries = new Store({ transform: retain("Canary") });
  readonly #slices = new Store({ transform: retain("EndpointSlice") });
  /** As they were put, for laws that read them without the production code. */
  readonly #allSlices = new Map<string, ClusterObject>();
  readonly pods = new SeenPods();
  /** Keys of labels and annotations that the Canary's spec has asked for so far. */
  readonly asked = new Set<string>();
  readonly #answers: Scene["answers"];
  #asked = 0;
  #timers: { readonly at: number; readonly fire: () => void }[] = [];
  #desk: Desk;
  now: Instant = instant(NOW);
  /** What was last committed, as it was decided. */
  committed: Status | undefined;

  constructor(scene: Scene) {
    // So that nobody has to copy what nobody may write to.
    const { canary, objects, answers } = freeze(scene);
    this.#answers = answers;
    this.cluster = new FakeCluster();
    this.cluster.now = this.now;
    this.cluster.admit = (_kind, object) => freeze(object);
    this.server = new CanaryServer(canary);
    this.#canaries.put(canary);
    for (const stored of objects) this.put(stored);
    this.#desk = this.#newDesk();
  }

  /** Store it as somebody else would. What a server refuses is not there. */
  put({ kind, object }: Stored): void {
    if (kind === "EndpointSlice") {
      this.#allSlices.set(object.metadata.name, object);
      this.#slices.put({ ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#asked + 1000) } });
      return;
    }
    try {
      this.cluster.put(kind, object);
    } catch (error) {
      if (!(error instanceof RejectedError)) throw error;
    }
  }

  editCanary(change: { readonly spec?: unknown; readonly isDeleted?: boolean }): void {
    const before = this.server.object;
    this.server.edit({ ...change, now: this.now });
    const { object } = this.server;
    if (object !== undefined) this.#canaries.put(object);
    else if (before !== undefined) this.#canaries.remove(before);
  }

  /** All that one process knows is forgotten. */
  restart(): void {
    this.cluster.restart(this.now);
    this.pods.forget();
    this.#timers = [];
    this.#desk = this.#newDesk();
  }

  pause(lengthSeconds: number): void {
    this.now = instant(this.now + lengthSeconds * 1000);
    this.cluster.now = this.now;
    const due = this.#timers.filter(({ at }) => at <= this.now);
    this.#timers = this.#timers.filter(({ at }) => at > this.now);
    for (const { fire } of due) fire();
  }

  /** Note who is there now, as a pass does. */
  look(): void {
    this.pods.look([...this.#allSlices.values()], this.now);
  }

  /** One pass, and what it set going besides. */
  async pass(): Promise<Pass> {
    const end = await pass(KEY, this.#desk);
    // Readings of configs and answers of Prometheus, which are promises and nothing else here.
    await new Promise((resolve) => setImmediate(resolve));
    return end;
  }

  get record() {
    return this.#desk.ports.canaries.get(KEY);
  }

  get isRejected(): boolean {
    return this.#desk.rejections.of(KEY).length > 0;
  }

  #newDesk(): Desk {
    const { cluster } = this;
    const clock: Clock = {
      now: () => this.now,
      monotonic: () => this.now,
      setTimer: (delayMillis, fire) => {
        const timer = { at: this.now + delayMillis, fire };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
    };
    const now = { now: () => this.now };
    const leadership = { mayAct: () => true };
    const requests = new Requests({ transport: this.server, leadership });
    const inbox = new Inbox(() => {});
    const wake = () => {};
    const labels = { selectorLabels: ["app", "name", "app.kubernetes.io/name"], includeLabelPrefixes: ["*"] };
    const canaries = new KubeCanaries({ store: unindexed(this.#canaries), requests, clock: now });
    const metrics = { cluster, client: this.#prometheus(), inbox, defaultServer: "http://prometheus:9090" };
    const ports: Ports = {
      clock: now,
      canaries: {
        get: (key) => canaries.get(key),
        sharingTarget: (record) => canaries.sharingTarget(record),
        setFinalizer: (record, presence) => canaries.setFinalizer(record, presence),
        commit: async (record, status) => {
          await canaries.commit(record, status);
          this.committed = status;
        },
      },
      workloads: {
        Deployment: new DeploymentDriver({ cluster, clock, wake, configTracking: true, ...labels }),
        DaemonSet: undefined,
        Service: undefined,
      },
      routers: trafficRouters(cluster),
      defaultProvider: "istio",
      endpoints: endpointsIn(unindexed(this.#slices)),
      metrics: new MetricRounds({ ...metrics, noCrossNamespaceRefs: false }),
      inbox,
      announcer: { announce: (_, news) => this.told.push(...news) },
      outcomes: { note: () => {} },
      leadership,
    };
    const timing = { settle: millis(SETTLE_MILLIS), drain: millis(DRAIN_MILLIS) };
    return { ports, inbox, rejections: new Rejections(), reach: new Reach(), timing };
  }

  #prometheus(): PrometheusClient {
    const query = async (): Promise<Sample> => {
      const answer = this.#answers[this.#asked++ % Math.max(1, this.#answers.length)];
      if (answer === "nothing") return noData("the query answered no series");
      if (answer === "broken") return unmeasurable("connection refused");
      return { kind: "value", value: answer === "bad" ? -1e9 : 99.99, warnings: [] };
    };
    return { query, ping: async () => undefined, close: () => {} };
  }
}

/** A store whose indexes may be asked for again, as a second process does with its own. */
function unindexed(store: Store) {
  return {
    get: (key: string) => store.get(key),
    writeThrough: (object: Parameters<Store["put"]>[0]) => store.writeThrough(object),
    remove: (object: Parameters<Store["put"]>[0]) => store.remove(object),
    onChange: (listener: Parameters<Store["onChange"]>[0]) => store.onChange(listener),
    index: (_name: string, valuesOf: Parameters<Store["index"]>[1]) => (value: string) =>
      store.list().filter((object) => valuesOf(object).includes(value)),
  };
}
