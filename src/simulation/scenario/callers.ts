/** Who calls the service, as the Canary's own routing lets them in. */
import type { CanarySpec, JsonObject, ServiceSpec } from "../../domain/spec.ts";
import { isWireObject, objectOr, textOr } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { objectsAt, textAt } from "../../simulator/api/json.ts";

/** Who sends requests, and as what. */
export interface Callers {
  readonly gateway: "ingress" | "mesh";
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Entrance {
  readonly callers: Callers;
  /** What lets them in, where the manifests leave that to the cluster. */
  readonly objects: readonly KubeObject[];
  readonly assumptions: readonly string[];
}

const ISTIO = "networking.istio.io/v1";
const GATEWAY_PORT = 80;
/** The image of the cluster has this one. */
const PUBLIC = "istio-system/public";

/** Through a gateway where one is named, else from inside the mesh. */
export function callersOf(spec: CanarySpec | undefined, namespace: string, objects: readonly KubeObject[]): Entrance {
  const service = spec?.service;
  if (service === undefined) return { callers: meshCallers("app", namespace, 80), objects: [], assumptions: [] };
  const sent = requestFor(service.match);
  const entrance = service.delegation ? byDelegation(service, namespace, objects) : byGateways(service, namespace);
  const { request, assumptions } = sent;
  return {
    callers: { ...entrance.callers, ...request },
    objects: entrance.objects,
    assumptions: [...entrance.assumptions, ...assumptions],
  };
}

function meshCallers(name: string, namespace: string, port: number): Callers {
  const host = `${name}.${namespace}.svc.cluster.local`;
  return { gateway: "mesh", host, port, method: "GET", path: "/", headers: {} };
}

function gatewayCallers(hosts: readonly string[], otherwise: string): Callers {
  const host = (hosts[0] ?? otherwise).replace(/^\*$/, "www.example.com").replace(/^\*/, "www");
  return { gateway: "ingress", host, port: GATEWAY_PORT, method: "GET", path: "/", headers: {} };
}

function byGateways({ name, port, gateways, hosts }: ServiceSpec, namespace: string): Entrance {
  const named = gateways.filter((gateway) => gateway !== "mesh");
  if (named.length === 0) return { callers: meshCallers(name, namespace, port), objects: [], assumptions: [] };
  const objects = named.map((gateway) => gatewayNamed(gateway, namespace));
  const callers = gatewayCallers(hosts, name);
  const assumptions = [
    `spec.service.gateways: users come through ${named.join(" and ")}, taken as plain HTTP for every host, and ask for ${callers.host}`,
  ];
  return { callers, objects, assumptions };
}

function gatewayNamed(gateway: string, namespace: string): KubeObject {
  const [first = "", second] = gateway.split("/");
  const home = second === undefined || first === "." ? namespace : first;
  const server = { port: { number: GATEWAY_PORT, name: "http", protocol: "HTTP" }, hosts: ["*"] };
  return {
    apiVersion: ISTIO,
    kind: "Gateway",
    metadata: { name: second ?? first, namespace: home },
    spec: { selector: { istio: "ingressgateway" }, servers: [server] },
  };
}

function byDelegation({ name }: ServiceSpec, namespace: string, objects: readonly KubeObject[]): Entrance {
  const root = objects.find((object) => object.kind === "VirtualService" && delegates(object, name, namespace));
  if (root !== undefined) {
    const spec = objectOr(root["spec"]);
    const gateways = textsIn(spec["gateways"]);
    const hosts = textsIn(spec["hosts"]);
    const named = gateways.filter((gateway) => gateway !== "mesh");
    const made = named.map((gateway) => gatewayNamed(gateway, root.metadata.namespace ?? namespace));
    const assumptions = [`users come through VirtualService ${root.metadata.name}, which delegates to the Canary`];
    return { callers: gatewayCallers(hosts, name), objects: made, assumptions };
  }
  const host = `${name}.example.com`;
  const made: KubeObject = {
    apiVersion: ISTIO,
    kind: "VirtualService",
    metadata: { name: `${name}-simulated-entrance`, namespace },
    spec: { hosts: [host], gateways: [PUBLIC], http: [{ delegate: { name, namespace } }] },
  };
  const assumptions = [
    "spec.service.delegation: the VirtualService that delegates is not in the files: one that hands everything on stands in for it",
  ];
  return { callers: gatewayCallers([host], name), objects: [made], assumptions };
}

function delegates(object: KubeObject, name: string, namespace: string): boolean {
  return objectsAt(object, "spec", "http").some(
    (rule) =>
      textAt(rule, "delegate", "name") === name &&
      (textAt(rule, "delegate", "namespace") ?? object.metadata.namespace) === namespace,
  );
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

type Sent = Pick<Callers, "method" | "path" | "headers">;

/** A request that the first match that can be met lets through. */
function requestFor(matches: readonly JsonObject[]): {
  readonly request: Sent;
  readonly assumptions: readonly string[];
} {
  const plain: Sent = { method: "GET", path: "/", headers: {} };
  if (matches.length === 0) return { request: plain, assumptions: [] };
  const met = matches.map(requestMatching).find((request) => request !== undefined);
  const path = "spec.service.match";
  if (met === undefined)
    return {
      request: plain,
      assumptions: [`${path}: no request that meets it can be thought of, so users ask for GET /`],
    };
  return { request: met, assumptions: [`${path}: users ask for ${met.method} ${met.path}`] };
}

function requestMatching(match: JsonObject): Sent | undefined {
  const path = valueMeeting(match["uri"], "/");
  const method = valueMeeting(match["method"], "GET");
  const headers = Object.entries(objectOr(match["headers"])).map(
    ([name, wanted]) => [name.toLowerCase(), valueMeeting(wanted, "1")] as const,
  );
  if (path === undefined || method === undefined || headers.some(([, value]) => value === undefined)) return undefined;
  return { method, path, headers: Object.fromEntries(headers.map(([name, value]) => [name, value ?? ""])) };
}

/** Undefined where only an expression says what it may be. */
function valueMeeting(match: unknown, otherwise: string): string | undefined {
  if (!isWireObject(match)) return otherwise;
  const { exact, prefix, regex } = match;
  const pattern = textOr(regex);
  if (pattern === ".*" || pattern === "*") return otherwise;
  return textOr(exact) ?? textOr(prefix) ?? (pattern === undefined ? otherwise : undefined);
}
