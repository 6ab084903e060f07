/** The types of the built-in kinds, one a line, as the real API server's own OpenAPI documents tell them. */

import { type Messages, numberOf } from "./protos.ts";

type Json = Readonly<Record<string, unknown>>;

/** The kinds that the embedded API server knows by type, by the document that tells of them. */
export const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  "api/v1": [
    "ConfigMap",
    "Endpoints",
    "Event",
    "Namespace",
    "Node",
    "Pod",
    "Secret",
    "Service",
    "ServiceAccount",
    "Binding",
    "Eviction",
  ],
  "apis/apps/v1": ["Deployment", "ReplicaSet", "DaemonSet", "Scale"],
  "apis/autoscaling/v1": ["HorizontalPodAutoscaler"],
  "apis/autoscaling/v2": ["HorizontalPodAutoscaler"],
  "apis/batch/v1": ["Job"],
  "apis/discovery.k8s.io/v1": ["EndpointSlice"],
  "apis/coordination.k8s.io/v1": ["Lease"],
  "apis/authorization.k8s.io/v1": ["SelfSubjectAccessReview"],
  "apis/events.k8s.io/v1": ["Event"],
  "apis/policy/v1": ["PodDisruptionBudget"],
  "apis/networking.k8s.io/v1": ["Ingress"],
  "apis/rbac.authorization.k8s.io/v1": ["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"],
  "apis/apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
};

const SCALARS: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
  "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "micro",
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intOrString",
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "json",
  "io.k8s.apimachinery.pkg.runtime.RawExtension": "json",
};

const JSON_SCHEMA = /\.(JSONSchemaProps\w*|JSON|CustomResourceSubresourceStatus)$/;

const objectOf = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

/** The kind alone; with its group where another group has a kind of that name. */
const shortName = (full: string): string => {
  const [, group = "", version = "", kind = ""] = /(\w+)\.(\w+)\.(\w+)$/.exec(full) ?? [];
  if (group === "autoscaling" && version === "v1" && !kind.startsWith("Scale")) return `V1${kind}`;
  const isSecond = group === "events" || (group === "discovery" && kind === "EndpointPort");
  return isSecond ? `${group.slice(0, 1).toUpperCase()}${group.slice(1)}${kind}` : kind;
};

const referenceIn = (field: Json): string | undefined => {
  const [first] = (field["allOf"] ?? [field]) as readonly Json[];
  return (first?.["$ref"] as string | undefined)?.replace("#/components/schemas/", "");
};

function typeOf(field: Json, meet: (full: string) => void): string {
  const reference = referenceIn(field);
  if (reference !== undefined) {
    if (JSON_SCHEMA.test(reference)) return "json";
    const scalar = SCALARS[reference];
    if (scalar !== undefined) return scalar;
    meet(reference);
    return shortName(reference);
  }
  const { type, format } = field as { readonly type?: string; readonly format?: string };
  if (type === "array") return `[${typeOf(objectOf(field["items"]), meet)}]`;
  if (type === "object") {
    const values = field["additionalProperties"];
    return values === undefined ? "json" : `{${typeOf(objectOf(values), meet)}}`;
  }
  const words = ((field["enum"] ?? []) as readonly string[]).filter((word) => word !== "");
  if (type === "string" && words.length > 0) return `(${words.join("|")})`;
  return format ?? type ?? "json";
}

function marksOf(field: Json): string {
  const keys = field["x-kubernetes-list-map-keys"] as readonly string[] | undefined;
  const list = field["x-kubernetes-list-type"];
  const strategy = field["x-kubernetes-patch-strategy"];
  const mergeKey = field["x-kubernetes-patch-merge-key"];
  return [
    keys === undefined ? "" : `@${keys.join(",")}`,
    list === "set" ? "@" : "",
    field["x-kubernetes-map-type"] === "atomic" ? "#" : "",
    strategy === undefined ? "" : `~${String(strategy)}${mergeKey === undefined ? "" : `:${String(mergeKey)}`}`,
    field["default"] === undefined ? "" : `=${JSON.stringify(field["default"])}`,
  ].join("");
}

/** Every type that the kinds are made of: a name, and each field with its type and marks. */
export function typeLines(
  documents: Readonly<Record<string, unknown>>,
  messages: Messages,
): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const [path, kinds] of Object.entries(DOCUMENTS)) {
    const schemas = objectOf(objectOf(objectOf(documents[path])["components"])["schemas"]);
    const visit = (full: string): void => {
      const name = shortName(full);
      if ((owners.get(name) ?? full) !== full) throw new Error(`${full} and ${owners.get(name)} share a name`);
      owners.set(name, full);
      if (lines.has(name)) return;
      lines.set(name, "");
      const schema = objectOf(schemas[full]);
      const required = new Set((schema["required"] ?? []) as readonly string[]);
      const fields = Object.entries(objectOf(schema["properties"])).map(([field, value]) => {
        const type = typeOf(objectOf(value), visit);
        const number = numberOf(messages, full, field);
        return `${number === undefined ? "" : `${number}.`}${field}${required.has(field) ? "!" : ""}:${type}${marksOf(objectOf(value))}`;
      });
      const atomic = schema["x-kubernetes-map-type"] === "atomic" ? "#" : "";
      lines.set(name, `${name}${atomic} ${fields.join(" ")}`.trim());
    };
    for (const full of Object.keys(schemas)) if (isOneOf(kinds, objectOf(schemas[full]), path)) visit(full);
  }
  return new Map([...lines].map(([name, line]) => [owners.get(name) ?? "", line]));
}

/** The text of a source file that holds the types of the core group, or those of all others. */
export function typeFile(types: ReadonlyMap<string, string>, part: "core" | "groups"): string {
  const isCore = (full: string): boolean => full.startsWith("io.k8s.api.core.");
  const lines = [...types].filter(([full]) => isCore(full) === (part === "core")).map(([, line]) => line);
  return [
    "/** Generated from the real API server's OpenAPI documents by test/plane/cluster.test.ts. Do not edit. */",
    `export const ${part.toUpperCase()}_TYPES = \``,
    ...lines.sort(),
    "`;",
    "",
  ].join("\n");
}

function isOneOf(kinds: readonly string[], schema: Json, path: string): boolean {
  const names = (schema["x-kubernetes-group-version-kind"] ?? []) as readonly Record<string, string>[];
  const [, group = "", version = ""] = /^apis\/(.*)\/(.*)$/.exec(path) ?? ["", "", "v1"];
  // What several kinds share as a subresource is told of in each of their documents, under a group of its own.
  const isHome = (name: Readonly<Record<string, string>>): boolean =>
    (name["group"] === group && name["version"] === version) || ["Scale", "Eviction"].includes(name["kind"] ?? "");
  return names.some((name) => isHome(name) && kinds.includes(name["kind"] ?? ""));
}
