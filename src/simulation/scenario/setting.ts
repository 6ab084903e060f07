/** What a person's manifests come to: the objects that are put into a world, who calls the service, and what had to be assumed. */
import { referencesOf } from "../../adapters/kube/workloads/references.ts";
import type { CanarySpec, JsonObject } from "../../domain/spec.ts";
import { parseCanary } from "../../resources/parseCanary.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { at, objectsAt, textAt } from "../../simulator/api/json.ts";
import { type Callers, callersOf } from "./callers.ts";

export interface Setting {
  readonly canary: KubeObject;
  readonly namespace: string;
  /** Undefined where the Canary cannot be understood: the controller says why. */
  readonly spec: CanarySpec | undefined;
  readonly deployment: KubeObject;
  /** In the order in which they are applied, the Canary last. */
  readonly objects: readonly KubeObject[];
  readonly callers: Callers;
  /** What was made up, or is passed over: one sentence each. */
  readonly assumptions: readonly string[];
}

const DEFAULT_NAMESPACE = "default";
const MADE_UP_REPLICAS = 2;

/** Kinds that a rollout is made of; others change nothing that it does. */
const USED = new Set([
  ...["Namespace", "ConfigMap", "Secret", "Service", "VirtualService", "DestinationRule"],
  ...["MetricTemplate", "AlertProvider"],
]);
/** Read through what names them. */
const HANDLED = new Set(["Canary", "Deployment", "Gateway"]);

/** The setting for one of the Canaries among these objects, which is one of them. Fills what the manifests leave to the cluster. */
export function settingOf(given: readonly KubeObject[], chosen: KubeObject): Setting {
  const assumptions: string[] = [];
  const namespaced = given.map(withNamespace);
  const canary = withNamespace(chosen);
  const namespace = canary.metadata.namespace ?? DEFAULT_NAMESPACE;
  const { spec } = parseCanary(canary);
  const deployment = findDeployment(namespaced, canary, spec) ?? madeUp(canary, spec, assumptions);
  const used = namespaced.filter(({ kind = "" }) => USED.has(kind));
  const callers = callersOf(spec, namespace, used);
  assumptions.push(...callers.assumptions);
  const configs = missingConfigs(deployment, used, assumptions);
  const secrets = missingCredentials(used, assumptions);
  for (const { kind, metadata } of namespaced) {
    if (!USED.has(kind ?? "") && !HANDLED.has(kind ?? ""))
      assumptions.push(`${kind} ${metadata.name} is passed over: no part of it is simulated`);
  }
  const placed = [...used, ...configs, ...secrets, ...callers.objects, deployment, canary];
  return {
    canary,
    namespace,
    spec,
    deployment,
    objects: [...namespacesOf(placed), ...placed],
    callers: callers.callers,
    assumptions,
  };
}

function withNamespace(object: KubeObject): KubeObject {
  if (object.kind === "Namespace" || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace: DEFAULT_NAMESPACE } };
}

function namespacesOf(objects: readonly KubeObject[]): readonly KubeObject[] {
  const given = new Set(objects.flatMap(({ kind, metadata }) => (kind === "Namespace" ? [metadata.name] : [])));
  const wanted = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  return [...wanted]
    .filter((name) => !given.has(name))
    .map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
}

function findDeployment(
  objects: readonly KubeObject[],
  { metadata }: KubeObject,
  spec: CanarySpec | undefined,
): KubeObject | undefined {
  const isTarget = (one: KubeObject): boolean =>
    one.kind === "Deployment" &&
    one.metadata.name === spec?.target.name &&
    one.metadata.namespace === metadata.namespace;
  return objects.find(isTarget);
}

function madeUp(canary: KubeObject, spec: CanarySpec | undefined, assumptions: string[]): KubeObject {
  const name = spec?.target.name ?? textAt(canary, "spec", "targetRef", "name") ?? canary.metadata.name;
  const { targetPort = 8080 } = spec?.service ?? {};
  const port =
    typeof targetPort === "number" ? { containerPort: targetPort } : { containerPort: 8080, name: targetPort };
  const labels = { app: name };
  if (spec?.target.kind === "Deployment")
    assumptions.push(
      `Deployment ${name} is not in the files: one with ${MADE_UP_REPLICAS} replicas, ready 5 s after their start, stands in for it`,
    );
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: canary.metadata.namespace ?? DEFAULT_NAMESPACE },
    spec: {
      replicas: MADE_UP_REPLICAS,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "app", image: `images.example/${name}:current`, ports: [port] }] },
      },
    },
  };
}

function missingConfigs(
  deployment: KubeObject,
  objects: readonly KubeObject[],
  assumptions: string[],
): readonly KubeObject[] {
  const podSpec = at(deployment, "spec", "template", "spec");
  const { namespace = DEFAULT_NAMESPACE } = deployment.metadata;
  const isGiven = (kind: string, name: string): boolean =>
    objects.some((one) => one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace);
  return referencesOf((podSpec ?? {}) as JsonObject)
    .filter(({ kind, name, optional }) => !optional && !isGiven(kind, name))
    .map(({ kind, name }) => {
      assumptions.push(`${kind} ${name}, which the pods mention, is not in the files: an empty one stands in for it`);
      return { apiVersion: "v1", kind, metadata: { name, namespace } };
    });
}

/** Credentials are sent to nobody here, but the controller wants to have read them. */
function missingCredentials(objects: readonly KubeObject[], assumptions: string[]): readonly KubeObject[] {
  return objects
    .filter(({ kind }) => kind === "MetricTemplate")
    .flatMap((template) => {
      const name = textAt(template, "spec", "provider", "secretRef", "name") ?? "";
      const { namespace = DEFAULT_NAMESPACE } = template.metadata;
      const isGiven = objects.some(
        ({ kind, metadata }) => kind === "Secret" && metadata.name === name && metadata.namespace === namespace,
      );
      if (name === "" || isGiven) return [];
      assumptions.push(
        `Secret ${name} of MetricTemplate ${template.metadata.name} is not in the files: it is taken to be right`,
      );
      const stringData = { token: "simulated" };
      return [{ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData }];
    });
}

/** How long a container takes that does not say: neither at once, nor long. */
export const USUAL_START_SECONDS = 5;

/** The tag of the release that is simulated: what tells its pods from those of the version before. */
export const NEW_TAG = "simulated-release";

/** The Deployment's first container with the new version's image, as `kubectl set image` would send it. */
export function releaseOf(deployment: KubeObject): object {
  const [container] = objectsAt(deployment, "spec", "template", "spec", "containers");
  const { name = "app", image = "" } = (container ?? {}) as { readonly name?: string; readonly image?: string };
  const bare = image.split("@")[0]?.replace(/:[^:/]*$/, "") ?? "";
  return { spec: { template: { spec: { containers: [{ name, image: `${bare}:${NEW_TAG}` }] } } } };
}

/** Whether a pod is of the version that is released. */
export function isOfRelease(pod: KubeObject): boolean {
  return objectsAt(pod, "spec", "containers").some(({ image }) => String(image).endsWith(`:${NEW_TAG}`));
}
