/** A pod's object as far as a node looks at it. */
import type { KubeObject } from "../../runtime/transport.ts";

export interface PodObject extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly terminationGracePeriodSeconds?: number;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly readinessProbe?: { readonly initialDelaySeconds?: number };
}

export const containersOf = (pod: PodObject): readonly Container[] => pod.spec?.containers ?? [];

/** The workload's name as Istio's sidecar derives it: the owner's, without the hash of a ReplicaSet. */
export function workloadOf({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return metadata.name;
  const hash = metadata.labels?.["pod-template-hash"];
  const isHashed = owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return isHashed ? owner.name.slice(0, -hash.length - 1) : owner.name;
}

/** TCP ports that its containers declare, each once. */
export function portsOf(pod: PodObject): readonly number[] {
  const ports = containersOf(pod).flatMap((container) => container.ports ?? []);
  return [
    ...new Set(ports.filter(({ protocol = "TCP" }) => protocol === "TCP").map(({ containerPort }) => containerPort)),
  ];
}

/** What Istio calls the app and the version of a pod. */
export function canonicalNames(pod: KubeObject): { readonly app: string; readonly version: string } {
  const labels = pod.metadata.labels ?? {};
  return {
    app: labels["app"] ?? labels["app.kubernetes.io/name"] ?? workloadOf(pod),
    version: labels["version"] ?? labels["app.kubernetes.io/version"] ?? "latest",
  };
}
