/** Mistakes that people make in what belongs to a new Canary, each with what is said of it and how it is mended. */
import type { ApiObject } from "./api.ts";
import { canary, deployment, service, testNamespace, virtualService } from "./manifests.ts";
import { type Objects, refer, type Target } from "./objects.ts";
import type { Told } from "./problems.ts";

export interface Mistake extends Told {
  /** What is wrong, in words. */
  readonly what: string;
  /** The Canary's name. */
  readonly name: string;
  readonly make: (objects: Objects) => Promise<void>;
  readonly mend: (objects: Objects) => Promise<unknown>;
  /** An object of somebody else's that stays as it is while the mistake lasts. */
  readonly spared?: Target;
}

/** A metric of a Canary, from a template. */
export function templated(template: string) {
  return { name: "answer", interval: "10s", thresholdRange: { max: 5 }, templateRef: { name: template } };
}

export function metricTemplate(name: string, spec: Record<string, unknown> = {}, namespace = testNamespace): ApiObject {
  const { query = "vector(1)", provider } = spec;
  const address = "http://10.0.0.1:9090";
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "MetricTemplate",
    metadata: { name, namespace },
    spec: { provider: { type: "prometheus", address, ...(provider as object) }, query },
  };
}

const metricsOf = (template: string) => ({ analysis: { metrics: [templated(template)] } });

/** Somebody else, who exists: or the garbage collector would take what they own. */
export const somebody: ApiObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "somebody", namespace: testNamespace },
};

