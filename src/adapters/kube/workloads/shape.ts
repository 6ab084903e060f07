import type { ClusterObject, ContainerPort, TargetShape } from "../../../control/ports.ts";
import { asNumber, asString, objectsOf } from "../json.ts";
import type { SelectorLabel } from "./labels.ts";
import { podSpecOf } from "./primary.ts";

/** Proxies that an injector adds. Their ports are nobody's service. */
const PROXIES = new Set(["istio-proxy", "envoy"]);

/** What Services need to know of the target: how its pods are selected, and the ports its containers name. */
export function shapeOf(target: ClusterObject, label: SelectorLabel): TargetShape {
  const containers = objectsOf(podSpecOf(target)["containers"]);
  return {
    labelKey: label.key,
    labelValue: label.value,
    containerPorts: containers.flatMap(({ name, ports }) => portsOf(asString(name) ?? "", objectsOf(ports))),
  };
}

function portsOf(container: string, ports: readonly { readonly [field: string]: unknown }[]): readonly ContainerPort[] {
  if (PROXIES.has(container)) return [];
  return ports.flatMap((entry, index) => {
    const port = asNumber(entry["containerPort"]);
    return port === undefined ? [] : [{ name: asString(entry["name"]) ?? `tcp-${container}-${index}`, port }];
  });
}
