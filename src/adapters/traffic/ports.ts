import type { TargetShape } from "../../control/ports.ts";
import type { JsonObject, ServiceSpec } from "../../domain/spec.ts";
import { defined, isObject, listOf, objectOf } from "./json.ts";

/** The ports of each of our Services: the one of the spec first, then those that the containers name. */
export function servicePorts(service: ServiceSpec, shape: TargetShape): readonly JsonObject[] {
  const first = defined({
    name: service.portName,
    protocol: "TCP",
    port: service.port,
    targetPort: service.targetPort,
    appProtocol: service.appProtocol,
  });
  if (!service.portDiscovery) return [first];
  const found: JsonObject[] = [first];
  for (const { name, port } of shape.containerPorts) {
    const isReached = port === service.targetPort || name === service.targetPort;
    // The API server refuses a Service that has the same port or the same name twice.
    if (isReached || found.some((other) => other["port"] === port)) continue;
    found.push({ name: freeName(name, port, found), protocol: "TCP", port, targetPort: port });
  }
  return found;
}

/** What tells one port of a Service from another, to the API server as to us. */
export function portKey(port: unknown): string {
  const { port: number, protocol } = objectOf(port);
  return `${wordOf(number)}/${wordOf(protocol ?? "TCP")}`;
}

/** A scalar as text; anything else as JSON, since an object may say by itself what it is as text, and wrongly. */
const wordOf = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/**
 * The whole list of ports where server-side apply alone would leave two of one name; undefined where it would not. A
 * borrowed Service keeps its other ports under a longer name; on our own the old port of that name is gone, and its
 * node port goes over to the new one.
 */
export function portsWithoutClash(
  live: unknown,
  wanted: readonly JsonObject[],
  standing: "owned" | "borrowed",
): readonly JsonObject[] | undefined {
  const keys = new Set(wanted.map(portKey));
  const ports = listOf(live).filter(isObject);
  const others = ports.filter((port) => !keys.has(portKey(port)));
  const isTaken = (port: JsonObject) => port["name"] === undefined || wanted.some(({ name }) => name === port["name"]);
  if (!others.some(isTaken)) return undefined;
  const ours = wanted.map((port) => {
    const same = ports.find((other) => portKey(other) === portKey(port));
    const namesake = standing === "owned" ? others.find(({ name }) => name === port["name"]) : undefined;
    return defined({ ...same, ...port, nodePort: same?.["nodePort"] ?? namesake?.["nodePort"] });
  });
  const kept = others.flatMap((port) => {
    if (!isTaken(port)) return [port];
    return standing === "owned" ? [] : [{ ...port, name: `${wordOf(port["name"] ?? "port")}-${wordOf(port["port"])}` }];
  });
  return [...ours, ...kept];
}

function freeName(name: string, port: number, taken: readonly JsonObject[]): string {
  const wanted = name === "" ? `tcp-${port}` : name;
  return taken.some((other) => other["name"] === wanted) ? `${wanted}-${port}` : wanted;
}
