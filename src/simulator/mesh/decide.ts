import type { Random } from "../../runtime/random.ts";
import type { Cluster } from "./clusters.ts";
import { answerPreflight, corsHeaders, isPreflight } from "./cors.ts";
import { editHeaders, type HeaderEdits, type Headers, inOneGo, NO_EDITS } from "./headerEdits.ts";
import { bareHost, meshHost, mostSpecific } from "./hosts.ts";
import { matchesRequest } from "./match.ts";
import type { MeshRequest } from "./request.ts";
import type { RetryPolicy } from "./retryPolicy.ts";
import { redirectTo, rewritePath } from "./rewrite.ts";
import type { Route, Target } from "./routes.ts";
import type { HttpRule } from "./rule.ts";
import type { RouteTable } from "./table.ts";

/** Envoy's response flags, as far as they come up before a pod is asked. */
export type Flag = "-" | "NR" | "NC" | "UH" | "FI" | "DI";

/** The proxy answers by itself. */
export interface LocalAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  readonly flag: Flag;
  /** To wait first, for a fault that was injected. */
  readonly delayMillis: number;
  /** Where the request would have gone. */
  readonly cluster: Cluster | undefined;
  readonly clusterName: string | undefined;
}

/** The request goes to one of the pods of a cluster. */
export interface Forward {
  readonly kind: "forward";
  readonly cluster: Cluster;
  readonly path: string;
  readonly authority: string;
  /** What clients sent, where it was rewritten. */
  readonly originalPath: string | undefined;
  readonly originalAuthority: string | undefined;
  readonly requestEdits: readonly HeaderEdits[];
  readonly responseEdits: readonly HeaderEdits[];
  readonly timeoutMillis: number | undefined;
  readonly retries: RetryPolicy | undefined;
  readonly mirrors: readonly Cluster[];
  readonly delayMillis: number;
  readonly origin: string;
}

export type Decision = LocalAnswer | Forward;

export const NO_HEALTHY_UPSTREAM = "no healthy upstream";

/** Where one request goes, and what is done to it on its way. */
export function decide(request: MeshRequest, table: RouteTable, dice: Random): Decision {
  const route = findRoute(request, table);
  if (route === undefined) return answer(404, "", "NR");
  const { rule } = route;
  if (rule.cors !== undefined && isPreflight(request)) {
    const headers = answerPreflight(rule.cors, request);
    if (headers !== undefined) return answer(200, "", "-", { headers });
  }
  const delayMillis = delayOf(rule, dice);
  const { abort } = rule.fault;
  if (abort !== undefined && happens(abort.percent, dice)) {
    const headers = edited({}, rule.headers.response);
    return answer(abort.status, "fault filter abort", "FI", { delayMillis, headers });
  }
  switch (rule.action.kind) {
    case "redirect":
      return answer(rule.action.redirect.status, "", "-", {
        delayMillis,
        headers: edited({ location: redirectTo(rule.action.redirect, route, request) }, rule.headers.response),
      });
    case "respond": {
      const { status, body } = rule.action;
      const type: Headers = body === "" ? {} : { "content-type": "text/plain" };
      return answer(status, body, "-", { delayMillis, headers: edited(type, rule.headers.response) });
    }
    case "route":
      return forward(request, route, table, { dice, delayMillis });
  }
}

/** The first rule that takes the request in. */
export function findRoute(request: MeshRequest, table: RouteTable): Route | undefined {
  const bare = bareHost(request.host);
  const host = request.gateway === "mesh" ? meshHost(bare, request.namespace ?? "default") : bare;
  const routes = mostSpecific(table.listener(request.gateway, request.port), host);
  return routes?.find(({ match }) => match === undefined || matchesRequest(match, request));
}

interface Chance {
  readonly dice: Random;
  readonly delayMillis: number;
}

