import type { WireObject } from "../../../resources/wire.ts";
import type { Catalog } from "../catalog.ts";
import { groupVersion, type Resource, verbsOf } from "../resource.ts";

/** Which kinds there are, in each of the three forms in which clients ask for it. */

interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

const SUBRESOURCES: Readonly<Record<string, (of: Resource) => Subresource>> = {
  status: ({ kind }) => ({ name: "status", kind, verbs: ["get", "patch", "update"] }),
  scale: () => ({
    name: "scale",
    kind: "Scale",
    group: "autoscaling",
    version: "v1",
    verbs: ["get", "patch", "update"],
  }),
  binding: () => ({ name: "binding", kind: "Binding", verbs: ["create"] }),
  eviction: () => ({ name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"] }),
  token: () => ({
    name: "token",
    kind: "TokenRequest",
    group: "authentication.k8s.io",
    version: "v1",
    verbs: ["create"],
  }),
  finalize: ({ kind }) => ({ name: "finalize", kind, verbs: ["update"] }),
};

function subresourcesOf(resource: Resource): readonly Subresource[] {
  return resource.subresources.flatMap((name) => SUBRESOURCES[name]?.(resource) ?? []);
}

/** Versions of a group, the preferred one first. */
function versionsOf(catalog: Catalog, group: string): readonly string[] {
  return [...new Set(catalog.all().flatMap((resource) => (resource.group === group ? [resource.version] : [])))].sort(
    compareKubeVersions,
  );
}

/** v2 before v1, v1 before v1beta1, v1beta1 before v1alpha1. */
function compareKubeVersions(one: string, other: string): number {
  const rank = (version: string): readonly number[] => {
    const [, major = "0", stage, minor = "0"] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    return [stage === undefined ? 2 : stage === "beta" ? 1 : 0, Number(major), Number(minor)];
  };
  const [a, b] = [rank(one), rank(other)];
  const place = a.findIndex((number, index) => number !== b[index]);
  return place < 0 ? 0 : (b[place] ?? 0) - (a[place] ?? 0);
}

const groupsOf = (catalog: Catalog): readonly string[] =>
  [...new Set(catalog.all().map(({ group }) => group))].filter((group) => group !== "");

const inVersion = (catalog: Catalog, group: string, version: string): readonly Resource[] =>
  catalog.all().filter((resource) => resource.group === group && resource.version === version);

export function groupOf(catalog: Catalog, group: string): WireObject | undefined {
  const described = describeGroup(catalog, group);
  return described === undefined ? undefined : { kind: "APIGroup", apiVersion: "v1", ...described };
}

function describeGroup(catalog: Catalog, group: string): WireObject | undefined {
  const versions = versionsOf(catalog, group).map((version) => ({
    groupVersion: groupVersion(group, version),
    version,
  }));
  return versions.length === 0 ? undefined : { name: group, versions, preferredVersion: versions[0] };
}

export function groupList(catalog: Catalog): WireObject {
  const groups = groupsOf(catalog).flatMap((group) => describeGroup(catalog, group) ?? []);
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

export function resourceList(catalog: Catalog, group: string, version: string): WireObject | undefined {
  const resources = inVersion(catalog, group, version);
  if (resources.length === 0) return undefined;
  const described = resources.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.isNamespaced,
      kind: resource.kind,
      verbs: verbsOf(resource),
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    },
    ...subresourcesOf(resource).map(({ name, ...rest }) => ({
      name: `${resource.plural}/${name}`,
      singularName: "",
      namespaced: resource.isNamespaced,
      ...rest,
    })),
  ]);
  return {
    kind: "APIResourceList",
    // The core group's is older than the rule that everything has one.
    ...(group === "" ? {} : { apiVersion: "v1" }),
    groupVersion: groupVersion(group, version),
    resources: described,
  };
}

/** All of it in one answer, as kubectl asks for it. */
export function aggregated(catalog: Catalog, part: "core" | "groups"): WireObject {
  const groups = part === "core" ? [""] : groupsOf(catalog);
  const items = groups.map((group) => ({
    metadata: group === "" ? {} : { name: group },
    versions: versionsOf(catalog, group).map((version) => ({
      version,
      resources: inVersion(catalog, group, version).map(aggregatedResource),
      freshness: "Current",
    })),
  }));
  return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
}

function aggregatedResource(resource: Resource): WireObject {
  const { kind, isCustom } = resource;
  // Built-in kinds leave it to be understood that they are of their own group and version.
  const { group, version } = isCustom ? resource : { group: "", version: "" };
  const subresources = subresourcesOf(resource).map((sub) => ({
    subresource: sub.name,
    responseKind: { group: sub.group ?? group, version: sub.version ?? version, kind: sub.kind },
    verbs: sub.verbs,
  }));
  return {
    resource: resource.plural,
    responseKind: { group, version, kind },
    scope: resource.isNamespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: verbsOf(resource),
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
