import type { KindName } from "../../control/ports.ts";

/** Where the API server keeps a kind, and how much of it is worth keeping in memory. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** Its content is never cached: it may be large, or secret. */
  readonly metadataOnly: boolean;
}

export const KINDS: Readonly<Record<KindName, Kind>> = {
  Canary: whole("flagger.app", "v1beta1", "canaries"),
  MetricTemplate: whole("flagger.app", "v1beta1", "metrictemplates"),
  Deployment: whole("apps", "v1", "deployments"),
  Service: whole("", "v1", "services"),
  EndpointSlice: whole("discovery.k8s.io", "v1", "endpointslices"),
  VirtualService: whole("networking.istio.io", "v1beta1", "virtualservices"),
  DestinationRule: whole("networking.istio.io", "v1beta1", "destinationrules"),
  ConfigMap: { ...whole("", "v1", "configmaps"), metadataOnly: true },
  Secret: { ...whole("", "v1", "secrets"), metadataOnly: true },
};

export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

/** The collection of one namespace, or of all of them. */
export function collectionPath(kind: KindName, namespace?: string): string {
  const { group, version, plural } = KINDS[kind];
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === undefined
    ? `${root}/${plural}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** One object, or a subresource of it. */
export function objectPath(kind: KindName, namespace: string, name: string, subresource?: "status"): string {
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** The kind as the API server's own messages spell it, for example `deployments.apps`. */
export function resourceName(kind: KindName): string {
  const { group, plural } = KINDS[kind];
  return group === "" ? plural : `${plural}.${group}`;
}

function whole(group: string, version: string, plural: string): Kind {
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return { group, version, apiVersion, plural, namespaced: true, metadataOnly: false };
}
