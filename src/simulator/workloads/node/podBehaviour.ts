import type { KubeObject } from "../../../runtime/transport.ts";
import { numberAt, objectsAt, textAt } from "../../api/json.ts";

/** What a pod does in a world without a network. */
export interface PodBehaviour {
  /** From bound to ready. */
  readonly readyAfterMillis: number;
  readonly fate: "serves" | "crashes" | "image missing";
  /** From told to end to gone. */
  readonly endsAfterMillis: number;
}

/**
 * What the pod's manifest says of it, in the words that the real plane's node obeys too: START_SECONDS, or its readiness
 * probe's delay; CRASH=1; SHUTDOWN_SECONDS; an image that is called missing.
 */
export function behaviourInManifest(pod: KubeObject): PodBehaviour {
  const containers = objectsAt(pod, "spec", "containers");
  const environment = new Map(
    containers
      .flatMap((container) => objectsAt(container, "env"))
      .map((variable) => [textAt(variable, "name") ?? "", textAt(variable, "value") ?? ""] as const),
  );
  const delays = containers.map((container) => numberAt(container, "readinessProbe", "initialDelaySeconds") ?? 0);
  const seconds = (name: string, otherwise: number): number => Number(environment.get(name) ?? otherwise) || 0;
  const isMissing = containers.some((container) => (textAt(container, "image") ?? "").includes("missing"));
  return {
    readyAfterMillis: seconds("START_SECONDS", Math.max(0, ...delays)) * 1000,
    fate: isMissing ? "image missing" : environment.get("CRASH") === "1" ? "crashes" : "serves",
    endsAfterMillis: seconds("SHUTDOWN_SECONDS", 0) * 1000,
  };
}

/** The workload's name: its controller's, without what a ReplicaSet adds to its Deployment's. */
export function workloadOf(pod: KubeObject): string {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return pod.metadata.name;
  const hash = pod.metadata.labels?.["pod-template-hash"];
  const isSet = owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return isSet ? owner.name.slice(0, -hash.length - 1) : owner.name;
}
