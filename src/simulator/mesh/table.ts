/** From what is written in the cluster to what a proxy looks requests up in. */
import type { KubeObject } from "../../runtime/transport.ts";
import { Clusters } from "./clusters.ts";
import { HOME, withDelegates } from "./delegation.ts";
import { type Gateways, readGateways } from "./gateways.ts";
import { commonHost, coversHost, wholeHost } from "./hosts.ts";
import { notObeyed } from "./obeyed.ts";
import { parseRule } from "./parseRule.ts";
import { DEFAULT_ROUTE_RULE, isCatchAll, type Listener, type Route, type Rules, routesFor } from "./routes.ts";
import { listOf, objectOf, textOf, textsOf } from "./wire.ts";

export interface MeshObjects {
  readonly virtualServices: readonly KubeObject[];
  readonly destinationRules: readonly KubeObject[];
  readonly gateways: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  /** Undefined where nobody writes any: then the ready pods that a Service selects count. */
  readonly endpointSlices: readonly KubeObject[] | undefined;
  readonly pods: readonly KubeObject[];
}

export interface MeshOptions {
  /** Of the gateway's own pods: only Gateways that select them are served. */
  readonly gatewayLabels: Readonly<Record<string, string>>;
  /** Istio's own namespace, whose DestinationRules count everywhere. */
  readonly rootNamespace: string;
}

const ISTIO_GATEWAY: MeshOptions = {
  gatewayLabels: { istio: "ingressgateway", app: "istio-ingressgateway" },
  rootNamespace: "istio-system",
};

export interface RouteTable {
  /** Ports of the Gateways that are served, the lowest first. */
  readonly ports: readonly number[];
  readonly clusters: Clusters;
  /** What of the objects the mesh does not obey, each as one line that begins with kind and name. */
  readonly problems: readonly string[];
  listener(gateway: "ingress" | "mesh", port: number): Listener;
}

export function buildTable(objects: MeshObjects, options: MeshOptions = ISTIO_GATEWAY): RouteTable {
  const clusters = new Clusters({ ...objects, rootNamespace: options.rootNamespace });
  const problems = [
    ...told("VirtualService", objects.virtualServices),
    ...told("DestinationRule", objects.destinationRules),
    ...told("Gateway", objects.gateways),
  ];
  const gateways = readGateways(objects.gateways, options.gatewayLabels);
  const all = [...objects.virtualServices].sort(byAge).map((object) => readRules(object, objects, problems));
  const listeners = new Map<string, Listener>();
  return {
    ports: gateways.ports,
    clusters,
    problems,
    listener(gateway, port) {
      const key = `${gateway}:${port}`;
      const made =
        listeners.get(key) ?? (gateway === "mesh" ? meshListener : ingressListener)({ all, clusters, gateways }, port);
      listeners.set(key, made);
      return made;
    },
  };
}

function told(
  kind: "VirtualService" | "DestinationRule" | "Gateway",
  objects: readonly KubeObject[],
): readonly string[] {
  return objects.flatMap((object) => {
    const known = TOLD.get(object);
    if (known !== undefined) return known;
    const { metadata, spec } = object;
    const lines = notObeyed(kind, spec).map(
      (path) => `${kind} ${metadata.namespace}/${metadata.name}: ${path} is not obeyed`,
    );
    TOLD.set(object, lines);
    return lines;
  });
}

/** Objects are frozen and replaced whole, and most of them are in one table after the other. */
const TOLD = new WeakMap<KubeObject, readonly string[]>();
const READ = new WeakMap<KubeObject, Rules>();

/** The oldest first, which is the order that decides between two of one host. */
function byAge(one: KubeObject, other: KubeObject): number {
  const key = ({ metadata }: KubeObject) =>
    `${metadata.creationTimestamp ?? ""} ${metadata.name}.${metadata.namespace}`;
  return key(one) < key(other) ? -1 : 1;
}

