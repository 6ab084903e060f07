import type { ClusterObject, Subject } from "../../control/ports.ts";
import type { JsonObject } from "../../domain/spec.ts";
import { parseObject } from "./json.ts";

/** Fingerprint of what we last rendered onto an object, so that a field taken out of the spec is noticed too. */
export const APPLIED = "serin.dev/applied";
/** Name of the Canary that works on an object which it does not own. */
export const TAKEN_BY = "serin.dev/taken-over-by";
/** What we overwrote on an object that was there before us: `{spec, labels, annotations}`, null where there was nothing. */
export const ORIGINAL = "serin.dev/original";
/** The split that was asked for, kept where whole weights beside a foreign destination cannot tell it exactly. */
export const SPLIT = "serin.dev/split";
/** Flagger's: the spec of a VirtualService before it was taken over, as JSON. */
export const ORIGINAL_CONFIGURATION = "flagger.kubernetes.io/original-configuration";
/** What `kubectl apply` last sent. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Keep GitOps tools from turning back what a rollout does. */
export const GITOPS_OFF: Readonly<Record<string, string>> = {
  "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
  "helm.toolkit.fluxcd.io/driftDetection": "disabled",
};

/** Annotations without which a borrowed object could not be given back. */
export const MEMORY: readonly string[] = [TAKEN_BY, ORIGINAL, ORIGINAL_CONFIGURATION];

/** Annotations that we set on an object for ourselves. They go when the object is given back. */
export const OWN_MARKS: readonly string[] = [APPLIED, SPLIT, ...MEMORY];

export function annotationOf(object: ClusterObject | undefined, key: string): string | undefined {
  return object?.metadata.annotations?.[key];
}

/** The manifest that kubectl last applied to the object. */
export function lastApplied(object: ClusterObject): JsonObject | undefined {
  return parseObject(annotationOf(object, LAST_APPLIED));
}

/** The reference that makes an object follow its Canary into deletion. */
export function ownerReference(subject: Subject): JsonObject {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    name: subject.record.facts.name,
    uid: subject.record.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
