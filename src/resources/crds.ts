import type * as z from "zod";
import { alertProviderSpecSchema } from "./alertProviderSchema.ts";
import { canarySpecSchema } from "./canarySchema.ts";
import { metricTemplateSpecSchema } from "./metricTemplateSchema.ts";
import { statusSchema } from "./statusSchema.ts";
import { structuralSchema } from "./structural.ts";
import type { WireObject } from "./wire.ts";

const GROUP = "flagger.app";
const VERSION = "v1beta1";

interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly description: string;
  readonly columns: readonly WireObject[];
  readonly spec: z.ZodType;
  readonly status?: z.ZodType;
}

/** Columns that scripts cut by position: names, order and texts are Flagger's. */
const CANARY_COLUMNS: readonly WireObject[] = [
  { name: "Status", type: "string", jsonPath: ".status.phase" },
  { name: "Weight", type: "string", jsonPath: ".status.canaryWeight" },
  { name: "Suspended", type: "boolean", jsonPath: ".spec.suspend", priority: 1 },
  { name: "FailedChecks", type: "string", jsonPath: ".status.failedChecks", priority: 1 },
  { name: "Interval", type: "string", jsonPath: ".spec.analysis.interval", priority: 1 },
  { name: "Mirror", type: "boolean", jsonPath: ".spec.analysis.mirror", priority: 1 },
  { name: "StepWeight", type: "string", jsonPath: ".spec.analysis.stepWeight", priority: 1 },
  { name: "StepWeights", type: "string", jsonPath: ".spec.analysis.stepWeights", priority: 1 },
  { name: "MaxWeight", type: "string", jsonPath: ".spec.analysis.maxWeight", priority: 1 },
  { name: "LastTransitionTime", type: "string", jsonPath: ".status.lastTransitionTime" },
];

const KINDS: readonly Kind[] = [
  {
    kind: "Canary",
    plural: "canaries",
    description: "A workload whose new versions are moved into traffic step by step.",
    columns: CANARY_COLUMNS,
    spec: canarySpecSchema,
    status: statusSchema,
  },
  {
    kind: "MetricTemplate",
    plural: "metrictemplates",
    description: "A query that metrics of Canaries can share.",
    columns: [{ name: "Provider", type: "string", jsonPath: ".spec.provider.type" }],
    spec: metricTemplateSpecSchema,
  },
  {
    kind: "AlertProvider",
    plural: "alertproviders",
    description: "Where alerts of Canaries are sent.",
    columns: [{ name: "Type", type: "string", jsonPath: ".spec.type" }],
    spec: alertProviderSpecSchema,
  },
];

/** A kind's definition, and the file that it is kept in. */
export interface Definition {
  readonly fileName: string;
  readonly crd: WireObject;
}

/** The CustomResourceDefinitions of all our kinds. */
export function definitions(): readonly Definition[] {
  return KINDS.map((kind) => ({ fileName: `${kind.kind.toLowerCase()}.yaml`, crd: definitionOf(kind) }));
}

function definitionOf(kind: Kind): WireObject {
  const singular = kind.kind.toLowerCase();
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${kind.plural}.${GROUP}`,
      // Deleting the chart must not delete every Canary in the cluster.
      annotations: { "helm.sh/resource-policy": "keep" },
    },
    spec: {
      group: GROUP,
      names: { kind: kind.kind, listKind: `${kind.kind}List`, plural: kind.plural, singular, categories: ["all"] },
      scope: "Namespaced",
      versions: [versionOf(kind)],
    },
  };
}

function versionOf({ description, columns, spec, status }: Kind): WireObject {
  const ofStatus = status === undefined ? {} : { status: structuralSchema(status) };
  return {
    name: VERSION,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: columns,
    schema: {
      openAPIV3Schema: {
        description,
        type: "object",
        properties: {
          apiVersion: { type: "string" },
          kind: { type: "string" },
          metadata: { type: "object" },
          spec: structuralSchema(spec),
          ...ofStatus,
        },
      },
    },
  };
}
