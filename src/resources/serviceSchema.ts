import type * as z from "zod";
import {
  atMostOne,
  boundedListOf,
  boundedText,
  choice,
  durationOrEmpty,
  exactlyOne,
  flag,
  group,
  listOf,
  mapOf,
  names,
  portOrName,
  type Rule,
  ruled,
  text,
  textMap,
  whole,
} from "./fields.ts";
import { trafficPolicy } from "./trafficPolicySchema.ts";

const stringMatchFields = {
  exact: text("The whole value.").optional(),
  prefix: text("How the value begins.").optional(),
  regex: text("RE2 expression that the whole value matches.").optional(),
};

/** Istio's StringMatch as Flagger's schema has it: none or exactly one way to match. */
export const stringMatch = (doc: string) => atMostOne(group(doc, stringMatchFields), ["exact", "prefix", "regex"]);

const requestMatch = group("Requests that the route takes, in Istio's terms.", {
  name: text("Name of this match.").optional(),
  uri: stringMatch("Path of the request.").optional(),
  scheme: stringMatch("Scheme of the request.").optional(),
  method: stringMatch("Method of the request.").optional(),
  authority: stringMatch("Authority (host) of the request.").optional(),
  headers: mapOf("Headers by name.", stringMatch("Value of the header.")).optional(),
  withoutHeaders: mapOf("Headers that must not match.", stringMatch("Value of the header.")).optional(),
  queryParams: mapOf("Query parameters by name.", stringMatch("Value of the parameter.")).optional(),
  port: whole("Port that the request was sent to.").optional(),
  sourceLabels: textMap("Labels of the workload that sends.").optional(),
  sourceNamespace: text("Namespace of the workload that sends.").optional(),
  gateways: names("Gateways that this match holds for.").optional(),
  ignoreUriCase: flag("Match the path in any case.").optional(),
});

const headerEdit = (doc: string) =>
  group(doc, {
    add: textMap("Headers to append.").optional(),
    set: textMap("Headers to overwrite.").optional(),
    remove: names("Headers to remove.").optional(),
  });

const metadata = (doc: string) =>
  group(doc, {
    labels: textMap("Labels to add.").optional(),
    annotations: textMap("Annotations to add.").optional(),
  });

const corsPolicy = group("Cross-origin policy, in Istio's terms.", {
  allowCredentials: flag("Whether credentials may be sent.").optional(),
  allowHeaders: names("Headers that may be used.").optional(),
  allowMethods: names("Methods that may be used.").optional(),
  allowOrigin: names("Origins that are allowed, verbatim (deprecated by Istio).").optional(),
  allowOrigins: listOf(
    "Origins that are allowed.",
    exactlyOne(group("An origin.", stringMatchFields), ["exact", "prefix", "regex"]),
  ).optional(),
  exposeHeaders: names("Headers that the browser may read.").optional(),
  maxAge: text("How long a preflight answer may be kept.").optional(),
});

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const KIND = /^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$/;
const GROUP = /^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const port = (doc: string) => whole(doc, { min: 1, max: 65535 });

const mirrorBackend = ruled(
  group("Where copies of requests go.", {
    group: boundedText("API group; empty means core.", { max: 253, pattern: GROUP }).default(""),
    kind: boundedText("Kind of the backend.", { min: 1, max: 63, pattern: KIND }).default("Service"),
    name: boundedText("Name of the backend.", { min: 1, max: 253 }),
    namespace: boundedText("Namespace of the backend.", { min: 1, max: 63, pattern: DNS_LABEL }).optional(),
    port: port("Port of the backend; needed for a Service.").optional(),
  }),
  {
    cel: "(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true",
    message: "needs a port when it names a Service",
    holds: (backend) => backend.group !== "" || backend.kind !== "Service" || backend.port !== undefined,
  },
);

