import { seededRandom } from "../../../src/runtime/random.ts";
import type { KubeObject } from "../../../src/runtime/transport.ts";
import { decide } from "../../../src/simulator/mesh/decide.ts";
import type { MeshRequest } from "../../../src/simulator/mesh/request.ts";
import { buildTable, type MeshObjects, type RouteTable } from "../../../src/simulator/mesh/table.ts";

const NAMESPACE = "shop";

export function object(
  kind: string,
  name: string,
  spec: unknown,
  more: Partial<KubeObject["metadata"]> = {},
): KubeObject {
  return { kind, metadata: { name, namespace: NAMESPACE, ...more }, spec };
}

export const aGateway = (spec: object = {}): KubeObject =>
  object("Gateway", "public", {
    selector: { istio: "ingressgateway" },
    servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
    ...spec,
  });

/** A VirtualService of `web.example.com` at the gateway with these rules. */
export const aRoute = (http: unknown, spec: object = {}): KubeObject =>
  object("VirtualService", "web", { hosts: ["web.example.com"], gateways: ["public"], http, ...spec });

export const to = (host: string, more: object = {}): object => ({ route: [{ destination: { host } }], ...more });

export const aService = (name: string, ports: readonly number[] = [80]): KubeObject =>
  object("Service", name, {
    selector: { app: name },
    ports: ports.map((port) => ({ name: `http-${port}`, port, targetPort: 8080 })),
  });

export function aPod(app: string, index = 1, labels: Record<string, string> = {}): KubeObject {
  const conditions = [{ type: "Ready", status: "True" }];
  return {
    ...object("Pod", `${app}-${index}`, { containers: [] }, { labels: { app, ...labels } }),
    status: { podIP: `10.244.1.${index}`, conditions },
  };
}

/** Services `one` and `two` with a pod each, and what else is given. */
export function aTable(given: Partial<MeshObjects> = {}): RouteTable {
  return buildTable({
    virtualServices: [],
    destinationRules: [],
    gateways: [aGateway()],
    services: [aService("one"), aService("two"), aService("empty")],
    endpointSlices: undefined,
    pods: [aPod("one"), aPod("two", 2)],
    ...given,
  });
}

export function aRequest(more: Partial<MeshRequest> = {}): MeshRequest {
  return {
    gateway: "ingress",
    port: 80,
    host: "web.example.com",
    scheme: "http",
    method: "GET",
    path: "/",
    headers: {},
    ...more,
  };
}

/** The Service that a request reaches, or the status that the proxy answers by itself. */
export function reached(request: Partial<MeshRequest>, table: RouteTable, seed = 1): string | number {
  const decision = decide(aRequest(request), table, seededRandom(seed));
  return decision.kind === "forward" ? decision.cluster.service.name : decision.status;
}
