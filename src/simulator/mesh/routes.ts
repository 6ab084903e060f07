/** The rules of one VirtualService, laid out for one port of one gateway. */
import type { Clusters } from "./clusters.ts";
import { NO_HEADERS, type RuleHeaders } from "./headerEdits.ts";
import { wholeHost } from "./hosts.ts";
import { DEFAULT_RETRIES } from "./retryPolicy.ts";
import type { Destination, HttpRule, RequestMatch } from "./rule.ts";

export interface Rules {
  /** `namespace/name` of the VirtualService. */
  readonly name: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly gateways: readonly string[];
  /** Each with the namespace that its short host names belong to. */
  readonly rules: readonly (HttpRule & { readonly namespace: string })[];
}

export interface Target {
  /** Name of the cluster, which need not exist. */
  readonly cluster: string;
  readonly weight: number;
  readonly headers: RuleHeaders;
}

export interface Route {
  /** Undefined for every request. */
  readonly match: RequestMatch | undefined;
  readonly rule: HttpRule;
  readonly targets: readonly Target[];
  readonly mirrors: readonly { readonly cluster: string; readonly percent: number }[];
  /** Whose rule it is, for people: `shop/web http[0]`. */
  readonly origin: string;
}

/** Routes by host pattern. */
export type Listener = ReadonlyMap<string, readonly Route[]>;

interface Place {
  readonly port: number;
  readonly gateway: string;
  readonly clusters: Clusters;
}

/** How a Service that no VirtualService names is reached in the mesh. */
export const DEFAULT_ROUTE_RULE: HttpRule = {
  matches: [],
  action: { kind: "route", destinations: [] },
  rewrite: { kind: "none" },
  headers: NO_HEADERS,
  timeoutMillis: undefined,
  retries: DEFAULT_RETRIES,
  fault: { delay: undefined, abort: undefined },
  mirrors: [],
  cors: undefined,
};

/** In the order in which they are tried. What stands after a rule that catches all is never reached, and left out. */
export function routesFor({ name, rules }: Rules, place: Place): readonly Route[] {
  const routes: Route[] = [];
  for (const [index, rule] of rules.entries()) {
    const matches = rule.matches.length === 0 ? [undefined] : rule.matches.filter((match) => isFor(match, place));
    for (const match of matches) {
      routes.push(layOut(rule, match, place, `${name} http[${index}]`));
      if (isCatchAll(match)) return routes;
    }
  }
  return routes;
}

function isFor({ port, gateways }: RequestMatch, place: Place): boolean {
  return (port === undefined || port === place.port) && (gateways.length === 0 || gateways.includes(place.gateway));
}

/** Whether no request fails it. */
export function isCatchAll(match: RequestMatch | undefined): boolean {
  if (match === undefined) return true;
  const { uri, method, authority, scheme, headers, withoutHeaders, queryParams } = match;
  const isAnyPath =
    uri === undefined || (uri.kind === "prefix" && uri.text === "/") || (uri.kind === "regex" && uri.text === ".*");
  const asked = [method, authority, scheme].some((other) => other !== undefined);
  return isAnyPath && !asked && headers.length + withoutHeaders.length + queryParams.length === 0;
}

function layOut(rule: Rules["rules"][number], match: RequestMatch | undefined, place: Place, origin: string): Route {
  const cluster = (destination: Destination): string =>
    place.clusters.nameOf({ ...destination, host: wholeHost(destination.host, rule.namespace) }, place.port);
  const mirrors = rule.mirrors.map(({ destination, percent }) => ({ cluster: cluster(destination), percent }));
  if (rule.action.kind !== "route") return { match, rule, targets: [], mirrors: [], origin };
  const { destinations } = rule.action;
  const targets = destinations.map(({ destination, weight, headers }) => ({
    cluster: cluster(destination),
    // A single destination takes all, whatever its weight says; among several, none means 0.
    weight: destinations.length === 1 ? 1 : weight,
    headers,
  }));
  return { match, rule, targets: targets.filter(({ weight }) => weight > 0), mirrors, origin };
}
