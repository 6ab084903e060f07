import type { KubeObject } from "../../../runtime/transport.ts";
import { numberAt, objectsAt, textAt } from "../../api/json.ts";
import { readySince } from "../pods.ts";

const COST = "controller.kubernetes.io/pod-deletion-cost";

const PHASES = ["Pending", "Unknown", "Running"];

/** Who is beside a pod on its node, of the pods that serve the same owner. */
export type Neighbours = (pod: KubeObject) => number;

/**
 * The pods, those first that are missed least (Kubernetes, pkg/controller/controller_utils.go, ActivePodsWithRanks): not
 * bound, pending, not ready, cheap, on a crowded node, ready for a short time, restarted often, young.
 */
export function leastMissedFirst(
  pods: readonly KubeObject[],
  neighbours: Neighbours,
  now: number,
): readonly KubeObject[] {
  const facts = pods.map((pod) => ({ pod, order: orderOf(pod, neighbours(pod), now) }));
  facts.sort((one, other) => {
    const at = one.order.findIndex((value, index) => value !== other.order[index]);
    if (at >= 0) return (one.order[at] ?? 0) - (other.order[at] ?? 0);
    return (one.pod.metadata.uid ?? "") < (other.pod.metadata.uid ?? "") ? -1 : 1;
  });
  return facts.map(({ pod }) => pod);
}

/** Numbers to compare one after the other; the smaller goes first. */
function orderOf(pod: KubeObject, neighbours: number, now: number): readonly number[] {
  const ready = readySince(pod);
  const restarts = objectsAt(pod, "status", "containerStatuses").map((status) => numberAt(status, "restartCount") ?? 0);
  return [
    textAt(pod, "spec", "nodeName") === undefined ? 0 : 1,
    PHASES.indexOf(textAt(pod, "status", "phase") ?? "Pending"),
    ready === undefined ? 0 : 1,
    Number(pod.metadata.annotations?.[COST] ?? 0) || 0,
    -neighbours,
    ready === undefined ? 0 : magnitude(now - ready),
    -Math.max(0, ...restarts),
    magnitude(now - (Date.parse(pod.metadata.creationTimestamp ?? "") || 0)),
  ];
}

/** Ages are told apart by their order of magnitude only, so that not always the same pods go. */
const magnitude = (ageMillis: number): number => Math.floor(Math.log2(Math.max(1, ageMillis) * 1e6));
