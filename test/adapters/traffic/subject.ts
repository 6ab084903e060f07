import type { Subject, TargetShape } from "../../../src/control/ports.ts";
import type { Levels } from "../../../src/domain/decision.ts";
import type { ServiceSpec } from "../../../src/domain/spec.ts";
import { newStatus } from "../../../src/domain/status.ts";
import { instant, seconds } from "../../../src/domain/time.ts";
import { splitPlan } from "../../../src/domain/traffic.ts";

export const NAMESPACE = "shop";

/** The pods of the target `podinfo`, which name two ports. */
export const SHAPE: TargetShape = {
  labelKey: "app",
  labelValue: "podinfo",
  containerPorts: [
    { name: "http", port: 9898 },
    { name: "grpc", port: 9999 },
  ],
};

/** A Canary `podinfo` in the namespace `shop` with this service spec. */
export function aSubject(service: Partial<ServiceSpec> = {}, canary: { uid?: string; name?: string } = {}): Subject {
  const spec: Subject["spec"] = {
    provider: undefined,
    metricsServer: undefined,
    target: { apiVersion: "apps/v1", kind: "Deployment", name: "podinfo" },
    service: { ...PLAIN, ...service },
    analysis: {
      strategy: { kind: "weighted", stepWeights: [10, 50, 100], promotionStepWeight: 0 },
      interval: seconds(60),
      threshold: 1,
      primaryReadyThresholdPercent: 100,
      canaryReadyThresholdPercent: 100,
      metrics: [],
    },
    progressDeadline: seconds(600),
    skipAnalysis: false,
    revertOnDeletion: true,
    suspend: false,
  };
  return {
    spec,
    record: {
      facts: {
        namespace: NAMESPACE,
        name: canary.name ?? "podinfo",
        generation: 1,
        deleting: false,
        hasFinalizer: true,
        createdAt: instant(0),
      },
      uid: canary.uid ?? "canary-uid",
      spec,
      refusals: [],
      status: newStatus(),
      version: "1",
    },
  };
}

const PLAIN: ServiceSpec = {
  name: "podinfo",
  port: 80,
  portName: "http",
  targetPort: 9898,
  appProtocol: undefined,
  portDiscovery: false,
  headless: false,
  trafficDistribution: undefined,
  hosts: [],
  gateways: [],
  delegation: false,
  match: [],
  rewrite: undefined,
  retries: undefined,
  timeout: undefined,
  headers: undefined,
  corsPolicy: undefined,
  trafficPolicy: undefined,
  apex: undefined,
  primary: undefined,
  canary: undefined,
  unmanagedLabels: [],
  unmanagedAnnotations: [],
};

/** Levels that hold this scaffold and, unless it is undefined, this weight of the canary. */
export function levels(scaffold: Levels["scaffold"], canary?: number): Levels {
  return {
    scaffold,
    traffic: canary === undefined ? undefined : splitPlan(canary),
    primary: { kind: "asIs" },
    target: "asIs",
    finalizer: "asIs",
  };
}
