import type { WireObject } from "../../../resources/wire.ts";
import { at, objectAt, objectsAt, textAt } from "../json.ts";

export const orNone = (text: string | undefined): string => (text === undefined || text === "" ? "<none>" : text);

export function targetsOf(hpa: WireObject): string {
  const metrics = objectsAt(hpa, "spec", "metrics").map((metric, place) => {
    const current = objectsAt(hpa, "status", "currentMetrics")[place];
    const share = at(metric, "resource", "target", "averageUtilization");
    const now = at(current, "resource", "current", "averageUtilization");
    const name = textAt(metric, "resource", "name") ?? String(metric["type"]);
    return share === undefined
      ? `${name}: <unknown>`
      : `${name}: ${now === undefined ? "<unknown>" : `${String(now)}%`}/${String(share)}%`;
  });
  return orNone(metrics.join(", "));
}

export const statusOfNode = (node: WireObject): string => {
  const ready = objectsAt(node, "status", "conditions").find(({ type }) => type === "Ready");
  const word = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  return at(node, "spec", "unschedulable") === true ? `${word},SchedulingDisabled` : word;
};

export const rolesOf = (node: WireObject): string =>
  orNone(
    Object.keys(objectAt(node, "metadata", "labels") ?? {})
      .flatMap((key) => /^node-role\.kubernetes\.io\/(.+)$/.exec(key)?.[1] ?? [])
      .sort()
      .join(","),
  );