const gatewayRef = group("A Gateway that the route attaches to.", {
  group: boundedText("API group of the parent.", { max: 253, pattern: GROUP }).default("gateway.networking.k8s.io"),
  kind: boundedText("Kind of the parent.", { min: 1, max: 63, pattern: KIND }).default("Gateway"),
  name: boundedText("Name of the parent.", { min: 1, max: 253 }),
  namespace: boundedText("Namespace of the parent.", { min: 1, max: 63, pattern: DNS_LABEL }).optional(),
  sectionName: boundedText("Listener of the parent.", { min: 1, max: 253, pattern: DNS_NAME }).optional(),
  port: port("Port of the parent.").optional(),
});

const delegateStandsAlone: Rule<{
  delegation?: unknown;
  hosts?: unknown[] | undefined;
  gateways?: unknown[] | undefined;
}> = {
  cel: "!has(self.delegation) || !self.delegation || ((!has(self.hosts) || size(self.hosts) == 0) && (!has(self.gateways) || size(self.gateways) == 0))",
  message: "cannot have hosts and gateways when delegation enabled",
  path: ["delegation"],
  holds: ({ delegation, hosts, gateways }) =>
    delegation !== true || ((hosts ?? []).length === 0 && (gateways ?? []).length === 0),
};

const fields = {
  name: text("Name of the Services and of the route; the target's name when empty.").optional(),
  port: port("Port of the generated Services."),
  portName: text("Name of the port; `http` when empty.").optional(),
  appProtocol: text("Application protocol of the port.").optional(),
  trafficDistribution: choice("Which endpoints a Service prefers.", [
    "PreferClose",
    "PreferSameZone",
    "PreferSameNode",
  ]).optional(),
  targetPort: portOrName("Port of the container, by number or name; the Service's port when empty.").optional(),
  portDiscovery: flag("Copy the container's other ports to the generated Services.").optional(),
  headless: flag("Make the generated Services headless.").optional(),
  timeout: durationOrEmpty("How long a request may take.").optional(),
  backendTimeout: durationOrEmpty("How long a backend may take (Gateway API).").optional(),
  meshName: text("Name of the mesh (App Mesh).").optional(),
  backends: names("Backends of the virtual node (App Mesh).").optional(),
  hosts: names("Hosts that the route serves.").optional(),
  delegation: flag("Make the VirtualService a delegate, to be included by another one.").optional(),
  match: listOf("Requests that the route takes.", requestMatch).optional(),
  retries: group("How failed requests are tried again.", {
    attempts: whole("How many times.").optional(),
    perTryTimeout: durationOrEmpty("How long one try may take.").optional(),
    retryOn: text("Which failures are tried again.").optional(),
  }).optional(),
  rewrite: group("How the request is rewritten on its way.", {
    uri: text("The new path.").optional(),
    authority: text("The new authority.").optional(),
    type: text("How the path is replaced (Gateway API).").optional(),
  }).optional(),
  mirror: listOf(
    "Backends that get a copy of every request (Gateway API).",
    group("A mirror.", { backendRef: mirrorBackend.optional() }),
  ).optional(),
  headers: group("Headers that the route changes.", {
    request: headerEdit("Changes to the request.").optional(),
    response: headerEdit("Changes to the answer.").optional(),
  }).optional(),
  gateways: names("Istio gateways that the route attaches to.").optional(),
  gatewayRefs: boundedListOf("Gateways that the route attaches to (Gateway API).", gatewayRef, { max: 32 }).optional(),
  corsPolicy: corsPolicy.optional(),
  trafficPolicy: trafficPolicy.optional(),
  apex: metadata("Metadata of the apex Service and of the route.").optional(),
  primary: metadata("Metadata of the primary Service.").optional(),
  canary: metadata("Metadata of the canary Service.").optional(),
  unmanagedMetadata: group("Service metadata whose live values are left alone.", {
    labels: names("Label keys.").optional(),
    annotations: names("Annotation keys.").optional(),
  }).optional(),
};

/** `spec.service`: how the workload is reached. */
export const serviceSchema = ruled(group("How the workload is reached.", fields), delegateStandsAlone);

/** `spec.service` as it stands on the wire. */
export type WireService = z.output<typeof serviceSchema>;
