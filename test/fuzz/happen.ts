import { revisionOf } from "../../src/adapters/kube/workloads/revision.ts";
import type { ClusterObject } from "../../src/control/ports.ts";
import { isWireObject } from "../../src/resources/wire.ts";
import { type Happening, NAME, NAMESPACE, type Stored } from "./scene.ts";
import { fieldOf, listOf } from "./split.ts";
import type { Stage } from "./stage.ts";

/** Make it happen, as somebody else than the controller. */
export function happen(happening: Happening, stage: Stage): void {
  switch (happening.kind) {
    case "edit":
      stage.put(happening.stored);
      break;
    case "canary":
      stage.editCanary(happening);
      break;
    case "release":
      for (const stored of released(stage.cluster.all(), happening.image)) stage.put(stored);
      break;
    case "obey":
      for (const stored of obeyed(stage.cluster.all(), happening)) stage.put(stored);
      break;
    case "pause":
      stage.pause(happening.seconds);
  }
}

function released(objects: readonly ClusterObject[], image: string): readonly Stored[] {
  const target = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === NAME);
  const template = fieldOf(target?.["spec"], "template");
  const podSpec = fieldOf(template, "spec");
  if (target === undefined || !isWireObject(template) || !isWireObject(podSpec)) return [];
  const changed = { ...template, spec: { ...podSpec, containers: [{ name: NAME, image }] } };
  const metadata = { ...target.metadata, generation: (target.metadata.generation ?? 0) + 1 };
  const spec = { ...Object(target["spec"]), template: changed };
  return [{ kind: "Deployment", object: { ...target, metadata, spec } }];
}

type Obey = Extract<Happening, { readonly kind: "obey" }>;

/** What Kubernetes makes of these objects in the end: workloads with their pods, and the pods behind the Services that select them. */
function obeyed(objects: readonly ClusterObject[], { who, missingPods }: Obey): readonly Stored[] {
  const deployments = objects.filter(({ kind }) => kind === "Deployment");
  const services = objects.filter(({ kind }) => kind === "Service");
  return [
    ...(who === "endpoints" ? [] : deployments.map((each) => running(each, missingPods))),
    ...(who === "workloads" ? [] : services.map((each) => sliceOf(each, deployments, missingPods))),
  ];
}

function running(deployment: ClusterObject, missingPods: number): Stored {
  const replicas = replicasOf(deployment);
  const ready = Math.max(0, replicas - missingPods);
  const status = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: ready,
    availableReplicas: ready,
  };
  return { kind: "Deployment", object: { ...deployment, status } };
}

function sliceOf(service: ClusterObject, deployments: readonly ClusterObject[], missingPods: number): Stored {
  const { name } = service.metadata;
  const selector = Object.entries(fieldOf(service["spec"], "selector") ?? {});
  const behind = deployments.filter((deployment) => {
    const labels = fieldOf(fieldOf(fieldOf(deployment["spec"], "template"), "metadata"), "labels");
    return selector.length > 0 && selector.every(([key, value]) => fieldOf(labels, key) === value);
  });
  const pods = behind.flatMap((deployment) => {
    const ready = Math.max(0, replicasOf(deployment) - missingPods);
    return Array.from({ length: ready }, (_, at) => `${deployment.metadata.name}-${revisionOf(deployment)}-${at}`);
  });
  const object = {
    metadata: { name: `${name}-x`, namespace: NAMESPACE, labels: { "kubernetes.io/service-name": name } },
    ports: listOf(fieldOf(service["spec"], "ports")).map((port) => ({ name: fieldOf(port, "name") })),
    endpoints: pods.map((pod) => ({ addresses: ["10.0.0.1"], targetRef: { kind: "Pod", name: pod } })),
  };
  return { kind: "EndpointSlice", object };
}

/** More pods than anybody looks at are as good as few. */
function replicasOf(deployment: ClusterObject): number {
  const replicas = fieldOf(deployment["spec"], "replicas") ?? 1;
  return typeof replicas === "number" ? Math.max(0, Math.min(100, Math.trunc(replicas))) : 0;
}
