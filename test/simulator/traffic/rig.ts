/** A cluster that is written by hand: no controllers and no node, so that a test says every write itself. */

import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import type { RequestBatch } from "../../../src/simulator/happening.ts";
import { istioDefinitions } from "../../../src/simulator/mesh/istioDefinitions.ts";
import type { Client } from "../../../src/simulator/traffic/client.ts";
import { steady } from "../../../src/simulator/traffic/shape.ts";
import { Traffic, type TrafficOptions } from "../../../src/simulator/traffic/traffic.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";

export const NAMESPACE = "shop";
export const HOST = "web.example.com";
export const PORT = 9898;

export const CLIENT: Client = {
  service: `${NAMESPACE}/web`,
  gateway: "ingress",
  host: HOST,
  port: 80,
  shape: steady(300),
};

type Env = Readonly<Record<string, string | number>>;

export interface RigOptions extends Partial<Omit<TrafficOptions, "api" | "clock" | "random">> {
  readonly seed?: number;
}

export class Rig {
  readonly clock = new VirtualClock();
  readonly api: ApiServer;
  readonly batches: RequestBatch[] = [];
  #addresses = 1;
  #traffic: Traffic | undefined;

  constructor() {
    this.api = new ApiServer({ clock: this.clock, random: seededRandom(1) });
    for (const definition of istioDefinitions()) this.apply(definition);
    for (const name of ["istio-system", NAMESPACE])
      this.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    this.apply({
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "public", namespace: "istio-system" },
      spec: {
        selector: { istio: "ingressgateway" },
        servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
      },
    });
  }

  /** Clients begin now. All that was written before is known to all proxies. */
  begin({ seed = 1, clients = [CLIENT], watchers = [], ...options }: RigOptions = {}): Traffic {
    const heard = { served: (batch: RequestBatch) => void this.batches.push(batch) };
    this.#traffic = new Traffic({
      clock: this.clock,
      random: seededRandom(seed),
      api: this.api,
      clients,
      watchers: [heard, ...watchers],
      ...options,
    });
    this.#traffic.start();
    return this.#traffic;
  }

  /** Server-side apply. */
  apply(object: object): void {
    const { apiVersion, kind, metadata } = object as {
      readonly apiVersion: string;
      readonly kind: string;
      readonly metadata: { readonly name: string; readonly namespace?: string };
    };
    this.#request("PATCH", pathOf(apiVersion, kind, metadata), object, "application/apply-patch+yaml");
  }

  remove(apiVersion: string, kind: string, name: string): void {
    this.#request("DELETE", pathOf(apiVersion, kind, { name, namespace: NAMESPACE }), { gracePeriodSeconds: 0 });
  }

  /** A Service, its EndpointSlice and its pods, which are ready. Answers the names of the pods. */
  version(workload: string, pods: number, env: Env = {}, tag = "1.0.0"): readonly string[] {
    this.service(workload);
    const names = Array.from({ length: pods }, (_, index) => `${workload}-${index}`);
    for (const name of names) this.pod(name, workload, env, tag);
    this.endpoints(workload, names);
    return names;
  }

  service(name: string, labels: Readonly<Record<string, string>> = {}): void {
    const ports = [{ name: "http", port: PORT, targetPort: PORT }];
    this.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: NAMESPACE, labels },
      spec: { selector: { app: name }, ports },
    });
  }

  pod(name: string, workload: string, env: Env = {}, tag = "1.0.0"): void {
    const variables = Object.entries(env).map(([variable, value]) => ({ name: variable, value: String(value) }));
    const container = { name: "app", image: `images.example/web:${tag}`, env: variables };
    const owner = {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      name: workload,
      uid: `uid-${workload}`,
      controller: true,
    };
    const metadata = { name, namespace: NAMESPACE, labels: { app: workload }, ownerReferences: [owner] };
    this.apply({ apiVersion: "v1", kind: "Pod", metadata, spec: { nodeName: "node-1", containers: [container] } });
    this.setReady(name, "True", `10.244.1.${this.#addresses++}`);
  }

  setReady(name: string, ready: "True" | "False", podIP = this.addressOf(name)): void {
    const conditions = [{ type: "Ready", status: ready }];
    const body = { status: { phase: "Running", podIP, podIPs: [{ ip: podIP }], conditions } };
    this.#request("PATCH", `${pathOf("v1", "Pod", { name, namespace: NAMESPACE })}/status`, body, MERGE);
  }

  addressOf(name: string): string {
    const pod = this.api.peek("/pods", NAMESPACE, name);
    return (pod?.["status"] as { readonly podIP?: string } | undefined)?.podIP ?? "";
  }

  /** Those pods stand behind the Service, whatever they are like. */
  endpoints(service: string, pods: readonly string[]): void {
    this.apply({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: service, namespace: NAMESPACE, labels: { "kubernetes.io/service-name": service } },
      addressType: "IPv4",
      ports: [{ name: "http", port: PORT, protocol: "TCP" }],
      endpoints: pods.map((name) => ({
        addresses: [this.addressOf(name)],
        conditions: { ready: true },
        targetRef: { kind: "Pod", name, namespace: NAMESPACE },
      })),
    });
  }

  /** Requests of the host go to these Services, by weight. */
  route(weights: Readonly<Record<string, number>>, rule: object = {}): void {
    const route = Object.entries(weights).map(([host, weight]) => ({ destination: { host }, weight }));
    this.rules([{ route, ...rule }]);
  }

  rules(http: readonly object[]): void {
    this.apply({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "web", namespace: NAMESPACE },
      spec: { hosts: [HOST], gateways: ["istio-system/public"], http },
    });
  }

  /** Let so many seconds of traffic pass, and answer what became of it. */
  async pass(seconds: number): Promise<Count> {
    await this.clock.advance(0);
    this.#traffic?.flush();
    const from = this.batches.length;
    await this.clock.advance(seconds * 1000);
    this.#traffic?.flush();
    return countOf(this.batches.slice(from));
  }

  #request(method: "PATCH" | "DELETE", path: string, body: object, contentType = "application/json"): void {
    const query = contentType.includes("apply") ? { fieldManager: "test", force: "true" } : {};
    const { status, body: answer } = this.api.request({ method, path, query, body, contentType, user: "test" });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  }
}

const MERGE = "application/strategic-merge-patch+json";

function pathOf(apiVersion: string, kind: string, { name, namespace }: { name: string; namespace?: string }): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const home = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `${root}${home}/${kind.toLowerCase()}s/${name}`;
}

export interface Count {
  readonly total: number;
  readonly answered: number;
  readonly failed: number;
  readonly lost: number;
  /** Answered or failed, by workload without its namespace. */
  readonly by: Readonly<Record<string, number>>;
  readonly why: Readonly<Record<string, number>>;
}

export function countOf(batches: readonly RequestBatch[]): Count {
  const sums = { total: 0, answered: 0, failed: 0, lost: 0 };
  const by: Record<string, number> = {};
  const why: Record<string, number> = {};
  for (const { outcome, count, workload, why: reason } of batches) {
    sums.total += count;
    sums[outcome] += count;
    const name = workload?.split("/")[1];
    if (name !== undefined) by[name] = (by[name] ?? 0) + count;
    if (reason !== undefined) why[reason] = (why[reason] ?? 0) + count;
  }
  return { ...sums, by, why };
}

/** Whether so many of so many are what a chance of `share` brings, but for one time in a million. */
export function isWithinChance(count: number, total: number, share: number): boolean {
  return Math.abs(count - total * share) <= 5 * Math.sqrt(total * share * (1 - share)) + 1e-9;
}