async function ownedBySomebody(objects: Objects, object: ApiObject): Promise<ApiObject> {
  const { metadata } = await objects.get(refer("configMap", "test/somebody"));
  const owner = { apiVersion: "v1", kind: "ConfigMap", name: "somebody", uid: metadata.uid ?? "", controller: true };
  return { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
}

function withConfig(name: string): ApiObject {
  const { spec, ...object } = deployment(name);
  const template = spec?.["template"] as { spec: Record<string, unknown> };
  const volumes = [{ name: "config", configMap: { name: `${name}-config` } }];
  return { ...object, spec: { ...spec, template: { ...template, spec: { ...template.spec, volumes } } } };
}

/** A Deployment whose selector has none of the labels that Serin looks for. */
function oddlyLabelled(name: string): ApiObject {
  const { spec, ...object } = deployment(name, { labels: { part: name } });
  return { ...object, spec: { ...spec, selector: { matchLabels: { part: name } } } };
}

/** Everything that Flagger does and this version does not, in one Canary. */
const unsupported = {
  autoscalerRef: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", name: "ambitious" },
  analysis: {
    interval: "2s",
    iterations: 3,
    match: [{ headers: { "x-canary": { exact: "yes" } } }],
    mirror: true,
    sessionAffinity: { cookieName: "sticky" },
    webhooks: [{ name: "gate", type: "confirm-rollout", url: "http://10.0.0.1:9/" }],
    alerts: [{ name: "chat", providerRef: { name: "chat" } }],
  },
};

export const unsupportedFields: readonly string[] = [
  "spec.autoscalerRef",
  "spec.analysis.iterations",
  "spec.analysis.match",
  "spec.analysis.mirror",
  "spec.analysis.sessionAffinity",
  "spec.analysis.webhooks",
  "spec.analysis.alerts",
];

/** A Canary that is well, but for what `options` say. */
function wrong(
  name: string,
  options: Parameters<typeof canary>[1],
  ...beside: readonly ApiObject[]
): Pick<Mistake, "name" | "make"> {
  return { name, make: (objects) => objects.apply(deployment(name), ...beside, canary(name, options)) };
}

const rewritten = (name: string) => (objects: Objects) => objects.apply(canary(name));

export const mistakes: readonly Mistake[] = [
  {
    what: "a target that does not exist",
    name: "no-target",
    make: (objects) => objects.apply(canary("no-target")),
    reason: "TargetNotFound",
    sentence: "spec.targetRef: Deployment test/no-target does not exist",
    mend: (objects) => objects.apply(deployment("no-target")),
  },
  {
    what: "a MetricTemplate that does not exist",
    ...wrong("no-template", metricsOf("absent")),
    reason: "MetricTemplateNotFound",
    sentence: "spec.analysis.metrics[0].templateRef: MetricTemplate test/absent does not exist",
    mend: (objects) => objects.apply(metricTemplate("absent")),
  },
  {
    what: "a MetricTemplate of another provider",
    ...wrong("other-metrics", metricsOf("other"), metricTemplate("other", { provider: { type: "datadog" } })),
    reason: "MetricTemplateInvalid",
    sentence:
      "spec.analysis.metrics[0].templateRef: MetricTemplate test/other cannot be used: spec.provider.type: the provider datadog is not supported yet: use prometheus",
    mend: (objects) => objects.apply(metricTemplate("other")),
  },
  {
    what: "a query with a syntax error",
    ...wrong(
      "misspelt",
      metricsOf("misspelt"),
      metricTemplate("misspelt", { query: "vector(1)\n  * {{ if }}2{{ end }}" }),
    ),
    reason: "MetricTemplateInvalid",
    sentence: /^spec\.analysis\.metrics\[0\]\.templateRef: MetricTemplate test\/misspelt .*line 2, column \d+: /,
    mend: (objects) => objects.apply(metricTemplate("misspelt")),
  },
  {
    what: "a provider that only Flagger has",
    ...wrong("other-mesh", { spec: { provider: "linkerd" } }),
    reason: "UnknownProvider",
    sentence:
      'spec.provider: the provider "linkerd" is not supported: use istio, or leave it empty for the controller\'s default',
    mend: rewritten("other-mesh"),
  },
  {
    what: "a selector without any label to tell versions apart",
    name: "odd-labels",
    make: (objects) => objects.apply(oddlyLabelled("odd-labels"), canary("odd-labels")),
    reason: "SelectorLabelMissing",
    sentence:
      "spec.targetRef: deployment odd-labels.test spec.selector.matchLabels must contain one of [app name app.kubernetes.io/name]",
    async mend(objects) {
      // A selector cannot be changed.
      await objects.delete(refer("deployment", "test/odd-labels"), "Foreground");
      await objects.waitForGone(refer("deployment", "test/odd-labels"));
      await objects.apply(deployment("odd-labels"));
    },
  },
  {
    what: "a route of somebody else's",
    name: "taken-route",
    async make(objects) {
      const route = virtualService("taken-route", { hosts: ["taken.example.com"], weights: { elsewhere: 100 } });
      await objects.apply(await ownedBySomebody(objects, route), deployment("taken-route"), canary("taken-route"));
    },
    reason: "RouteConflict",
    sentence:
      "spec.service.name: VirtualService test/taken-route is controlled by ConfigMap somebody; choose another spec.service.name or remove that object.",
    spared: refer("virtualService", "test/taken-route"),
    mend: (objects) => objects.delete(refer("virtualService", "test/taken-route")),
  },
  {
    what: "a Service of somebody else's",
    name: "taken-service",
    async make(objects) {
      const taken = await ownedBySomebody(objects, service("taken-service"));
      await objects.apply(taken, deployment("taken-service"), canary("taken-service"));
    },
    reason: "ServiceConflict",
    sentence:
      "spec.service.name: Service test/taken-service is controlled by ConfigMap somebody; choose another spec.service.name or remove that object.",
    spared: refer("service", "test/taken-service"),
    mend: (objects) => objects.delete(refer("service", "test/taken-service")),
  },
  {
    what: "a Deployment of somebody else's under the primary's name",
    ...wrong("taken", {}, deployment("taken-primary", { image: "ghcr.example/theirs:1.0.0" })),
    reason: "WorkloadConflict",
    sentence:
      "spec.targetRef: Deployment test/taken-primary was not made by a Canary, but the name is needed for the primary",
    spared: refer("deployment", "test/taken-primary"),
    mend: (objects) => objects.delete(refer("deployment", "test/taken-primary")),
  },
  {
    what: "a ConfigMap that the target mentions and nobody made",
    name: "no-config",
    make: (objects) => objects.apply(withConfig("no-config"), canary("no-config")),
    reason: "ConfigNotFound",
    sentence: "spec.targetRef: ConfigMap test/no-config-config, which the pod template mentions, does not exist",
    mend: (objects) => objects.apply({ ...somebody, metadata: { name: "no-config-config", namespace: testNamespace } }),
  },
  {
    what: "fields that are not supported yet",
    ...wrong("ambitious", { spec: unsupported }),
    reason: "NotSupported",
    sentence: /^spec\.autoscalerRef: /,
    mend: rewritten("ambitious"),
  },
  {
    what: "no service",
    ...wrong("no-service", { spec: { service: undefined } }),
    reason: "InvalidSpec",
    sentence: "spec.service.port: is missing: write the port of the Services",
    mend: rewritten("no-service"),
  },
  {
    what: "a length of time that the CRD cannot count",
    ...wrong("patient", { analysis: { interval: "9999999h" } }),
    reason: "InvalidSpec",
    sentence: "spec.analysis.interval: is longer than 292 years",
    mend: rewritten("patient"),
  },
  {
    what: "a metric that says nothing of what to measure",
    ...wrong("measureless", { analysis: { metrics: [{ name: "happiness" }] } }),
    reason: "InvalidSpec",
    sentence: /^spec\.analysis\.metrics\[0\]: "happiness" is no builtin metric /,
    mend: rewritten("measureless"),
  },
];
