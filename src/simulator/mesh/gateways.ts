import type { KubeObject } from "../../runtime/transport.ts";
import { listOf, numberOf, objectOf, textMapOf, textOf, textsOf } from "./wire.ts";

export interface GatewayServer {
  /** `namespace/name` of the Gateway. */
  readonly gateway: string;
  readonly port: number;
  /** Which hosts it serves, and VirtualServices of which namespace may bind them; `*` for any. */
  readonly hosts: readonly { readonly namespace: string; readonly pattern: string }[];
}

export interface Gateways {
  readonly servers: readonly GatewayServer[];
  readonly ports: readonly number[];
}

/** The plain HTTP servers of all Gateways that select a workload with these labels. */
export function readGateways(gateways: readonly KubeObject[], labels: Readonly<Record<string, string>>): Gateways {
  const servers = gateways
    .filter((gateway) => selects(gateway, labels))
    .flatMap((gateway) =>
      listOf(objectOf(gateway["spec"])["servers"])
        .map(objectOf)
        .flatMap((server) => readServer(gateway, server)),
    );
  return { servers, ports: [...new Set(servers.map(({ port }) => port))].sort((one, other) => one - other) };
}

function selects(gateway: KubeObject, labels: Readonly<Record<string, string>>): boolean {
  const selector = Object.entries(textMapOf(objectOf(gateway["spec"])["selector"]));
  return selector.every(([label, value]) => labels[label] === value);
}

function readServer({ metadata }: KubeObject, server: Record<string, unknown>): readonly GatewayServer[] {
  const { number, protocol } = objectOf(server["port"]);
  const port = numberOf(number);
  const isPlain = ["HTTP", "HTTP2", "GRPC"].includes((textOf(protocol) ?? "").toUpperCase());
  if (port === undefined || !isPlain) return [];
  const namespace = metadata.namespace ?? "";
  return [
    {
      gateway: `${namespace}/${metadata.name}`,
      port,
      hosts: textsOf(server["hosts"]).map((host) => {
        const [home, pattern] = host.includes("/") ? host.split("/") : ["*", host];
        return { namespace: home === "." ? namespace : (home ?? "*"), pattern: (pattern ?? "*").toLowerCase() };
      }),
    },
  ];
}
