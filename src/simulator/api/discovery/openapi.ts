import type { WireObject } from "../../../resources/wire.ts";
import type { Catalog } from "../catalog.ts";
import type { Draft } from "../json.ts";
import type { Resource } from "../resource.ts";
import type { Schema } from "../schema/schema.ts";

/** OpenAPI documents: the types of every kind, and as much of the paths as kubectl looks at. */

const groupKey = ({ group, version }: Resource): string =>
  group === "" ? `api/${version}` : `apis/${group}/${version}`;

/** Which documents there are. The hash changes with the catalog, so that clients ask anew. */
export function openApiThreeIndex(catalog: Catalog): WireObject {
  const keys = [...new Set(catalog.all().map(groupKey))];
  const paths = keys.map((key) => [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${catalog.edition}` }] as const);
  return { paths: Object.fromEntries(paths) };
}

export function openApiThree(catalog: Catalog, group: string, version: string): WireObject | undefined {
  const resources = catalog.all().filter((resource) => resource.group === group && resource.version === version);
  if (resources.length === 0) return undefined;
  const schemas = schemasOf(resources, "#/components/schemas/");
  const paths = Object.fromEntries(resources.flatMap(pathsOf));
  return { openapi: "3.0.0", info: INFO, paths, components: { schemas } };
}

export function openApiTwo(catalog: Catalog): WireObject {
  return { swagger: "2.0", info: INFO, paths: {}, definitions: schemasOf(catalog.all(), "#/definitions/") };
}

const INFO = { title: "Kubernetes", version: "v1.36.3" };

/** kubectl leaves validation to the server where a PATCH of the kind takes the parameter that asks for it. */
const WRITE_PARAMETERS = ["dryRun", "fieldManager", "fieldValidation"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string", uniqueItems: true },
}));

function pathsOf(resource: Resource): readonly (readonly [string, WireObject])[] {
  const root = `/${groupKey(resource)}${resource.isNamespaced ? "/namespaces/{namespace}" : ""}/${resource.plural}`;
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const operation = (action: string): WireObject => ({
    operationId: `${action}${resource.group}${resource.version}${resource.kind}`,
    parameters: WRITE_PARAMETERS,
    responses: { 200: { description: "OK" } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": kind,
  });
  return [
    [root, { post: operation("post") }],
    [`${root}/{name}`, { put: operation("put"), patch: operation("patch") }],
  ];
}

const nameOf = ({ group, version, kind }: Resource): string =>
  [...(group === "" ? ["core"] : group.split(".").toReversed()), version, kind].join(".");

function schemasOf(resources: readonly Resource[], prefix: string): WireObject {
  const result: Draft = {};
  for (const resource of resources) {
    const { group, version, kind } = resource;
    const schema = { ...resource.schema };
    const shared = printSchema({ ...schema, properties: { ...BASIC, ...schema.properties } }, prefix, result);
    result[nameOf(resource)] = { ...shared, "x-kubernetes-group-version-kind": [{ group, version, kind }] };
  }
  return result;
}

const BASIC: Readonly<Record<string, Schema>> = {
  apiVersion: { type: "string" },
  kind: { type: "string" },
  metadata: { type: "object" },
};

/** A schema in which built-in types are named and referred to, so that each is in the document once. */
function printSchema(schema: Schema, prefix: string, named: Draft): WireObject {
  const { properties, items, additionalProperties: values, "x-type": _, "x-number": __, ...rest } = schema;
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([field, inner]) => [field, printField(inner, prefix, named)]),
          ),
        }),
    ...(items === undefined ? {} : { items: printField(items, prefix, named) }),
    ...(typeof values === "object" ? { additionalProperties: printField(values, prefix, named) } : {}),
  };
}

function printField(schema: Schema, prefix: string, named: Draft): WireObject {
  const type = schema["x-type"];
  if (type === undefined) return printSchema(schema, prefix, named);
  const name = `io.k8s.${type}`;
  if (named[name] === undefined) {
    // Before its fields are printed, since they may lead back to it.
    named[name] = {};
    const { default: _, "x-kubernetes-patch-strategy": __, "x-kubernetes-patch-merge-key": ___, ...bare } = schema;
    named[name] = printSchema(bare, prefix, named);
  }
  const marks = Object.entries(schema).filter(([key]) => key.startsWith("x-kubernetes-patch"));
  return marks.length === 0 ? { $ref: `${prefix}${name}` } : { $ref: `${prefix}${name}`, ...Object.fromEntries(marks) };
}
