/** Where objects live on the API server, for the kinds that tests use, and applying whole manifests. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { type Api, ApiError, type ApiObject } from "./api.ts";
import { waitFor } from "./until.ts";

/** Kinds without a namespace; every other kind that tests apply has one. */
const clusterKinds = new Set([
  "Namespace",
  "Node",
  "CustomResourceDefinition",
  "ClusterRole",
  "ClusterRoleBinding",
  "GatewayClass",
  "PriorityClass",
]);

const irregularPlurals: Readonly<Record<string, string>> = { Endpoints: "endpoints" };

export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (/(s|x|ch)$/.test(name)) return irregularPlurals[kind] ?? `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The object's path, or its collection's when no name is given. */
export function pathOf({ apiVersion, kind, namespace, name }: Reference): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = clusterKinds.has(kind) ? "" : `/namespaces/${namespace ?? "default"}`;
  return `${group}${place}/${pluralOf(kind)}${name ? `/${name}` : ""}`;
}

export function referenceOf(object: ApiObject): Required<Omit<Reference, "namespace">> & Reference {
  const { apiVersion = "v1", kind = "", metadata } = object;
  return { apiVersion, kind, name: metadata.name, ...(metadata.namespace ? { namespace: metadata.namespace } : {}) };
}

/** Server-side apply as a user with kubectl would, fields of others taken over. */
export function apply(api: Api, object: ApiObject): Promise<ApiObject> {
  return api.request("PATCH", `${pathOf(referenceOf(object))}?fieldManager=plane-test&force=true`, object, "apply");
}

export async function applyYaml(api: Api, text: string): Promise<ApiObject[]> {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as ApiObject | null);
  const applied: ApiObject[] = [];
  for (const object of objects) if (object) applied.push(await apply(api, object));
  return applied;
}

/** Definitions are served a moment after they are written; resolves when all of them are. */
export async function applyDefinitions(api: Api, definitions: readonly ApiObject[]): Promise<void> {
  await Promise.all(
    definitions.map((definition) =>
      api
        .request("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        .catch((error: unknown) => {
          if (!(error instanceof ApiError && error.code === 409)) throw error;
        }),
    ),
  );
  const names = new Set(definitions.map(({ metadata }) => metadata.name));
  await waitFor("all resource definitions are established", async () => {
    const { items } = await api.get<{ items: ApiObject[] }>("/apis/apiextensions.k8s.io/v1/customresourcedefinitions");
    return items.filter(({ metadata }) => names.has(metadata.name)).every(isEstablished);
  });
}

/** The product's own definitions, from `crds/` at the root of the repository. */
export async function ownDefinitions(): Promise<ApiObject[]> {
  const folder = join(import.meta.dirname, "../../crds");
  const files = (await readdir(folder).catch(() => [])).filter((name) => /\.ya?ml$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")));
  const objects = texts.flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as ApiObject | null),
  );
  return objects.filter((object) => object !== null && object.kind === "CustomResourceDefinition") as ApiObject[];
}

function isEstablished(definition: ApiObject): boolean {
  const conditions = (definition.status?.["conditions"] ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === "Established" && status === "True");
}
