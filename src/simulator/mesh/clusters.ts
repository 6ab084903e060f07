/** Where requests can go: the ready pods behind each port of each Service, and the subsets of them. */
import type { KubeObject } from "../../runtime/transport.ts";
import { serviceHost } from "./hosts.ts";
import { type Balance, balanceOf, type HostPolicy, policyOf, subsetLabels } from "./policies.ts";
import { listOf, numberOf, objectOf, textMapOf, textOf, textsOf } from "./wire.ts";

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Of the pod behind it, where one is known. */
  readonly pod: KubeObject | undefined;
}

export interface ServiceName {
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
}

/** What Envoy calls a cluster: a port of a Service, or a subset of it. */
export interface Cluster {
  /** `outbound|9898||podinfo.test.svc.cluster.local`. */
  readonly name: string;
  readonly service: ServiceName;
  readonly endpoints: readonly Endpoint[];
  readonly balance: Balance;
}

export interface ClusterSources {
  readonly services: readonly KubeObject[];
  /** Undefined where nobody writes any: then the pods that a Service selects count, if they are ready. */
  readonly endpointSlices: readonly KubeObject[] | undefined;
  readonly pods: readonly KubeObject[];
  readonly destinationRules: readonly KubeObject[];
  readonly rootNamespace: string;
}

interface Known {
  readonly service: KubeObject;
  readonly name: ServiceName;
  readonly policy: HostPolicy;
  readonly ports: readonly number[];
}

/** All clusters, each made when it is first asked for. */
export class Clusters {
  readonly #sources: ClusterSources;
  readonly #services = new Map<string, Known>();
  readonly #pods: ReadonlyMap<string, KubeObject>;
  readonly #slices = new Map<string, KubeObject[]>();
  readonly #made = new Map<string, Cluster | undefined>();

  constructor(sources: ClusterSources) {
    this.#sources = sources;
    this.#pods = new Map(sources.pods.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod]));
    for (const slice of sources.endpointSlices ?? []) {
      const key = `${slice.metadata.namespace}/${slice.metadata.labels?.["kubernetes.io/service-name"]}`;
      this.#slices.set(key, [...(this.#slices.get(key) ?? []), slice]);
    }
    for (const service of sources.services) {
      const { name, namespace = "" } = service.metadata;
      const host = serviceHost(name, namespace);
      this.#services.set(host, {
        service,
        name: { host, name, namespace },
        policy: policyOf(host, namespace, sources.destinationRules, sources.rootNamespace),
        ports: listOf(objectOf(service["spec"])["ports"]).flatMap((port) => numberOf(objectOf(port)["port"]) ?? []),
      });
    }
  }

  /** Hosts of all Services. */
  get hosts(): readonly string[] {
    return [...this.#services.keys()];
  }

  /** Those that were asked for. */
  get made(): readonly Cluster[] {
    return [...this.#made.values()].filter((cluster) => cluster !== undefined);
  }

  /** The ports of the Service of this host; none where there is no such Service. */
  portsOf(host: string): readonly number[] {
    return this.#services.get(host)?.ports ?? [];
  }

  /** The name of the cluster of a destination. There need not be such a cluster. */
  nameOf(
    target: { readonly host: string; readonly subset: string; readonly port: number | undefined },
    listenPort: number,
  ): string {
    const ports = this.portsOf(target.host);
    const port = target.port ?? (ports.length === 1 ? ports[0] : undefined) ?? listenPort;
    return `outbound|${port}|${target.subset}|${target.host}`;
  }

  /** Undefined where there is no such Service, port or subset. */
  get(name: string): Cluster | undefined {
    if (!this.#made.has(name)) this.#made.set(name, this.#make(name));
    return this.#made.get(name);
  }

  #make(name: string): Cluster | undefined {
    const [, port = "", subset = "", host = ""] = name.split("|");
    const known = this.#services.get(host);
    const labels = known && subsetLabels(known.policy, subset);
    if (known === undefined || labels === undefined || !known.ports.includes(Number(port))) return undefined;
    const all = this.#endpoints(known, Number(port));
    const hasLabels = ({ pod }: Endpoint) =>
      Object.entries(labels).every(([label, value]) => pod?.metadata.labels?.[label] === value);
    const endpoints = Object.keys(labels).length === 0 ? all : all.filter(hasLabels);
    return { name, service: known.name, endpoints, balance: balanceOf(known.policy, subset, Number(port)) };
  }

  #endpoints({ service }: Known, number: number): readonly Endpoint[] {
    const ports = listOf(objectOf(service["spec"])["ports"]).map(objectOf);
    const port = objectOf(ports.find((other) => other["port"] === number));
    if (this.#sources.endpointSlices === undefined) return this.#selected(service, port);
    const portName = textOf(port["name"]) ?? "";
    const slices = this.#slices.get(`${service.metadata.namespace}/${service.metadata.name}`) ?? [];
    const found = slices.flatMap((slice) => this.#inSlice(slice, portName));
    return [...new Map(found.map((endpoint) => [`${endpoint.address}:${endpoint.port}`, endpoint])).values()];
  }

  #inSlice(slice: KubeObject, portName: string): readonly Endpoint[] {
    const port = listOf(slice["ports"])
      .map(objectOf)
      .find(({ name }) => (textOf(name) ?? "") === portName);
    const number = numberOf(port?.["port"]);
    if (number === undefined) return [];
    return listOf(slice["endpoints"])
      .map(objectOf)
      .filter((endpoint) => objectOf(endpoint["conditions"])["ready"] !== false)
      .flatMap((endpoint) => {
        const { name } = objectOf(endpoint["targetRef"]);
        const pod = this.#pods.get(`${slice.metadata.namespace}/${String(name)}`);
        return textsOf(endpoint["addresses"])
          .slice(0, 1)
          .map((address) => ({ address, port: number, pod }));
      });
  }

  #selected(service: KubeObject, port: ReturnType<typeof objectOf>): readonly Endpoint[] {
    const selector = Object.entries(textMapOf(objectOf(service["spec"])["selector"]));
    if (selector.length === 0) return [];
    return this.#sources.pods.flatMap((pod) => {
      const isMeant =
        pod.metadata.namespace === service.metadata.namespace &&
        selector.every(([label, value]) => pod.metadata.labels?.[label] === value);
      const address = textOf(objectOf(pod["status"])["podIP"]);
      const number = targetPort(pod, port);
      return isMeant && address && number !== undefined && isReady(pod) ? [{ address, port: number, pod }] : [];
    });
  }
}

function isReady(pod: KubeObject): boolean {
  const conditions = listOf(objectOf(pod["status"])["conditions"]).map(objectOf);
  const ready = conditions.some(({ type, status }) => type === "Ready" && status === "True");
  return ready && pod.metadata.deletionTimestamp === undefined;
}

function targetPort(pod: KubeObject, port: ReturnType<typeof objectOf>): number | undefined {
  const target = port["targetPort"] ?? port["port"];
  if (typeof target === "number") return target;
  const containers = listOf(objectOf(pod["spec"])["containers"]).map(objectOf);
  const named = containers.flatMap(({ ports }) => listOf(ports).map(objectOf)).find(({ name }) => name === target);
  return numberOf(named?.["containerPort"]);
}
