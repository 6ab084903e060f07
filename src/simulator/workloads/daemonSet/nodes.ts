import type { KubeObject } from "../../../runtime/transport.ts";
import { at, objectAt, objectsAt, textAt } from "../../api/json.ts";

/** Taints that a daemon's pods put up with whatever their template says. */
const TOLERATED = [
  "node.kubernetes.io/not-ready",
  "node.kubernetes.io/unreachable",
  "node.kubernetes.io/disk-pressure",
  "node.kubernetes.io/memory-pressure",
  "node.kubernetes.io/pid-pressure",
  "node.kubernetes.io/unschedulable",
];

/** The tolerations that go into each pod, besides the template's own. */
export function tolerations(set: KubeObject): readonly unknown[] {
  const own = objectsAt(set, "spec", "template", "spec", "tolerations");
  const added = TOLERATED.map((key) => ({
    key,
    operator: "Exists",
    effect: key.endsWith("not-ready") || key.endsWith("unreachable") ? "NoExecute" : "NoSchedule",
  }));
  return [...own, ...added];
}

/** Whether a set wants a pod on this node: by its node selector, and by the taints that would keep it away. */
export function wantsPodOn(set: KubeObject, node: KubeObject): boolean {
  const podSpec = objectAt(set, "spec", "template", "spec") ?? {};
  const wantedName = textAt(podSpec, "nodeName");
  if (wantedName !== undefined && wantedName !== "" && wantedName !== node.metadata.name) return false;
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(objectAt(podSpec, "nodeSelector") ?? {});
  if (!selector.every(([label, value]) => labels[label] === value)) return false;
  const taints = objectsAt(node, "spec", "taints").filter(({ effect }) => effect !== "PreferNoSchedule");
  const own = objectsAt(podSpec, "tolerations");
  return taints.every((taint) => {
    const key = textAt(taint, "key") ?? "";
    return TOLERATED.includes(key) || own.some((toleration) => tolerates(toleration, taint));
  });
}

function tolerates(toleration: unknown, taint: unknown): boolean {
  const key = textAt(toleration, "key") ?? "";
  const effect = textAt(toleration, "effect") ?? "";
  if (effect !== "" && effect !== textAt(taint, "effect")) return false;
  if (key !== "" && key !== textAt(taint, "key")) return false;
  return textAt(toleration, "operator") === "Exists" || (at(toleration, "value") ?? "") === (at(taint, "value") ?? "");
}

/** What binds a pod to its node, by the scheduler's hand. */
export function affinityTo(node: string): unknown {
  const matchFields = [{ key: "metadata.name", operator: "In", values: [node] }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } } };
}

/** The node that a pod runs on, or is meant for. */
export function nodeOf(pod: KubeObject): string | undefined {
  const bound = textAt(pod, "spec", "nodeName");
  if (bound !== undefined && bound !== "") return bound;
  const path = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"];
  const terms = objectsAt(objectAt(pod, "spec", ...path), "nodeSelectorTerms");
  const fields = terms.flatMap((term) => objectsAt(term, "matchFields"));
  const values = fields.find(({ key }) => key === "metadata.name")?.["values"];
  return Array.isArray(values) && typeof values[0] === "string" ? values[0] : undefined;
}
