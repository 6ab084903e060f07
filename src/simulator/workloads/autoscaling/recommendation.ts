/** How many pods an autoscaler wants (the arithmetic that Kubernetes documents under "Horizontal Pod Autoscaling"). */
import type { WireObject } from "../../../resources/wire.ts";
import { isWireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { numberAt, objectsAt, textAt } from "../../api/json.ts";
import { isActive, isReady } from "../pods.ts";
import { type CpuOf, cores, requestedCores } from "./metrics.ts";

export type Recommendation =
  | { readonly kind: "known"; readonly replicas: number; readonly metrics: readonly WireObject[] }
  | { readonly kind: "unknown"; readonly reason: string; readonly message: string };

/** A ratio that is so near to 1 changes nothing. */
const TOLERANCE = 0.1;

export function recommend(
  autoscaler: KubeObject,
  pods: readonly KubeObject[],
  { current, cpuOf }: { readonly current: number; readonly cpuOf: CpuOf },
): Recommendation {
  const targets = objectsAt(autoscaler, "spec", "metrics").flatMap((metric) => {
    const { resource } = metric;
    return isWireObject(resource) && resource["name"] === "cpu" ? [resource] : [];
  });
  const [target] = targets;
  if (target === undefined) {
    return { kind: "unknown", reason: "InvalidMetricSourceType", message: "only the resource cpu is measured here" };
  }
  const counted = pods.filter((pod) => isActive(pod) && isReady(pod));
  const usage = counted.flatMap((pod) => cpuOf(pod) ?? []);
  if (usage.length === 0) {
    const message =
      "the HPA was unable to compute the replica count: failed to get cpu utilization: no metrics returned";
    return { kind: "unknown", reason: "FailedGetResourceMetric", message };
  }
  const average = usage.reduce((total, used) => total + used, 0) / usage.length;
  const percent = numberAt(target, "target", "averageUtilization");
  const value = textAt(target, "target", "averageValue");
  const requested = counted.map(requestedCores);
  if (percent !== undefined && requested.some((request) => request === undefined)) {
    const message =
      "the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu";
    return { kind: "unknown", reason: "FailedGetResourceMetric", message };
  }
  const request = requested.reduce<number>((total, one) => total + (one ?? 0), 0) / counted.length;
  const ratio = percent === undefined ? average / cores(value ?? "1") : (average / request) * (100 / percent);
  const replicas = Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(ratio * usage.length);
  const shown = {
    averageValue: `${Math.round(average * 1000)}m`,
    ...(percent === undefined ? {} : { averageUtilization: Math.round((average / request) * 100) }),
  };
  return { kind: "known", replicas, metrics: [{ type: "Resource", resource: { name: "cpu", current: shown } }] };
}