function readRules(object: KubeObject, { virtualServices }: MeshObjects, problems: string[]): Rules {
  const known = READ.get(object);
  if (known !== undefined) return known;
  const { name, namespace = "" } = object.metadata;
  const spec = objectOf(object["spec"]);
  const find = (key: string) =>
    virtualServices.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === key);
  const delegated = withDelegates(object, find);
  problems.push(...delegated.problems.map((problem) => `VirtualService ${namespace}/${name}: ${problem}`));
  const bound = textsOf(spec["gateways"]).map((gateway) => wholeGateway(gateway, namespace));
  const rules: Rules = {
    name: `${namespace}/${name}`,
    namespace,
    hosts: textsOf(spec["hosts"]).map((host) => wholeHost(host, namespace).toLowerCase()),
    gateways: bound.length === 0 ? ["mesh"] : bound,
    rules: delegated.rules.map((raw) => {
      const rule = parseRule(raw);
      const matches = rule.matches.map((match) => ({
        ...match,
        gateways: match.gateways.map((gateway) => wholeGateway(gateway, namespace)),
      }));
      return { ...rule, matches, namespace: textOf(raw[HOME]) ?? namespace };
    }),
  };
  // With delegates it says what other objects say.
  const isItself = listOf(spec["http"]).every((rule) => objectOf(rule)["delegate"] === undefined);
  if (isItself) READ.set(object, rules);
  return rules;
}

function wholeGateway(gateway: string, namespace: string): string {
  if (gateway === "mesh") return gateway;
  return gateway.includes("/") ? gateway.replace(/^\.\//, `${namespace}/`) : `${namespace}/${gateway}`;
}

interface Sources {
  readonly all: readonly Rules[];
  readonly clusters: Clusters;
  readonly gateways: Gateways;
}

function ingressListener({ all, clusters, gateways }: Sources, port: number): Listener {
  const hosts = new Map<string, Route[]>();
  for (const server of gateways.servers.filter((other) => other.port === port)) {
    for (const rules of all.filter((other) => other.gateways.includes(server.gateway))) {
      const routes = routesFor(rules, { port, gateway: server.gateway, clusters });
      const lent = server.hosts.filter(({ namespace }) => namespace === "*" || namespace === rules.namespace);
      const common = rules.hosts.flatMap((host) => lent.flatMap(({ pattern }) => commonHost(host, pattern) ?? []));
      for (const host of new Set(common)) hosts.set(host, [...(hosts.get(host) ?? []), ...routes]);
    }
  }
  // Several VirtualServices may share a host: what catches all of one must not hide the rules of the next.
  return new Map(
    [...hosts].map(([host, routes]) => [
      host,
      routes.toSorted((a, b) => Number(isCatchAll(a.match)) - Number(isCatchAll(b.match))),
    ]),
  );
}

function meshListener({ all, clusters }: Sources, port: number): Listener {
  const hosts = new Map<string, readonly Route[]>();
  const known = clusters.hosts;
  for (const rules of all.filter(({ gateways }) => gateways.includes("mesh"))) {
    const routes = routesFor(rules, { port, gateway: "mesh", clusters });
    for (const host of rules.hosts) {
      const services = known.filter((other) => coversHost(host, other));
      const meant = services.length > 0 ? services.filter((other) => clusters.portsOf(other).includes(port)) : [host];
      for (const name of meant) if (!hosts.has(name)) hosts.set(name, routes);
    }
  }
  for (const host of known.filter((other) => !hosts.has(other) && clusters.portsOf(other).includes(port))) {
    const target = {
      cluster: clusters.nameOf({ host, subset: "", port }, port),
      weight: 1,
      headers: DEFAULT_ROUTE_RULE.headers,
    };
    hosts.set(host, [
      { match: undefined, rule: DEFAULT_ROUTE_RULE, targets: [target], mirrors: [], origin: "default" },
    ]);
  }
  return hosts;
}
