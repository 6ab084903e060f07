/** The EndpointSlices that a Service should have, given those that it has (pkg/controller/endpointslice). */
import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { isEqual, objectsAt, textAt } from "../../api/json.ts";
import { referenceTo } from "../claim.ts";
import { type Backend, byPorts, isHeadless, portsKey, targetRef } from "./backends.ts";

export const SERVICE_NAME = "kubernetes.io/service-name";
export const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
export const MANAGER = "endpointslice-controller.k8s.io";
const HEADLESS = "service.kubernetes.io/headless";

/** A Service's labels that say nothing of its slices. */
const OWN_LABELS = [SERVICE_NAME, MANAGED_BY, HEADLESS];

const MOST_ENDPOINTS = 100;

export interface SliceChanges {
  readonly create: readonly WireObject[];
  readonly update: readonly KubeObject[];
  readonly remove: readonly KubeObject[];
}

/** As few writes as will do: an endpoint stays in the slice that it is in. */
export function sliceChanges(
  service: KubeObject,
  backends: readonly Backend[],
  known: readonly KubeObject[],
): SliceChanges {
  const groups = new Map(byPorts(backends));
  // Without any endpoint one slice says so.
  if (groups.size === 0) groups.set("", []);
  const changes = { create: [] as WireObject[], update: [] as KubeObject[], remove: [] as KubeObject[] };
  const left = new Set(known);
  const isEmptyService = backends.length === 0;
  for (const [key, group] of groups) {
    const own = known.filter((slice) => (isEmptyService ? true : portsKey(objectsAt(slice, "ports")) === key));
    const homes = isEmptyService ? own.slice(0, 1) : own;
    for (const slice of homes) left.delete(slice);
    place(service, group, homes, changes);
  }
  changes.remove.push(...left);
  return changes;
}

function place(
  service: KubeObject,
  group: readonly Backend[],
  homes: readonly KubeObject[],
  changes: { readonly create: WireObject[]; readonly update: KubeObject[]; readonly remove: KubeObject[] },
): void {
  const waiting = new Map(group.map((backend) => [backend.pod.metadata.uid ?? "", backend]));
  const held = homes.map((slice) => objectsAt(slice, "endpoints").flatMap((endpoint) => taken(endpoint, waiting)));
  const rest = [...waiting.values()];
  const ports = group[0]?.ports ?? [];
  let isFirst = true;
  for (const [index, slice] of homes.entries()) {
    const backends = held[index] ?? [];
    backends.push(...rest.splice(0, MOST_ENDPOINTS - backends.length));
    if (backends.length === 0 && !isFirst) changes.remove.push(slice);
    else if (!isSame(slice, contentOf(service, backends, ports))) {
      const { metadata, ...content } = contentOf(service, backends, ports);
      const { labels } = metadata as { readonly labels: Readonly<Record<string, string>> };
      changes.update.push({ ...slice, ...content, metadata: { ...slice.metadata, labels } });
    }
    isFirst = false;
  }
  while (rest.length > 0 || (homes.length === 0 && group.length === 0)) {
    changes.create.push(contentOf(service, rest.splice(0, MOST_ENDPOINTS), ports));
    if (group.length === 0) break;
  }
}

/** The backend of an endpoint that a slice has already, taken from those that wait for a place. */
function taken(endpoint: WireObject, waiting: Map<string, Backend>): readonly Backend[] {
  const uid = textAt(endpoint, "targetRef", "uid") ?? "";
  const backend = waiting.get(uid);
  waiting.delete(uid);
  return backend === undefined ? [] : [backend];
}

function contentOf(service: KubeObject, backends: readonly Backend[], ports: readonly WireObject[]): WireObject {
  const { name, labels = {} } = service.metadata;
  const shared = Object.entries(labels).filter(([label]) => !OWN_LABELS.includes(label));
  return {
    metadata: {
      generateName: `${name}-`,
      namespace: service.metadata.namespace,
      labels: {
        ...Object.fromEntries(shared),
        [SERVICE_NAME]: name,
        [MANAGED_BY]: MANAGER,
        ...(isHeadless(service) ? { [HEADLESS]: "" } : {}),
      },
      ownerReferences: [referenceTo(service)],
    },
    addressType: "IPv4",
    endpoints: backends.map(endpointOf),
    ports,
  };
}

function endpointOf({ pod, address, isReady, isServing, isTerminating }: Backend): WireObject {
  const nodeName = textAt(pod, "spec", "nodeName");
  const hostname = textAt(pod, "spec", "hostname");
  return {
    addresses: [address],
    conditions: { ready: isReady, serving: isServing, terminating: isTerminating },
    ...(hostname === undefined || hostname === "" ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: targetRef(pod),
  };
}

function isSame(slice: KubeObject, content: WireObject): boolean {
  const { labels } = content["metadata"] as { readonly labels: unknown };
  return (
    isEqual(slice.metadata.labels, labels) &&
    isEqual(objectsAt(slice, "endpoints"), content["endpoints"]) &&
    isEqual(objectsAt(slice, "ports"), content["ports"])
  );
}
