/** Stands in for scheduler, kubelet and sidecars: one node that takes every pod and runs it as a real HTTP server in this process. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Api, ApiError, type Method, type PatchType } from "./api.ts";
import { type Behaviour, type PodObject, workloadOf } from "./behaviour.ts";
import { sidecarMetricsPort } from "./configuration.ts";
import { nodeAddress } from "./enter.ts";
import { Pod } from "./pod.ts";
import { SidecarMetrics } from "./sidecarMetrics.ts";

const nodeName = "node-1";
const retryMillis = 100;

export interface NodeOptions {
  /** `none`: pods are ready at once and nothing listens, which is enough to count a controller's own work. */
  readonly servers: "real" | "none";
}

export class PlaneNode {
  readonly #api: Api;
  readonly #options: NodeOptions;
  readonly #metrics = new SidecarMetrics();
  readonly #pods = new Map<string, Pod>();
  readonly #addresses = new Set<string>();
  /** What tests asked of workloads, kept for pods still to come. */
  readonly #manners = new Map<string, Partial<Behaviour>>();
  readonly #stopping = new AbortController();
  #nextAddress = 0;
  #metricsServer: Server | undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(api: Api, options: NodeOptions) {
    this.#api = api;
    this.#options = options;
  }

  async start(): Promise<void> {
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(this.#metrics.text(Date.now()));
    });
    this.#metricsServer = server;
    server.listen(sidecarMetricsPort, nodeAddress);
    await once(server, "listening");
    await this.#join();
    this.#watching = this.#follow();
  }

  /** All of a workload's pods, of now and later, behave so from now on: `behave("test/podinfo", { errorPercent: 40 })`. */
  async behave(workload: `${string}/${string}`, changes: Partial<Behaviour>): Promise<void> {
    this.#manners.set(workload, { ...this.#manners.get(workload), ...changes });
    await Promise.all(
      [...this.#pods.values()].filter((pod) => keyOf(pod.object) === workload).map((pod) => pod.behave(changes)),
    );
  }

  /** How many pods it runs now. */
  get podCount(): number {
    return this.#pods.size;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    for (const pod of this.#pods.values()) pod.vanish();
    this.#metricsServer?.close();
    this.#metricsServer?.closeAllConnections();
    await this.#api.close();
  }

  async #join(): Promise<void> {
    const condition = {
      type: "Ready",
      status: "True",
      reason: "KubeletReady",
      lastHeartbeatTime: null,
      lastTransitionTime: null,
    };
    const room = { cpu: "1000", memory: "1000Gi", pods: "10000" };
    await this.#send("POST", "/api/v1/nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: nodeName, labels: { "kubernetes.io/os": "linux" } },
    });
    // Admission taints each new node as not ready; nobody here would take that away, and no DaemonSet pod would come.
    await this.#send("PATCH", `/api/v1/nodes/${nodeName}`, { spec: { taints: null } });
    const addresses = [{ type: "InternalIP", address: nodeAddress }];
    const status = { capacity: room, allocatable: room, addresses, conditions: [condition] };
    await this.#send("PATCH", `/api/v1/nodes/${nodeName}/status`, { status });
  }

  /** List, then watch, and again from the start whenever the stream breaks: the API server may be killed under us. */
  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const list = await this.#api.get<{ metadata: { resourceVersion: string }; items: PodObject[] }>("/api/v1/pods");
        const uids = new Set(list.items.map(({ metadata }) => metadata.uid));
        for (const uid of this.#pods.keys()) if (!uids.has(uid)) this.#forget(uid);
        for (const item of list.items) this.#see(item);
        const from = `resourceVersion=${list.metadata.resourceVersion}`;
        for await (const event of this.#api.watch<PodObject>(`/api/v1/pods?watch=1&${from}`, signal)) {
          if (event.type === "ERROR") break;
          if (event.type === "DELETED") this.#forget(event.object.metadata.uid);
          else this.#see(event.object);
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ApiError && error.code < 500) throw error;
        await sleep(retryMillis);
      }
    }
  }

  #see(object: PodObject): void {
    const { uid, deletionTimestamp } = object.metadata;
    const known = this.#pods.get(uid);
    if (deletionTimestamp) {
      // One that was deleted before we ever saw it has nothing to close, and still waits for the kubelet's word.
      void (known ?? this.#add(object)).terminate();
    } else if (!known) {
      void this.#add(object).start();
    }
  }

  #add(object: PodObject): Pod {
    const surroundings = {
      nodeName,
      address: this.#takeAddress(),
      serves: this.#options.servers === "real",
      metrics: this.#metrics,
      send: this.#send.bind(this),
    };
    const pod = new Pod(object, surroundings, this.#manners.get(keyOf(object)) ?? {});
    this.#pods.set(object.metadata.uid, pod);
    return pod;
  }

  #forget(uid: string): void {
    const pod = this.#pods.get(uid);
    if (!pod) return;
    pod.vanish();
    this.#pods.delete(uid);
    this.#addresses.delete(pod.address);
  }

  /** Round and round, so that an address is not another pod's before the proxies forgot the first. */
  #takeAddress(): string {
    for (;;) {
      const number = (this.#nextAddress++ % 65_000) + 256;
      const address = `10.244.${number >> 8}.${number & 255}`;
      if (this.#addresses.has(address)) continue;
      this.#addresses.add(address);
      return address;
    }
  }

  async #send(method: Method, path: string, body: unknown, patch: PatchType = "merge"): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#api.request(method, path, body, patch);
        return;
      } catch (error) {
        // Gone, bound already, or another pod of that name: not ours to change. The rest is an API server that is away.
        if (error instanceof ApiError && (error.code === 404 || error.code === 409)) return;
        if (error instanceof ApiError && error.code < 500 && error.code !== 429) throw error;
        await sleep(retryMillis);
      }
    }
  }
}

function keyOf(pod: PodObject): string {
  return `${pod.metadata.namespace}/${workloadOf(pod)}`;
}
