/** Where the requests of one kind go by one proxy's table: what `decide` draws for each request, as shares of many. */
import type { Cluster } from "../mesh/clusters.ts";
import { findRoute, NO_HEALTHY_UPSTREAM } from "../mesh/decide.ts";
import { failureOf } from "../mesh/failure.ts";
import type { MeshRequest } from "../mesh/request.ts";
import type { RetryPolicy } from "../mesh/retryPolicy.ts";
import type { Route } from "../mesh/routes.ts";
import type { RouteTable } from "../mesh/table.ts";
import type { Client, RequestKind } from "./client.ts";
import type { CountKey } from "./counters.ts";
import type { LivePod } from "./livePod.ts";

/** What becomes of requests that a proxy answers by itself. */
export interface OwnAnswer {
  readonly kind: "own answer";
  readonly outcome: "answered" | "failed" | "lost";
  readonly why: string | undefined;
  readonly key: CountKey;
}

/** Requests that are tried at the pods of a cluster. */
export interface Upstream {
  readonly kind: "upstream";
  readonly gateway: "ingress" | "mesh";
  readonly cluster: Cluster;
  /** One for each endpoint: who is at its address, if anybody is. */
  readonly pods: readonly (LivePod | undefined)[];
  readonly retries: RetryPolicy | undefined;
  readonly timeoutMillis: number | undefined;
  readonly mirrors: readonly Mirror[];
}

export interface Mirror {
  /** Of the requests, 0 to 1. */
  readonly share: number;
  readonly upstream: Upstream;
}

export interface Leg {
  /** Of the requests that no leg before it took, 0 to 1; the last one takes all. */
  readonly share: number;
  readonly end: OwnAnswer | Upstream;
}

export type Flow = readonly Leg[];

type PodAt = (address: string) => LivePod | undefined;

/** The flow of all that a client sends. */
export function flowOf(client: Client, table: RouteTable, podAt: PodAt): Flow {
  const { mix = [{ share: 1 }] } = client;
  const parts = mix.map((kind) => ({ weight: kind.share, flow: kindFlow(requestOf(client, kind), table, podAt) }));
  if (parts.length === 1 && parts[0] !== undefined) return conditional(parts[0].flow);
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return conditional(
    parts.flatMap(({ weight, flow }) => flow.map(({ share, end }) => ({ share: (share * weight) / total, end }))),
  );
}

/** Whether every request is tried at a pod that serves. */
export function isServed(flow: Flow): boolean {
  return flow.every(({ end }) => end.kind === "upstream" && end.pods.some((pod) => pod?.isServing === true));
}

function requestOf({ gateway, port, host }: Client, kind: RequestKind): MeshRequest {
  const { method = "GET", path = "/", headers = {} } = kind;
  return { gateway, port, host, scheme: "http", method, path, headers };
}

/** Legs whose shares are of all requests. */
function kindFlow(request: MeshRequest, table: RouteTable, podAt: PodAt): Flow {
  const route = findRoute(request, table);
  const own = answering(request.gateway);
  if (route === undefined) return [{ share: 1, end: own("lost", { code: 404, flags: "NR", why: "no route" }) }];
  const { abort } = route.rule.fault;
  const aborted = (abort?.percent ?? 0) / 100;
  const legs: Leg[] = [];
  if (abort !== undefined && aborted > 0) {
    const end = own("failed", { code: abort.status, flags: "FI", why: "fault filter abort" });
    legs.push({ share: aborted, end });
  }
  return [
    ...legs,
    ...actionLegs(route, request, table, podAt).map((leg) => ({ ...leg, share: leg.share * (1 - aborted) })),
  ];
}

function actionLegs(route: Route, request: MeshRequest, table: RouteTable, podAt: PodAt): Flow {
  const { rule, targets } = route;
  const own = answering(request.gateway);
  if (rule.action.kind === "redirect")
    return [{ share: 1, end: own("answered", { code: rule.action.redirect.status, flags: "-" }) }];
  if (rule.action.kind === "respond")
    return [{ share: 1, end: own("answered", { code: rule.action.status, flags: "-" }) }];
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return [{ share: 1, end: own("lost", { code: 503, flags: "NC", why: "a route without weight" }) }];
  const upstream = (name: string): Upstream | string => upstreamOf(name, route, request, table, podAt);
  return targets.map(({ cluster, weight }): Leg => {
    const end = upstream(cluster);
    if (typeof end !== "string") return { share: weight / total, end };
    const service = table.clusters.get(cluster)?.service;
    const flags = service === undefined ? "NC" : "UH";
    return { share: weight / total, end: own("lost", { code: 503, flags, why: end, service }) };
  });
}

/** Or why there is none. */
function upstreamOf(
  name: string,
  { rule, mirrors }: Route,
  { gateway }: MeshRequest,
  table: RouteTable,
  podAt: PodAt,
): Upstream | string {
  const cluster = table.clusters.get(name);
  if (cluster === undefined) return "no cluster";
  if (cluster.endpoints.length === 0) return NO_HEALTHY_UPSTREAM;
  const at = (other: Cluster) => other.endpoints.map(({ address }) => podAt(address));
  const copy = { kind: "upstream", gateway, retries: undefined, timeoutMillis: undefined, mirrors: [] } as const;
  const { retries, timeoutMillis } = rule;
  return {
    ...copy,
    cluster,
    pods: at(cluster),
    retries,
    timeoutMillis,
    mirrors: mirrors.flatMap(({ cluster: other, percent }) => {
      const found = table.clusters.get(other);
      return found === undefined
        ? []
        : [{ share: percent / 100, upstream: { ...copy, cluster: found, pods: at(found) } }];
    }),
  };
}

interface Said {
  readonly code: number;
  readonly flags: string;
  readonly why?: string;
  readonly service?: CountKey["service"];
}

const answering =
  (gateway: "ingress" | "mesh") =>
  (outcome: OwnAnswer["outcome"], { code, flags, why, service }: Said): OwnAnswer => ({
    kind: "own answer",
    outcome,
    why,
    key: { service, group: undefined, gateway, code, flags },
  });

/** From shares of all to shares of what is left, so that drawing them one by one comes to the same. */
function conditional(legs: Flow): Flow {
  let left = 1;
  return legs.map(({ share, end }, index) => {
    const own = index === legs.length - 1 ? 1 : Math.min(1, share / left);
    left -= share;
    return { share: left <= 0 ? 1 : own, end };
  });
}

/** What clients of the mesh are told when the pod that was tried last did not answer. */
export const REFUSED = failureOf("connect failure");
export const TOO_LATE = failureOf("per-try timeout");
