/** Plays scheduler, kubelet and sidecars: one node that takes every pod and runs it as a real HTTP server in this process. */
import type { Cancel, Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Random } from "../../runtime/random.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { Store } from "../../runtime/store.ts";
import { type KubeObject, type Method, type Transport, TransportError } from "../../runtime/transport.ts";
import { BEHAVIOUR_ANNOTATION, type Behaviour, parseAnnotation, refusedIn } from "../../simulator/pods/behaviour.ts";
import { canonicalNames, type PodObject, portsOf, workloadOf } from "../../simulator/pods/podObject.ts";
import { type Kind, Refusals } from "../refusals.ts";
import { registerNode } from "./nodeObject.ts";
import { Pod } from "./pod.ts";
import type { ScrapeTarget } from "./scrapeTarget.ts";

export interface PodHostOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly nodeName?: string;
  /** After a crash; from 1 s to 8 s unless told otherwise, which is quicker than a kubelet's 10 s to 5 min. */
  readonly crashBackoff?: { readonly baseMillis: number; readonly capMillis: number };
}

const DEPLOYMENT: Kind = { apiVersion: "apps/v1", kind: "Deployment" };
const POD: Kind = { apiVersion: "v1", kind: "Pod" };
const HOST_IP = "10.0.0.1";
const RETRY_MILLIS = 100;
const TIMEOUT_MILLIS = 10_000;
/** A pod that went is still in a scrape or two, and then never again. */
const LINGER_MILLIS = 5000;
const DEFAULT_GRACE_SECONDS = 30;

export class PodHost {
  readonly #options: PodHostOptions;
  readonly #podStore: Store;
  readonly #deployments = new Store();
  readonly #reflectors: readonly Reflector[];
  readonly #pods = new Map<string, Pod>();
  readonly #byAddress = new Map<string, Pod>();
  /** Pods that went, and how to end the wait until nobody asks for them any more. */
  readonly #gone = new Map<Pod, Cancel>();
  /** What was asked of workloads in process, kept for pods still to come. */
  readonly #manners = new Map<string, Partial<Behaviour>>();
  readonly #refusals: Refusals;
  #nextAddress = 256;
  #isStopped = false;

