import { definitions } from "../../../src/resources/crds.ts";
import type { ClusterApi, Json } from "./clusterApi.ts";

const port: Json = {
  type: "object",
  required: ["number"],
  properties: {
    name: { type: "string" },
    number: { type: "integer", format: "int32", minimum: 1, maximum: 65535 },
    protocol: { type: "string", default: "TCP", enum: ["TCP", "UDP"] },
  },
};

const spec: Json = {
  type: "object",
  required: ["size"],
  properties: {
    size: { type: "integer", minimum: 0, maximum: 10 },
    replicas: { type: "integer", default: 1 },
    color: { type: "string", default: "blue", pattern: "^[a-z]+$", maxLength: 8 },
    mode: { type: "string", enum: ["fast", "slow"] },
    share: { "x-kubernetes-int-or-string": true },
    ratio: { type: "number", exclusiveMaximum: true, maximum: 1 },
    tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
    ports: {
      type: "array",
      maxItems: 4,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["number", "protocol"],
      items: port,
    },
    steps: { type: "array", maxItems: 10, items: { type: "integer" } },
    levels: {
      type: "array",
      maxItems: 8,
      items: { type: "integer", maximum: 1000 },
      "x-kubernetes-validations": [
        "self.isSorted()",
        "self.sum() <= 100",
        "size(self) == 0 || self.min() > 0",
        "size(self) == 0 || self.max() < 60",
        "self.indexOf(7) < 0",
      ].map((rule) => ({ rule })),
    },
    slug: {
      type: "string",
      maxLength: 20,
      "x-kubernetes-validations": [{ rule: "self.find('[0-9]+') == ''" }],
    },
    settings: { type: "object", additionalProperties: { type: "string" } },
    anything: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    whole: {
      type: "object",
      "x-kubernetes-map-type": "atomic",
      properties: { a: { type: "string" }, b: { type: "string" } },
    },
    note: { type: "string", nullable: true },
    nested: {
      type: "object",
      default: {},
      properties: {
        level: { type: "integer", default: 7 },
        deep: { type: "object", properties: { x: { type: "string" } } },
      },
    },
    either: {
      type: "object",
      properties: { left: { type: "string" }, right: { type: "string" } },
      oneOf: [{ required: ["left"] }, { required: ["right"] }],
    },
    fixed: {
      type: "string",
      "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "fixed cannot change" }],
    },
  },
  "x-kubernetes-validations": [
    { rule: "!has(self.steps) || self.steps.all(s, s <= 100)", message: "steps go up to 100" },
    {
      rule: "self.size < 9 || has(self.mode)",
      messageExpression: "self.size > 9 ? 'the largest size needs a mode' : 'size 9 needs a mode'",
    },
  ],
};

const schema: Json = {
  openAPIV3Schema: {
    type: "object",
    properties: {
      spec,
      status: {
        type: "object",
        properties: { phase: { type: "string" }, replicas: { type: "integer" }, selector: { type: "string" } },
      },
    },
  },
};

const version = (name: string, storage: boolean): Json => ({
  name,
  served: true,
  storage,
  schema,
  subresources: {
    status: {},
    scale: {
      specReplicasPath: ".spec.replicas",
      statusReplicasPath: ".status.replicas",
      labelSelectorPath: ".status.selector",
    },
  },
  additionalPrinterColumns: [
    { name: "Size", type: "integer", jsonPath: ".spec.size" },
    { name: "Phase", type: "string", jsonPath: ".status.phase", description: "where it stands" },
    { name: "First", type: "string", jsonPath: ".spec.ports[0].name", priority: 1 },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
});

/** A kind with something of everything that a definition can say. */
export const widgetDefinition: Json = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.suite.example.com" },
  spec: {
    group: "suite.example.com",
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets", singular: "widget", shortNames: ["wg"], categories: ["suite"] },
    versions: [version("v1", true), version("v1beta1", false)],
  },
};

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** Our own kinds where they are not there yet, and the suite's. Resolves once they are served. */
export async function define(api: ClusterApi): Promise<void> {
  const own = definitions().map(({ crd }) => crd as Json);
  for (const definition of [...own, widgetDefinition]) {
    const made = await api.ask({ method: "POST", path: DEFINITIONS, body: definition });
    const isThere = made.status === 409 && definition !== widgetDefinition;
    if (made.status !== 201 && !isThere) throw new Error(`a kind is refused: ${JSON.stringify(made.body)}`);
  }
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const paths = ["/apis/suite.example.com/v1/widgets", "/apis/flagger.app/v1beta1/canaries"];
    const answers = await Promise.all(paths.map((path) => api.ask({ method: "GET", path })));
    if (answers.every(({ status }) => status === 200)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the suite's kinds are not served");
}
