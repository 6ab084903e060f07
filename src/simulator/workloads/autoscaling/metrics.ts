import type { KubeObject } from "../../../runtime/transport.ts";
import { objectsAt, textAt } from "../../api/json.ts";
import { nanosOf } from "../../api/schema/quantity.ts";

/** What a pod uses now, in cores; undefined where nobody has measured it. */
export type CpuOf = (pod: KubeObject) => number | undefined;

const NANOS_A_CORE = 1e9;

/** A quantity of cores, such as "250m" or "2"; undefined where the text is none. */
export function cores(quantity: string): number | undefined {
  const nanos = nanosOf(quantity);
  return nanos === undefined ? undefined : Number(nanos) / NANOS_A_CORE;
}

/** In thousandths, in which Kubernetes reckons; a part of one counts as one. */
export const milliCores = (used: number): number => Math.ceil(Number((used * 1000).toFixed(6)));

/** What a pod's containers ask for together, in thousandths, or why that cannot be said. */
export function requestOf(pod: KubeObject): number | string {
  let total = 0;
  for (const container of objectsAt(pod, "spec", "containers")) {
    const request = textAt(container, "resources", "requests", "cpu");
    if (request === undefined)
      return `missing request for cpu in container ${textAt(container, "name")} of Pod ${pod.metadata.name}`;
    total += milliCores(cores(request) ?? 0);
  }
  return total;
}
