/** DestinationRules: how requests are spread over the pods of a Service, and which of them a subset is. */
import type { KubeObject } from "../../runtime/transport.ts";
import { coversHost, wholeHost } from "./hosts.ts";
import { type Json, listOf, millisOf, numberOf, objectOf, textMapOf, textOf } from "./wire.ts";

export type Balance =
  | { readonly kind: "round robin" }
  | { readonly kind: "least request" }
  | { readonly kind: "random" }
  | { readonly kind: "hash"; readonly by: HashKey };

export type HashKey =
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "query"; readonly name: string }
  | { readonly kind: "source" }
  /** Without a lifetime the cookie is only read, never made. */
  | {
      readonly kind: "cookie";
      readonly name: string;
      readonly path: string | undefined;
      readonly ttlMillis: number | undefined;
    };

export interface HostPolicy {
  readonly subsets: readonly Json[];
  readonly trafficPolicy: Json;
}

/**
 * What the DestinationRules say of a host: those beside the Service win over those of the mesh's own namespace, an
 * exact host over a wildcard, and several of one host count together.
 */
export function policyOf(host: string, namespace: string, rules: readonly KubeObject[], root: string): HostPolicy {
  for (const home of new Set([namespace, root])) {
    const there = rules.filter(({ metadata }) => metadata.namespace === home);
    const named = there.filter((rule) => hostOf(rule) === host);
    const wide = there
      .filter((rule) => hostOf(rule).startsWith("*") && coversHost(hostOf(rule), host))
      .sort((one, other) => hostOf(other).length - hostOf(one).length)
      .slice(0, 1);
    const found = named.length > 0 ? named : wide;
    if (found.length === 0) continue;
    const specs = found.map((rule) => objectOf(rule["spec"]));
    return {
      subsets: specs.flatMap((spec) => listOf(spec["subsets"]).map(objectOf)),
      trafficPolicy: objectOf(specs.find((spec) => spec["trafficPolicy"] !== undefined)?.["trafficPolicy"]),
    };
  }
  return { subsets: [], trafficPolicy: {} };
}

const hostOf = (rule: KubeObject): string =>
  wholeHost(textOf(objectOf(rule["spec"])["host"]) ?? "", rule.metadata.namespace ?? "");

/** The labels that a pod of the subset carries; undefined where there is no such subset. */
export function subsetLabels(policy: HostPolicy, subset: string): Readonly<Record<string, string>> | undefined {
  if (subset === "") return {};
  const found = policy.subsets.find(({ name }) => name === subset);
  return found === undefined ? undefined : textMapOf(found["labels"]);
}

/** The narrowest word on load balancing: the subset's before the host's, the port's before the general one. */
export function balanceOf(policy: HostPolicy, subset: string, port: number): Balance {
  const own = objectOf(policy.subsets.find(({ name }) => name === subset)?.["trafficPolicy"]);
  const settings = [own, policy.trafficPolicy].flatMap((traffic) => {
    const ofPort = listOf(traffic["portLevelSettings"])
      .map(objectOf)
      .find((setting) => numberOf(objectOf(setting["port"])["number"]) === port);
    return [ofPort?.["loadBalancer"], traffic["loadBalancer"]];
  });
  return parseBalance(objectOf(settings.find((setting) => setting !== undefined)));
}

function parseBalance(setting: Json): Balance {
  if (setting["consistentHash"] !== undefined) {
    const by = parseHashKey(objectOf(setting["consistentHash"]));
    return by === undefined ? { kind: "random" } : { kind: "hash", by };
  }
  switch (setting["simple"]) {
    case "ROUND_ROBIN":
      return { kind: "round robin" };
    case "RANDOM":
      return { kind: "random" };
    default:
      return { kind: "least request" };
  }
}

function parseHashKey(hash: Json): HashKey | undefined {
  const header = textOf(hash["httpHeaderName"]);
  if (header) return { kind: "header", name: header.toLowerCase() };
  const query = textOf(hash["httpQueryParameterName"]);
  if (query) return { kind: "query", name: query };
  const { name, path, ttl } = objectOf(hash["httpCookie"]);
  if (textOf(name)) {
    return { kind: "cookie", name: textOf(name) ?? "", path: textOf(path) || undefined, ttlMillis: millisOf(ttl) };
  }
  return hash["useSourceIp"] === true ? { kind: "source" } : undefined;
}
