import type { KubeObject } from "../../../runtime/transport.ts";
import { annotatedNumber, DESIRED_REPLICAS, MAX_REPLICAS, REVISION, REVISION_HISTORY } from "./sets.ts";
import type { DeploymentSpec } from "./spec.ts";

export type Annotations = Readonly<Record<string, string>>;

/** A Deployment's annotations that say something of itself, and nothing of its pods. */
const OWN = [
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  "deprecated.deployment.rollback.to",
];

/** What Kubernetes keeps of the revisions that a ReplicaSet once had. */
const LONGEST_HISTORY = 2000;

/** How many pods were asked for and allowed when a ReplicaSet was sized, by which a later scaling is told. */
export function replicasAnnotations({ replicas, maxSurge }: DeploymentSpec): Annotations {
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + maxSurge) };
}

/** The annotations of the newest ReplicaSet: the Deployment's, and its number among the revisions. */
export function newestAnnotations(deployment: KubeObject, set: KubeObject | undefined, revision: number): Annotations {
  const shared = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !OWN.includes(name));
  const before = set?.metadata.annotations ?? {};
  const known = set === undefined ? undefined : annotatedNumber(set, REVISION);
  const annotations = { ...before, ...Object.fromEntries(shared) };
  if (known !== undefined && known >= revision) return annotations;
  return { ...annotations, [REVISION]: String(revision), ...history(before, known) };
}

function history(before: Annotations, revision: number | undefined): Annotations {
  if (revision === undefined) return {};
  const earlier = (before[REVISION_HISTORY] ?? "").split(",").filter((entry) => entry !== "");
  const entries = [...earlier, String(revision)];
  while (entries.length > 1 && entries.join(",").length > LONGEST_HISTORY) entries.shift();
  return { [REVISION_HISTORY]: entries.join(",") };
}
