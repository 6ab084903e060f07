/** How the API server calls one kind of object. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: "namespaced" | "cluster";
}

/** The kinds that the controllers here read or write. */
export const KINDS = {
  pods: { apiVersion: "v1", kind: "Pod", plural: "pods", scope: "namespaced" },
  services: { apiVersion: "v1", kind: "Service", plural: "services", scope: "namespaced" },
  endpoints: { apiVersion: "v1", kind: "Endpoints", plural: "endpoints", scope: "namespaced" },
  serviceAccounts: { apiVersion: "v1", kind: "ServiceAccount", plural: "serviceaccounts", scope: "namespaced" },
  namespaces: { apiVersion: "v1", kind: "Namespace", plural: "namespaces", scope: "cluster" },
  nodes: { apiVersion: "v1", kind: "Node", plural: "nodes", scope: "cluster" },
  deployments: { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", scope: "namespaced" },
  replicaSets: { apiVersion: "apps/v1", kind: "ReplicaSet", plural: "replicasets", scope: "namespaced" },
  daemonSets: { apiVersion: "apps/v1", kind: "DaemonSet", plural: "daemonsets", scope: "namespaced" },
  endpointSlices: {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    plural: "endpointslices",
    scope: "namespaced",
  },
  autoscalers: {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    plural: "horizontalpodautoscalers",
    scope: "namespaced",
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof KINDS;

/** Where the API server has the kind: `/apis/apps/v1/namespaces/shop/deployments`. */
export function collectionPath(
  { apiVersion, plural }: Pick<Kind, "apiVersion" | "plural">,
  namespace?: string,
): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}