  constructor(options: PodHostOptions) {
    this.#options = options;
    this.#refusals = new Refusals(options);
    const { log } = options;
    this.#podStore = new Store({ report: (error) => log.error({ error }, "a pod could not be taken in") });
    this.#podStore.onChange((_key, before, after) => this.#see(before, after));
    this.#deployments.onChange((key, before, after) => {
      this.#refuseOfDeployment(before, after);
      this.#remind(key);
    });
    const follow = (store: Store, kind: string, path: string) => new Reflector({ ...options, store, kind, path });
    this.#reflectors = [
      follow(this.#deployments, "deployments.apps", "/apis/apps/v1/deployments"),
      follow(this.#podStore, "pods", "/api/v1/pods"),
    ];
  }

  /** Resolves once the node is there and all pods are seen. */
  async start(): Promise<void> {
    const nodeName = this.#options.nodeName ?? "node-1";
    await registerNode(nodeName, HOST_IP, (method, path, body) => this.#send(method, path, body));
    // Deployments first: what a pod does is also said on its own.
    for (const reflector of this.#reflectors) {
      reflector.start();
      await reflector.whenSynced();
    }
  }

  /** All pods end at once, without a word to the API server. */
  stop(): void {
    this.#isStopped = true;
    for (const reflector of this.#reflectors) reflector.stop();
    for (const pod of this.#pods.values()) pod.vanish();
    for (const cancel of this.#gone.values()) cancel();
    this.#gone.clear();
    this.#pods.clear();
    this.#byAddress.clear();
  }

  get pods(): readonly Pod[] {
    return [...this.#pods.values()];
  }

  /** All of a workload's pods, of now and later, behave so from now on: `behave("test/podinfo", { errorPercent: 40 })`. */
  behave(workload: `${string}/${string}`, changes: Partial<Behaviour>): void {
    this.#manners.set(workload, { ...this.#manners.get(workload), ...changes });
    this.#remind(workload);
  }

  /** The port of loopback where a pod's port is; undefined where a connection would be refused. */
  resolve(address: string, port: number): number | undefined {
    const pod = this.#byAddress.get(address);
    const ports = pod === undefined ? [] : portsOf(pod.object);
    return ports.length === 0 || ports.includes(port) ? pod?.server.port : undefined;
  }

  /** What a pod uses, in cores; undefined where nothing of it runs. */
  cpuOf({ metadata: { uid = "" } }: KubeObject): number | undefined {
    const pod = this.#pods.get(uid);
    return pod?.server.port === undefined ? undefined : pod.behaviour.cpuMillicores / 1000;
  }

  /** One target a pod: its program's metrics and its sidecar's, as Istio merges them. */
  scrapeTargets(): readonly ScrapeTarget[] {
    return [...this.#pods.values(), ...this.#gone.keys()].map(targetOf);
  }

  #see(before: KubeObject | undefined, after: KubeObject | undefined): void {
    if (this.#isStopped) return;
    if (after === undefined) {
      if (before !== undefined) this.#forget(before);
      return;
    }
    const uid = after.metadata.uid ?? "";
    const known = this.#pods.get(uid);
    const pod = known ?? this.#add(after as PodObject, uid);
    const { deletionTimestamp } = after.metadata;
    const isToldOtherwise = annotationOf(before) !== annotationOf(after);
    if (known === undefined || isToldOtherwise) this.#refuseOfPod(after as PodObject);
    if (deletionTimestamp !== undefined) {
      const grace = after.metadata["deletionGracePeriodSeconds"];
      this.#watchOver(pod, pod.terminate(typeof grace === "number" ? grace : DEFAULT_GRACE_SECONDS));
    } else if (known === undefined) {
      this.#watchOver(pod, pod.live());
    } else if (isToldOtherwise) {
      pod.behave(this.#mannersOf(after));
    }
  }

  #add(object: PodObject, uid: string): Pod {
    const pod = new Pod(
      object,
      {
        clock: this.#options.clock,
        nodeName: this.#options.nodeName ?? "node-1",
        hostIP: HOST_IP,
        address: this.#takeAddress(),
        crashBackoff: this.#options.crashBackoff ?? { baseMillis: 1000, capMillis: 8000 },
        send: (method, path, body) => this.#send(method, path, body),
      },
      this.#mannersOf(object),
    );
    this.#pods.set(uid, pod);
    this.#byAddress.set(pod.address, pod);
    return pod;
  }

  #forget(object: KubeObject): void {
    this.#refusals.forget(object);
    const uid = object.metadata.uid ?? "";
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    pod.vanish();
    this.#pods.delete(uid);
    this.#byAddress.delete(pod.address);
    const cancel = this.#options.clock.setTimer(LINGER_MILLIS, () => void this.#gone.delete(pod));
    this.#gone.set(pod, cancel);
  }

  /** Tell the pods of a workload how to behave now. */
  #remind(workload: string): void {
    for (const pod of this.#pods.values()) {
      const object = this.#podStore.get(`${pod.object.metadata.namespace}/${pod.object.metadata.name}`) ?? pod.object;
      if (keyOfWorkload(pod.object) === workload) pod.behave(this.#mannersOf(object));
    }
  }

  #mannersOf(pod: KubeObject): Partial<Behaviour> {
    const workload = keyOfWorkload(pod);
    const said = [this.#deployments.get(workload), pod].map((object) => parseAnnotation(annotationOf(object)));
    return Object.assign({}, ...said.map(({ changes }) => changes), this.#manners.get(workload));
  }

  /** Also what its pods will be: once for them all. */
  #refuseOfDeployment(before: KubeObject | undefined, after: KubeObject | undefined): void {
    if (after === undefined) {
      if (before !== undefined) this.#refusals.forget(before);
      return;
    }
    const { template } = (after["spec"] ?? {}) as { readonly template?: Pick<PodObject, "spec"> };
    const ofPods = refusedIn({ ...after, ...template });
    this.#refusals.hold(DEPLOYMENT, after, [...refusedWords(after), ...ofPods]);
  }

  #refuseOfPod(pod: PodObject): void {
    const isOfDeployment = this.#deployments.get(keyOfWorkload(pod)) !== undefined;
    this.#refusals.hold(POD, pod, [...refusedWords(pod), ...(isOfDeployment ? [] : refusedIn(pod))]);
  }

  /** Round and round, so that an address is not another pod's before the proxies forgot the first. */
  #takeAddress(): string {
    for (;;) {
      const number = this.#nextAddress;
      this.#nextAddress = number >= 65_000 ? 256 : number + 1;
      const address = `10.244.${number >> 8}.${number & 255}`;
      if (!this.#byAddress.has(address)) return address;
    }
  }

  #watchOver(pod: Pod, life: Promise<void>): void {
    const { name, namespace } = pod.object.metadata;
    life.catch((error: unknown) =>
      this.#options.log.error({ pod: `${namespace}/${name}`, error }, "a pod's life ended badly"),
    );
  }

  async #send(method: Method, path: string, body: unknown): Promise<void> {
    const { transport, clock, log } = this.#options;
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    while (!this.#isStopped) {
      const status = await transport.request({ method, path, body, contentType, timeoutMillis: TIMEOUT_MILLIS }).then(
        (response) => response.status,
        (error: unknown) => {
          if (error instanceof TransportError) return 503;
          throw error;
        },
      );
      // Gone, bound already, or another pod of that name: not ours to change. The rest is an API server that is away.
      if (status < 400 || status === 404 || status === 409) return;
      if (status < 500 && status !== 429) return log.error({ method, path, status }, "the API server refused the node");
      await new Promise<void>((resolve) => void clock.setTimer(RETRY_MILLIS, resolve));
    }
  }
}

const annotationOf = (object: KubeObject | undefined): string | undefined =>
  object?.metadata.annotations?.[BEHAVIOUR_ANNOTATION];

const refusedWords = (object: KubeObject): readonly string[] =>
  parseAnnotation(annotationOf(object)).unknown.map((word) => `${BEHAVIOUR_ANNOTATION}: "${word}" means nothing`);

const keyOfWorkload = (pod: KubeObject): string => `${pod.metadata.namespace}/${workloadOf(pod)}`;

function targetOf(pod: Pod): ScrapeTarget {
  const { name, namespace = "" } = pod.object.metadata;
  const { app, version } = canonicalNames(pod.object);
  const instance = `${pod.address}:${portsOf(pod.object)[0] ?? 80}`;
  const kubernetes = { kubernetes_namespace: namespace, kubernetes_pod_name: name };
  const labels = { job: "kubernetes-pods", instance, namespace, pod: name, app, version, ...kubernetes };
  return { labels, text: () => pod.metrics.text() };
}
