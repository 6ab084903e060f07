import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { at, numberAt, objectAt, objectsAt, textAt } from "../../api/json.ts";
import { isOver, isReady } from "../pods.ts";
import { isBeingDeleted } from "../world.ts";

export interface Port extends WireObject {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol?: string;
}

/** A pod that a Service has found, and the ports that its own names stand for. */
export interface Backend {
  readonly pod: KubeObject;
  readonly address: string;
  readonly ports: readonly Port[];
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
}

/** The labels that a Service asks of its pods; undefined where it finds its endpoints elsewhere. */
export function selectorOf(service: KubeObject): Readonly<Record<string, string>> | undefined {
  const selector = objectAt(service, "spec", "selector");
  if (selector === undefined || textAt(service, "spec", "type") === "ExternalName") return undefined;
  return selector as Readonly<Record<string, string>>;
}

export function selects(selector: Readonly<Record<string, string>>, { metadata }: KubeObject): boolean {
  return Object.entries(selector).every(([label, value]) => metadata.labels?.[label] === value);
}

export const isHeadless = (service: KubeObject): boolean => textAt(service, "spec", "clusterIP") === "None";

/** A pod as a backend; undefined while it has no address, and once it has run to its end. */
export function backendOf(service: KubeObject, pod: KubeObject): Backend | undefined {
  const address = textAt(pod, "status", "podIP");
  if (address === undefined || address === "" || isOver(pod)) return undefined;
  const isTerminating = isBeingDeleted(pod);
  const isServing = isReady(pod);
  const always = at(service, "spec", "publishNotReadyAddresses") === true;
  const ports = portsFor(service, pod);
  return { pod, address, ports, isTerminating, isServing, isReady: always || (isServing && !isTerminating) };
}

function portsFor(service: KubeObject, pod: KubeObject): readonly Port[] {
  return objectsAt(service, "spec", "ports").flatMap((entry) => {
    const port = targetPort(entry, pod);
    if (port === undefined) return [];
    const appProtocol = textAt(entry, "appProtocol");
    return {
      name: textAt(entry, "name") ?? "",
      port,
      protocol: textAt(entry, "protocol") ?? "TCP",
      ...(appProtocol === undefined ? {} : { appProtocol }),
    };
  });
}

/** A number as it is; a name as the pod's containers have it. */
function targetPort(entry: WireObject, pod: KubeObject): number | undefined {
  const wanted = entry["targetPort"];
  if (typeof wanted === "number" && wanted !== 0) return wanted;
  if (typeof wanted !== "string" || wanted === "") return numberAt(entry, "port");
  const protocol = textAt(entry, "protocol") ?? "TCP";
  const named = objectsAt(pod, "spec", "containers")
    .flatMap((container) => objectsAt(container, "ports"))
    .find((port) => port["name"] === wanted && (textAt(port, "protocol") ?? "TCP") === protocol);
  return named && numberAt(named, "containerPort");
}

export function targetRef({ metadata }: KubeObject): WireObject {
  return { kind: "Pod", namespace: metadata.namespace, name: metadata.name, uid: metadata.uid };
}

/** Backends in groups that have the same ports, each under a text that names those. */
export function byPorts(backends: readonly Backend[]): ReadonlyMap<string, readonly Backend[]> {
  const groups = new Map<string, Backend[]>();
  for (const backend of backends) {
    const key = portsKey(backend.ports);
    const group = groups.get(key) ?? [];
    group.push(backend);
    groups.set(key, group);
  }
  return groups;
}

/** One text for one set of ports, in whatever order and with whatever fields left out. */
export function portsKey(ports: readonly WireObject[]): string {
  return ports
    .map(({ name = "", port, protocol = "TCP", appProtocol = "" }) => [name, port, protocol, appProtocol].join("/"))
    .sort()
    .join(" ");
}
