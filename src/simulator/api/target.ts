import type { Catalog } from "./catalog.ts";
import { ApiError, noSuchResource } from "./errors.ts";
import type { Resource } from "./resource.ts";

/** What a path leads to. */
export interface Target {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  /** Undefined for the whole collection. */
  readonly name: string | undefined;
  readonly subresource: string;
}

/** The collection, object or subresource at a path; undefined where the path is none of objects at all. */
export function targetOf(path: string, catalog: Catalog): Target | undefined {
  const [, root, ...parts] = path.replace(/\/$/, "").split("/").map(decoded);
  if (root !== "api" && root !== "apis") return undefined;
  const [group, version, ...rest] = root === "api" ? ["", ...parts] : parts;
  if (group === undefined || version === undefined || rest.length === 0) return undefined;
  if (!catalog.hasVersion(group, version)) {
    throw catalog.hasGroup(group) ? noSuchResource() : new ApiError(404, "", "404 page not found");
  }
  const find = (plural: string): Resource => {
    const resource = catalog.find(group, version, plural);
    if (resource === undefined) throw noSuchResource();
    return resource;
  };
  const [first = "", second, third, fourth, ...more] = rest;
  // `namespaces/x/status` is of the namespace itself, `namespaces/x/pods` of what is in it.
  const isInside = first === "namespaces" && third !== undefined && !["status", "finalize"].includes(third);
  if (!isInside) {
    const resource = find(first);
    return {
      resource,
      namespace: undefined,
      name: second,
      subresource: [third, fourth, ...more].filter(Boolean).join("/"),
    };
  }
  const resource = find(third);
  if (!resource.isNamespaced) throw noSuchResource();
  return { resource, namespace: second, name: fourth, subresource: more.join("/") };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
