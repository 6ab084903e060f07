import type { ClusterObject, Subject, TargetShape } from "../../control/ports.ts";
import type { Metadata } from "../../domain/spec.ts";
import type { Claim } from "./claims.ts";
import { defined, digest, entryOf, objectOf, same } from "./json.ts";
import { APPLIED, annotationOf, GITOPS_OFF, ownerReference } from "./marks.ts";
import { routeNames } from "./names.ts";
import { borrowedMarks } from "./originals.ts";
import { servicePorts } from "./ports.ts";
import type { Wanted } from "./wanted.ts";

/** One of the Services of a Canary. */
export type ServiceRole = "apex" | "primary" | "canary";

/** What the Service selects: the canary's the target's own pods, the other two the primary's. */
export function selectorOf(role: ServiceRole, shape: TargetShape): Readonly<Record<string, string>> {
  return { [shape.labelKey]: role === "canary" ? shape.labelValue : `${shape.labelValue}-primary` };
}

/**
 * One Service of a Canary. On a borrowed one only selector, ports and our marks are ours: its labels, annotations and
 * other ports stay as they are.
 */
export function renderService(subject: Subject, shape: TargetShape, role: ServiceRole, claim: Claim): Wanted {
  const names = routeNames(subject);
  const service = subject.spec.service;
  const selector = selectorOf(role, shape);
  const spec = defined({
    selector,
    ports: servicePorts(service, shape),
    trafficDistribution: service.trafficDistribution,
  });
  const given = claim.kind === "borrowed" ? { labels: {}, annotations: {} } : metadataOf(subject, shape, role);
  const wanted = { labels: given.labels, annotations: { ...given.annotations, ...GITOPS_OFF } };
  const kept = withLiveValues(wanted, subject, claim);
  const object: ClusterObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: defined({
      name: names[role],
      namespace: names.namespace,
      labels: Object.keys(kept.labels).length === 0 ? undefined : kept.labels,
      annotations: {
        ...kept.annotations,
        ...borrowedMarks(subject, claim, wanted, originalSpec(claim, selector, spec)),
        [APPLIED]: digest({ wanted, spec }),
      },
      ownerReferences: claim.kind === "borrowed" ? undefined : [ownerReference(subject)],
    }) as ClusterObject["metadata"],
    spec: { ...spec, ...clusterIP(subject, claim) },
  };
  return { kind: "Service", object, live: claim.live, exact: ["selector"], trimmed: [] };
}

function metadataOf(subject: Subject, shape: TargetShape, role: ServiceRole): Metadata {
  const own = subject.spec.service[role];
  const name = routeNames(subject)[role];
  return { labels: { ...own?.labels, [shape.labelKey]: name }, annotations: own?.annotations ?? {} };
}

/** Keys that the user keeps for others have their live value, once they have one. */
function withLiveValues(wanted: Metadata, subject: Subject, claim: Claim): Metadata {
  const { unmanagedLabels, unmanagedAnnotations } = subject.spec.service;
  const pick = (
    values: Readonly<Record<string, string>>,
    live: Readonly<Record<string, string>> | undefined,
    unmanaged: readonly string[],
  ) =>
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        unmanaged.includes(key) ? (entryOf(live, key) ?? value) : value,
      ]),
    );
  const live = claim.live?.metadata;
  return {
    labels: pick(wanted.labels, live?.labels, unmanagedLabels),
    annotations: pick(wanted.annotations, live?.annotations, unmanagedAnnotations),
  };
}

function originalSpec(
  claim: Claim,
  selector: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const live = objectOf(claim.live?.["spec"]);
  // A Service that selects the primary already was pointed there by a rollout: that is nothing to give back.
  if (annotationOf(claim.live, APPLIED) !== undefined || same(live["selector"], selector)) return {};
  return Object.fromEntries(Object.keys(wanted).map((field) => [field, live[field] ?? null]));
}

/** A cluster IP cannot be changed once it is given, so `headless` only counts for a Service that is being created. */
function clusterIP(subject: Subject, claim: Claim): Readonly<Record<string, unknown>> {
  if (claim.kind === "borrowed") return {};
  const isHeadless = claim.live === undefined ? subject.spec.service.headless : isHeadlessNow(claim.live);
  return isHeadless ? { clusterIP: "None" } : {};
}

/** Whether a live Service has no cluster IP. */
export function isHeadlessNow(live: ClusterObject): boolean {
  return objectOf(live["spec"])["clusterIP"] === "None";
}
