import type { WireObject } from "../../../resources/wire.ts";
import { copyObject, type Draft, objectAt, objectsAt } from "../json.ts";
import { HPA } from "./policies.ts";

const API_VERSION = "autoscaling/v2";

/** An autoscaler of autoscaling/v1, which knows the resource cpu only, in the form that is stored. */
export function scalerStored(view: WireObject): WireObject {
  const { targetCPUUtilizationPercentage: share, ...spec } = objectAt(view, "spec") ?? {};
  const { currentCPUUtilizationPercentage: _, currentReplicas: replicas, ...status } = objectAt(view, "status") ?? {};
  const metric = {
    type: "Resource",
    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: share } },
  };
  const stored: Draft = copyObject({
    ...view,
    apiVersion: API_VERSION,
    spec: { ...spec, ...(share === undefined ? {} : { metrics: [metric] }) },
    status: {
      desiredReplicas: 0,
      currentMetrics: null,
      ...status,
      ...(replicas === 0 ? {} : { currentReplicas: replicas }),
    },
  });
  HPA.defaults?.(stored);
  return stored;
}

/** A stored autoscaler as autoscaling/v1 shows it: whatever it measures besides cpu is not seen there. */
export function scalerView(stored: WireObject): WireObject {
  const { metrics: _, behavior: __, ...spec } = objectAt(stored, "spec") ?? {};
  const { currentMetrics: ___, conditions: ____, ...status } = objectAt(stored, "status") ?? {};
  const share = cpuOf(objectsAt(stored, "spec", "metrics"), "target");
  const current = cpuOf(objectsAt(stored, "status", "currentMetrics"), "current");
  return {
    ...stored,
    apiVersion: "autoscaling/v1",
    spec: { ...spec, ...(share === undefined ? {} : { targetCPUUtilizationPercentage: share }) },
    status: {
      currentReplicas: 0,
      desiredReplicas: 0,
      ...status,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  };
}

function cpuOf(metrics: readonly WireObject[], what: "target" | "current"): unknown {
  const cpu = metrics.find((metric) => objectAt(metric, "resource")?.["name"] === "cpu");
  return objectAt(cpu, "resource", what)?.["averageUtilization"];
}
