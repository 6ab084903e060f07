import type { ClusterObject } from "../../../../src/control/ports.ts";
import type { JsonObject } from "../../../../src/domain/spec.ts";

/** What a test wants to be different from a plain Deployment `web` with the label `app: web`. */
export interface DeploymentFields {
  readonly name?: string;
  readonly uid?: string;
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly template?: JsonObject;
  readonly pod?: JsonObject;
  readonly status?: JsonObject;
}

/** A Deployment as the API server returns it. */
export function aDeployment(fields: DeploymentFields = {}): ClusterObject {
  const { name = "web", uid = `uid-${name}`, metadata, spec, template, pod, status } = fields;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop", uid, generation: 2, ...metadata },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { creationTimestamp: null, labels: { app: "web" }, ...template },
        spec: { containers: [{ name: "web", image: "web:1" }], ...pod },
      },
      ...spec,
    },
    status: status ?? { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
  };
}
