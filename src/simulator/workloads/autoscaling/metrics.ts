import type { KubeObject } from "../../../runtime/transport.ts";
import { objectsAt, textAt } from "../../api/json.ts";

/** What a pod uses now, in cores; undefined where nobody has measured it. */
export type CpuOf = (pod: KubeObject) => number | undefined;

/** A quantity of cores: "250m", "2". */
export function cores(quantity: string): number {
  const [, number = "0", unit = ""] = /^([\d.]+)(n|u|m|k?)$/.exec(quantity) ?? [];
  const factor = { n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3 }[unit] ?? 1;
  return Number(number) * factor;
}

/** The cores that a pod's containers ask for together; undefined where one of them asks for none. */
export function requestedCores(pod: KubeObject): number | undefined {
  const requests = objectsAt(pod, "spec", "containers").map((container) =>
    textAt(container, "resources", "requests", "cpu"),
  );
  if (requests.some((request) => request === undefined)) return undefined;
  return requests.reduce((total, request) => total + cores(request ?? "0"), 0);
}
