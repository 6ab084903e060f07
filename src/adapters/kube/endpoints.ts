import type { Endpoints } from "../../control/ports.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { asObject, asString, objectsOf } from "./json.ts";

/** The label by which a slice says whose it is. */
const SERVICE = "kubernetes.io/service-name";

/** `namespace/name` of the Service that a slice belongs to. */
export function serviceOf({ metadata }: KubeObject): string | undefined {
  const name = metadata.labels?.[SERVICE];
  return name === undefined ? undefined : `${metadata.namespace ?? ""}/${name}`;
}

/** What the store keeps of a slice: whose it is, its ports, and the pods that are sent requests. A cluster has many of them. */
export function slimSlice({ apiVersion, kind, metadata, endpoints, ports }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion } = metadata;
  const service = metadata.labels?.[SERVICE];
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(service === undefined ? {} : { labels: { [SERVICE]: service } }),
    },
    // A pod that lacks a port of its Service is ready all the same, in a slice without that port.
    portNames: objectsOf(ports).map((port) => asString(port["name"]) ?? ""),
    ready: objectsOf(endpoints)
      // The API says: one that tells nothing of its readiness is to be taken for ready.
      .filter((endpoint) => asObject(endpoint["conditions"])?.["ready"] !== false)
      .flatMap((endpoint) => nameOf(endpoint) ?? []),
  };
}

/** The pod; or the address, where somebody wrote the slice by hand. With two address families, each pod is in two slices. */
function nameOf(endpoint: Readonly<Record<string, unknown>>): string | undefined {
  const { addresses } = endpoint;
  const address: unknown = Array.isArray(addresses) ? addresses[0] : undefined;
  return asString(asObject(endpoint["targetRef"])?.["name"]) ?? asString(address);
}

/** What is needed of the store of slices: the runtime's is one. */
export interface SliceStore {
  index(name: string, valuesOf: (slice: KubeObject) => readonly string[]): (value: string) => readonly KubeObject[];
}

/** Endpoints as EndpointSlices tell them, all slices of a Service together. */
export function endpointsIn(store: SliceStore): Endpoints {
  const slicesOf = store.index("service", (slice) => {
    const service = serviceOf(slice);
    return service === undefined ? [] : [service];
  });
  return {
    ready(namespace, service, portName) {
      const pods = slicesOf(`${namespace}/${service}`)
        .filter((slice) => (slice["portNames"] as readonly string[]).includes(portName))
        .flatMap((slice) => slice["ready"] as readonly string[]);
      return [...new Set(pods)].sort();
    },
  };
}
