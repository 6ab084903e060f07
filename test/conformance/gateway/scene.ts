/** The cluster that the suite's rules are about: Services `one`, `two`, `both`, `empty` and `refused`. */
import type { Manifest } from "./mesh.ts";

export const NAMESPACE = "mesh";
const PORT = 9898;

function object(apiVersion: string, kind: string, name: string, spec: unknown, namespace = NAMESPACE): Manifest {
  return { apiVersion, kind, metadata: { name, namespace }, spec };
}

function pod(name: string, app: string, version: string): Manifest {
  const labels = { app, group: "both", version };
  const env = [{ name: "VERSION", value: version }];
  const ports = [{ name: "http", containerPort: PORT }];
  const containers = [{ name: "app", image: `ghcr.example/app:${version}`, env, ports }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: NAMESPACE, labels }, spec: { containers } };
}

function service(name: string, selector: Readonly<Record<string, string>>, targetPort = PORT): Manifest {
  return object("v1", "Service", name, { selector, ports: [{ name: "http", port: PORT, targetPort }] });
}

export function virtualService(name: string, hosts: readonly string[], http: unknown, more: object = {}): Manifest {
  const spec = { hosts, gateways: ["istio-system/public"], http, ...more };
  return object("networking.istio.io/v1", "VirtualService", name, spec);
}

export const delegate = (name: string, http: unknown): Manifest =>
  object("networking.istio.io/v1", "VirtualService", name, { http });

/** A route to a Service, with more of a rule. */
export const to = (host: string, more: object = {}): object => ({
  route: [{ destination: { host, port: { number: PORT } } }],
  ...more,
});

export const share = (host: string, weight?: number, more: object = {}): object => ({
  destination: { host, port: { number: PORT } },
  ...(weight === undefined ? {} : { weight }),
  ...more,
});

/** Other ways to know a client again, each with a Service and a host of its name. */
export const HASHES = {
  cookied: { httpCookie: { name: "user", path: "/shop", ttl: "60s" } },
  "cookied-session": { httpCookie: { name: "user", ttl: "0s" } },
  "cookied-by-others": { httpCookie: { name: "user" } },
  queried: { httpQueryParameterName: "user" },
  sourced: { useSourceIp: true },
} as const;

export const SCENE: readonly Manifest[] = [
  object(
    "networking.istio.io/v1",
    "Gateway",
    "public",
    {
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: 8080, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
    },
    "istio-system",
  ),
  pod("one-a", "one", "1"),
  pod("one-b", "one", "1"),
  pod("two-a", "two", "2"),
  service("one", { app: "one" }),
  service("two", { app: "two" }),
  service("both", { group: "both" }),
  service("sticky", { group: "both" }),
  ...Object.keys(HASHES).map((name) => service(name, { group: "both" })),
  service("empty", { app: "nobody" }),
  // Ready pods, and no program on that port.
  service("refused", { app: "one" }, 9999),
  object("networking.istio.io/v1", "DestinationRule", "both", {
    host: "both",
    subsets: [
      { name: "v1", labels: { version: "1" } },
      { name: "v2", labels: { version: "2" } },
    ],
  }),
  object("networking.istio.io/v1", "DestinationRule", "sticky", {
    host: "sticky",
    trafficPolicy: { loadBalancer: { consistentHash: { httpHeaderName: "x-user" } } },
  }),
  ...Object.entries(HASHES).map(([host, consistentHash]) =>
    object("networking.istio.io/v1", "DestinationRule", host, {
      host,
      trafficPolicy: { loadBalancer: { consistentHash } },
    }),
  ),
];