function forward(request: MeshRequest, route: Route, table: RouteTable, { dice, delayMillis }: Chance): Decision {
  const { rule } = route;
  const target = drawTarget(route.targets, dice);
  // A rule without weight is one that istiod's admission refuses.
  if (target === undefined) return answer(503, "", "NC", { delayMillis });
  const cluster = table.clusters.get(target.cluster);
  const edits = editsOf(route, target);
  if (cluster === undefined || cluster.endpoints.length === 0) {
    const headers = edits.response.reduce((so, edit) => edited(so, edit), {} as Headers);
    const more = { delayMillis, headers, cluster, clusterName: target.cluster };
    return cluster === undefined ? answer(503, "", "NC", more) : answer(503, NO_HEALTHY_UPSTREAM, "UH", more);
  }
  const path = rewritePath(rule.rewrite, route.match, request.path);
  const authority = authorityOf(route, target) ?? request.host;
  const cors = rule.cors === undefined ? NO_EDITS : corsHeaders(rule.cors, request);
  return {
    kind: "forward",
    cluster,
    path,
    authority,
    originalPath: path === request.path ? undefined : request.path,
    originalAuthority: authority === request.host ? undefined : request.host,
    requestEdits: edits.request,
    responseEdits: cors === NO_EDITS ? edits.response : [...edits.response, cors],
    timeoutMillis: rule.timeoutMillis,
    retries: rule.retries,
    mirrors: mirrorsOf(route, table, dice),
    delayMillis,
    origin: route.origin,
  };
}

function drawTarget(targets: readonly Target[], dice: Random): Target | undefined {
  if (targets.length <= 1) return targets[0];
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  let drawn = dice.next() * total;
  for (const target of targets) {
    drawn -= target.weight;
    if (drawn < 0) return target;
  }
  return targets.at(-1);
}

function mirrorsOf({ mirrors }: Route, table: RouteTable, dice: Random): readonly Cluster[] {
  return mirrors.flatMap(({ cluster, percent }) => {
    const found = table.clusters.get(cluster);
    return found !== undefined && happens(percent, dice) ? [found] : [];
  });
}

/** Beside others a destination's own `Host` wins over the rule's; alone, the rule's does. That is how istiod writes it. */
function authorityOf({ rule }: Route, target: Target): string | undefined {
  return isAlone(rule)
    ? (rule.headers.authority ?? target.headers.authority)
    : (target.headers.authority ?? rule.headers.authority);
}

/** Alone, a destination's edits come after the rule's; beside others Envoy makes them first, so that the rule has the last word. */
function editsOf(
  { rule }: Route,
  target: Target,
): { readonly request: readonly HeaderEdits[]; readonly response: readonly HeaderEdits[] } {
  const [ruleEdits, own] = [rule.headers, target.headers];
  if (isAlone(rule)) {
    return { request: inOneGo(ruleEdits.request, own.request), response: inOneGo(ruleEdits.response, own.response) };
  }
  return { request: [own.request, ruleEdits.request], response: [own.response, ruleEdits.response] };
}

const isAlone = ({ action }: HttpRule): boolean => action.kind === "route" && action.destinations.length <= 1;

function delayOf({ fault }: HttpRule, dice: Random): number {
  return fault.delay !== undefined && happens(fault.delay.percent, dice) ? fault.delay.millis : 0;
}

/** Draws only where chance decides, so that a table without chances is the same for any dice. */
const happens = (percent: number, dice: Random): boolean =>
  percent >= 100 || (percent > 0 && dice.next() * 100 < percent);

function edited(headers: Headers, edits: HeaderEdits): Headers {
  editHeaders(headers, edits);
  return headers;
}

function answer(status: number, body: string, flag: Flag, more: Partial<LocalAnswer> = {}): LocalAnswer {
  return {
    kind: "answer",
    status,
    body,
    headers: {},
    flag,
    delayMillis: 0,
    cluster: undefined,
    clusterName: undefined,
    ...more,
  };
}
