import type { Json, Question } from "../clusterApi.ts";

/** Shorthand for the requests that scripts make. */

export const get = (path: string, query?: Readonly<Record<string, string>>, accept?: string): Question => ({
  method: "GET",
  path,
  ...(query === undefined ? {} : { query }),
  ...(accept === undefined ? {} : { accept }),
});

export const post = (path: string, body: unknown, query?: Readonly<Record<string, string>>): Question => ({
  method: "POST",
  path,
  body,
  ...(query === undefined ? {} : { query }),
});

export const put = (path: string, body: unknown, query?: Readonly<Record<string, string>>): Question => ({
  method: "PUT",
  path,
  body,
  ...(query === undefined ? {} : { query }),
});

export const remove = (path: string, body?: unknown, query?: Readonly<Record<string, string>>): Question => ({
  method: "DELETE",
  path,
  ...(body === undefined ? {} : { body }),
  ...(query === undefined ? {} : { query }),
});

const TYPES = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

export const patch = (
  path: string,
  type: keyof typeof TYPES,
  body: unknown,
  query?: Readonly<Record<string, string>>,
): Question => ({ method: "PATCH", path, contentType: TYPES[type], body, ...(query === undefined ? {} : { query }) });

export const apply = (path: string, manager: string, body: unknown, force: "force" | "ask" = "ask"): Question =>
  patch(path, "apply", body, { fieldManager: manager, ...(force === "force" ? { force: "true" } : {}) });

export const core = (namespace: string, plural: string, name?: string): string =>
  `/api/v1/namespaces/${namespace}/${plural}${name === undefined ? "" : `/${name}`}`;

export const deployments = (namespace: string, name?: string): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments${name === undefined ? "" : `/${name}`}`;

export const widgets = (namespace: string, name?: string, version = "v1"): string =>
  `/apis/suite.example.com/${version}/namespaces/${namespace}/widgets${name === undefined ? "" : `/${name}`}`;

export const aConfigMap = (name: string, data: Json = { color: "blue" }, metadata: Json = {}): Json => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
});

export const aDeployment = (name: string, spec: Json = {}, container: Json = {}): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "app", image: "example.com/app:1.0", ...container }] },
    },
    ...spec,
  },
});

export const aWidget = (name: string, spec: Json = { size: 3 }, more: Json = {}): Json => ({
  apiVersion: "suite.example.com/v1",
  kind: "Widget",
  metadata: { name },
  spec,
  ...more,
});
