import type { Cluster, ClusterObject, ClusterOwner, KindName, Subject } from "../../control/ports.ts";
import type { Problem } from "../../domain/status.ts";
import { APPLIED, annotationOf, TAKEN_BY } from "./marks.ts";
import type { RouteNames } from "./names.ts";

/** How one generated object stands to its Canary. */
export type Claim =
  | { readonly kind: "absent"; readonly live: undefined }
  /** Controlled by this Canary, whichever controller created it. */
  | { readonly kind: "owned"; readonly live: ClusterObject }
  /** Controlled by nobody: it was there before, is worked on without being owned, and is given back. */
  | { readonly kind: "borrowed"; readonly live: ClusterObject }
  /** Somebody else's. It is not touched. */
  | { readonly kind: "foreign"; readonly live: ClusterObject; readonly owner: string };

export type RoutingKind = "Service" | "DestinationRule" | "VirtualService";

/** Every object that routing works on, as it stands. */
export interface Claims {
  readonly apexService: Claim;
  readonly primaryService: Claim;
  readonly canaryService: Claim;
  readonly primaryRule: Claim;
  readonly canaryRule: Claim;
  readonly route: Claim;
}

/** Look all routing objects of one Canary up in the caches. */
export function claimAll(cluster: Cluster, subject: Subject, names: RouteNames): Claims {
  const claim = (kind: RoutingKind, name: string) => claimOf(cluster, subject, kind, name);
  return {
    apexService: claim("Service", names.apex),
    primaryService: claim("Service", names.primary),
    canaryService: claim("Service", names.canary),
    primaryRule: claim("DestinationRule", names.primary),
    canaryRule: claim("DestinationRule", names.canary),
    route: claim("VirtualService", names.apex),
  };
}

/** A blocking problem for every object that somebody else controls. */
export function conflicts(claims: Claims): readonly Problem[] {
  const { apexService, primaryService, canaryService, primaryRule, canaryRule, route } = claims;
  return [
    ...[apexService, primaryService, canaryService].flatMap((claim) => conflict("Service", claim)),
    ...[primaryRule, canaryRule].flatMap((claim) => conflict("DestinationRule", claim)),
    ...conflict("VirtualService", route),
  ];
}

/** Whether an owned object has only ever been written by Flagger, so that all that routes to our hosts is Flagger's. */
export function isFlaggerMade(claim: Claim): boolean {
  return claim.kind === "owned" && annotationOf(claim.live, APPLIED) === undefined;
}

function claimOf(cluster: Cluster, subject: Subject, kind: KindName, name: string): Claim {
  const namespace = subject.record.facts.namespace;
  const live = cluster.read(kind, namespace, name);
  if (live === undefined) return { kind: "absent", live };
  const controller = live.metadata.ownerReferences?.find((owner) => owner.controller === true);
  if (controller?.uid === subject.record.uid) return { kind: "owned", live };
  if (controller !== undefined) return { kind: "foreign", live, owner: ownerInWords(controller, subject) };
  const holder = annotationOf(live, TAKEN_BY);
  // A claim outlives a Canary that was deleted without giving back; it binds only while that Canary exists.
  const isHeld = holder !== undefined && holder !== subject.record.facts.name;
  if (isHeld && cluster.read("Canary", namespace, holder) !== undefined) {
    return { kind: "foreign", live, owner: `Canary ${holder}` };
  }
  return { kind: "borrowed", live };
}

function ownerInWords({ kind, name }: ClusterOwner, subject: Subject): string {
  // Its objects are about to be collected; until then they are as foreign as any.
  const isEarlier = kind === "Canary" && name === subject.record.facts.name;
  return isEarlier ? `an earlier Canary ${name} that was deleted` : `${kind} ${name}`;
}

function conflict(kind: RoutingKind, claim: Claim): readonly Problem[] {
  if (claim.kind !== "foreign") return [];
  const { namespace, name } = claim.live.metadata;
  return [
    {
      reason: kind === "Service" ? "ServiceConflict" : "RouteConflict",
      severity: "blocking",
      message: `spec.service.name: ${kind} ${namespace ?? ""}/${name} is controlled by ${claim.owner}; choose another spec.service.name or remove that object.`,
    },
  ];
}
