import type { WireObject } from "../../../resources/wire.ts";
import { defaultTo, draftAt } from "../json.ts";
import { type Behaviour, groupVersion, type Resource, type ScalePaths } from "../resource.ts";
import type { BuiltinTypes } from "../schema/builtin.ts";
import { columnsOf } from "../table/columns.ts";
import { scalerStored, scalerView } from "./autoscalers.ts";
import { CONFIG_MAP, COUNTED, ENDPOINT_SLICE, ENDPOINTS, EVENT, LEASE, NAMESPACE, PLAIN, POD, SECRET } from "./core.ts";
import { eventStored, eventView } from "./events.ts";
import { CUSTOM_DEFINITION, DISRUPTION_BUDGET, HPA, JOB, ROLE, ROLE_BINDING } from "./policies.ts";
import { SERVICE } from "./service.ts";
import { DAEMON_SET, DEPLOYMENT, REPLICA_SET } from "./workloads.ts";

interface Row {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly scope?: "cluster";
  readonly subresources?: readonly string[];
  readonly behaviour?: Behaviour;
  readonly type?: string;
  readonly convert?: Required<Resource>["convert"];
}

const REPLICAS: ScalePaths = {
  specReplicas: ["spec", "replicas"],
  statusReplicas: ["status", "replicas"],
  selector: ["spec", "selector"],
};

const ALL = ["all"];

const core = (kind: string, plural: string, more: Partial<Row> = {}): Row => ({
  group: "",
  version: "v1",
  kind,
  plural,
  ...more,
});

const grouped = (group: string, version: string, kind: string, plural: string, more: Partial<Row> = {}): Row => ({
  group,
  version,
  kind,
  plural,
  ...more,
});

const RBAC = "rbac.authorization.k8s.io";

const ROWS: readonly Row[] = [
  core("ConfigMap", "configmaps", { short: ["cm"], behaviour: CONFIG_MAP }),
  core("Endpoints", "endpoints", { short: ["ep"], behaviour: ENDPOINTS }),
  core("Event", "events", { short: ["ev"], behaviour: EVENT }),
  core("Namespace", "namespaces", {
    short: ["ns"],
    scope: "cluster",
    subresources: ["status", "finalize"],
    behaviour: NAMESPACE,
  }),
  core("Node", "nodes", { short: ["no"], scope: "cluster", subresources: ["status"] }),
  core("Pod", "pods", {
    short: ["po"],
    categories: ALL,
    subresources: ["status", "binding", "eviction", "log", "exec", "portforward"],
    behaviour: POD,
  }),
  core("Secret", "secrets", { behaviour: SECRET }),
  core("Service", "services", { short: ["svc"], categories: ALL, subresources: ["status"], behaviour: SERVICE }),
  core("ServiceAccount", "serviceaccounts", {
    short: ["sa"],
    subresources: ["token"],
    behaviour: { ...PLAIN, answersDeleted: true },
  }),
  grouped("apps", "v1", "DaemonSet", "daemonsets", {
    short: ["ds"],
    categories: ALL,
    subresources: ["status"],
    behaviour: DAEMON_SET,
  }),
  grouped("apps", "v1", "Deployment", "deployments", {
    short: ["deploy"],
    categories: ALL,
    subresources: ["status", "scale"],
    behaviour: DEPLOYMENT,
  }),
  grouped("apps", "v1", "ReplicaSet", "replicasets", {
    short: ["rs"],
    categories: ALL,
    subresources: ["status", "scale"],
    behaviour: REPLICA_SET,
  }),
  grouped("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", {
    short: ["hpa"],
    categories: ALL,
    subresources: ["status"],
    behaviour: HPA,
  }),
  grouped("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", {
    short: ["hpa"],
    categories: ALL,
    subresources: ["status"],
    // What else it lacks is filled in once it is stored in the newer form.
    behaviour: { ...HPA, defaults: (draft) => defaultTo(draftAt(draft, "spec"), "minReplicas", 1) },
    type: "V1HorizontalPodAutoscaler",
    convert: { stored: scalerStored, view: scalerView },
  }),
  grouped("batch", "v1", "Job", "jobs", { categories: ALL, subresources: ["status"], behaviour: JOB }),
  grouped("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", { behaviour: ENDPOINT_SLICE }),
  grouped("coordination.k8s.io", "v1", "Lease", "leases", { behaviour: LEASE }),
  grouped("events.k8s.io", "v1", "Event", "events", {
    short: ["ev"],
    behaviour: EVENT,
    type: "EventsEvent",
    convert: { stored: eventStored, view: eventView },
  }),
  grouped("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", {
    short: ["pdb"],
    subresources: ["status"],
    behaviour: DISRUPTION_BUDGET,
  }),
  grouped("networking.k8s.io", "v1", "Ingress", "ingresses", {
    short: ["ing"],
    subresources: ["status"],
    behaviour: COUNTED,
  }),
  grouped(RBAC, "v1", "Role", "roles", { behaviour: ROLE }),
  grouped(RBAC, "v1", "RoleBinding", "rolebindings", { behaviour: ROLE_BINDING }),
  grouped(RBAC, "v1", "ClusterRole", "clusterroles", { scope: "cluster", behaviour: ROLE }),
  grouped(RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", { scope: "cluster", behaviour: ROLE_BINDING }),
  grouped("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", {
    short: ["crd", "crds"],
    categories: ["api-extensions"],
    scope: "cluster",
    subresources: ["status"],
    behaviour: CUSTOM_DEFINITION,
  }),
];

/** The kinds that every cluster has. */
export function builtinResources(types: BuiltinTypes): readonly Resource[] {
  return ROWS.map((row): Resource => {
    const { group, version, kind, plural } = row;
    const isEventView = group === "events.k8s.io";
    const { subresources = [] } = row;
    return {
      group,
      version,
      apiVersion: groupVersion(group, version),
      kind,
      plural,
      listKind: `${kind}List`,
      singular: kind.toLowerCase(),
      shortNames: row.short ?? [],
      categories: row.categories ?? [],
      isNamespaced: row.scope === undefined,
      collection: isEventView ? "/events" : `${group}/${plural}`,
      isCustom: false,
      schema: types.type(row.type ?? kind),
      subresources,
      scale: subresources.includes("scale") ? REPLICAS : undefined,
      behaviour: row.behaviour ?? PLAIN,
      columns: columnsOf(kind),
      ...(row.convert === undefined ? {} : { convert: row.convert }),
    };
  });
}

/** What a cluster has before anybody did anything. */
export const FIRST_NAMESPACES: readonly WireObject[] = ["default", "kube-system", "kube-public", "kube-node-lease"].map(
  (name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }),
);
