import type { ClusterObject, Subject, TargetShape } from "../../control/ports.ts";
import type { JsonObject, ServiceSpec } from "../../domain/spec.ts";
import type { Split } from "../../domain/traffic.ts";
import { type Claim, isFlaggerMade } from "./claims.ts";
import {
  findRule,
  foreignWeight,
  mergeRule,
  type RuleFields,
  routesOnlyTo,
  vacantPlace,
  versionsOf,
} from "./httpRule.ts";
import { defined, digest, isObject, listOf, objectOf } from "./json.ts";
import {
  APPLIED,
  annotationOf,
  GITOPS_OFF,
  LAST_APPLIED,
  ORIGINAL_CONFIGURATION,
  ownerReference,
  SPLIT,
} from "./marks.ts";
import { type RouteNames, routeNames } from "./names.ts";
import { borrowedMarks } from "./originals.ts";
import { printSplit, roomBeside } from "./split.ts";
import type { Wanted } from "./wanted.ts";

/**
 * The VirtualService of a Canary with this split, rendered into what stands there now: foreign rules, their order and
 * foreign fields of our rule stay. Server-side apply owns `spec.http` whole, so they have to be part of what is sent.
 */
export function renderVirtualService(
  subject: Subject,
  shape: TargetShape,
  claim: Claim,
  split: Split,
  apiVersion: string,
): Wanted {
  const names = routeNames(subject);
  const service = subject.spec.service;
  const http = renderHttp(service, names, claim, split);
  const spec = { ...exposure(service), http };
  const labels = routeLabels(service, shape, names);
  const annotations = {
    ...service.apex?.annotations,
    ...GITOPS_OFF,
    ...splitMark(http, names, service, split),
  };
  const { http: _http, ...steady } = spec;
  const object: ClusterObject = {
    apiVersion,
    kind: "VirtualService",
    metadata: defined({
      name: names.apex,
      namespace: names.namespace,
      labels: Object.keys(labels).length === 0 ? undefined : labels,
      annotations: {
        ...annotations,
        ...originalConfiguration(claim, names, service),
        ...borrowedMarks(subject, claim, { labels, annotations }, {}),
        // Weights and foreign rules are compared one by one; the fingerprint is for what may be taken out of the spec.
        [APPLIED]: digest({ labels, annotations, steady }),
      },
      ownerReferences: claim.kind === "borrowed" ? undefined : [ownerReference(subject)],
      // Foreign rules were merged from this version; if somebody changed them since, we want to look again.
      resourceVersion: claim.live?.metadata.resourceVersion,
    }) as ClusterObject["metadata"],
    spec,
  };
  return {
    kind: "VirtualService",
    object,
    live: claim.live,
    exact: ["hosts", "gateways", "http"],
    trimmed: ["gateways"],
  };
}

/** What our rule says, from the spec. */
export function ruleFields(service: ServiceSpec): RuleFields {
  const { uri, authority } = service.rewrite ?? {};
  const gateway = service.gateways[0];
  const isAtGateway = (gateway !== undefined && gateway !== "mesh") || service.delegation;
  return {
    match: service.match,
    fields: defined({
      rewrite: uri === undefined && authority === undefined ? undefined : defined({ uri, authority }),
      timeout: service.timeout,
      retries: service.retries,
      corsPolicy: service.corsPolicy,
      headers: service.headers,
    }),
    // With several ports on the Service a gateway cannot tell which one is meant.
    port: service.portDiscovery && isAtGateway ? service.port : undefined,
  };
}

function renderHttp(service: ServiceSpec, names: RouteNames, claim: Claim, split: Split): readonly unknown[] {
  const live = listOf(objectOf(claim.live?.["spec"])["http"]);
  const ours = ruleFields(service);
  const at = findRule(live, names, ours.match);
  if (isFlaggerMade(claim)) {
    // Flagger owned the whole list: what else it sends to our versions are leftovers of A/B or of session affinity.
    const fresh = mergeRule({}, ours, split, names);
    const place = at >= 0 ? at : vacantPlace(live);
    const isLeftover = (rule: unknown) => routesOnlyTo(rule, names, ["primary", "canary"]);
    const before = live.slice(0, place).filter((rule) => !isLeftover(rule));
    return [...before, fresh, ...live.slice(at >= 0 ? place + 1 : place).filter((rule) => !isLeftover(rule))];
  }
  if (at >= 0) return live.with(at, mergeRule(live[at], ours, split, names));
  const apexAt = live.findLastIndex((rule) => versionsOf(rule, names).includes("apex"));
  if (claim.kind === "borrowed" && apexAt >= 0) {
    // The last such rule is the one that catches what the others leave; in its place ours shadows no foreign rule.
    const before = live.slice(0, apexAt).filter((rule) => !routesOnlyTo(rule, names, ["apex"]));
    return [...before, mergeRule(live[apexAt], ours, split, names), ...live.slice(apexAt + 1)];
  }
  const place = vacantPlace(live);
  return live.toSpliced(place, 0, mergeRule({}, ours, split, names));
}

function exposure(service: ServiceSpec): JsonObject {
  // A delegate is reached through another VirtualService and must name neither hosts nor gateways.
  if (service.delegation) return { hosts: [] };
  const apex = service.name;
  const isNamed = service.hosts.includes(apex) || service.hosts.includes("*");
  return {
    hosts: isNamed ? service.hosts : [...service.hosts, apex],
    gateways: service.gateways.length === 0 ? ["mesh"] : service.gateways,
  };
}

function routeLabels(service: ServiceSpec, shape: TargetShape, names: RouteNames): Readonly<Record<string, string>> {
  // As Flagger does: the selector's label is on the route only if the user gave metadata for the apex.
  return service.apex === undefined ? {} : { ...service.apex.labels, [shape.labelKey]: names.apex };
}

function splitMark(
  http: readonly unknown[],
  names: RouteNames,
  service: ServiceSpec,
  split: Split,
): Readonly<Record<string, string>> {
  const rule = http[findRule(http, names, service.match)];
  return roomBeside(foreignWeight(rule, names)) === 100 ? {} : { [SPLIT]: printSplit(split) };
}

function originalConfiguration(
  claim: Claim,
  names: RouteNames,
  service: ServiceSpec,
): Readonly<Record<string, string>> {
  const kept = annotationOf(claim.live, ORIGINAL_CONFIGURATION);
  if (kept !== undefined) return { [ORIGINAL_CONFIGURATION]: kept };
  if (claim.kind !== "borrowed" || annotationOf(claim.live, APPLIED) !== undefined) return {};
  const spec = claim.live["spec"];
  const isOurs = findRule(listOf(objectOf(spec)["http"]), names, service.match) >= 0;
  // A spec that routes to our versions already is no original: giving it back would lead nowhere.
  if (isOurs || !isObject(spec) || annotationOf(claim.live, LAST_APPLIED) !== undefined) return {};
  return { [ORIGINAL_CONFIGURATION]: JSON.stringify(spec) };
}
