/** What is in the playground's cluster before anybody comes: the kinds, two namespaces, and the way in. */
import { definitions } from "../resources/crds.ts";
import { istioDefinitions } from "../simulator/mesh/istioDefinitions.ts";

/** Where the demo plays, and where users may as well. */
export const NAMESPACE = "test";

/** What a Canary calls it in `spec.service.gateways`. */
export const PUBLIC_GATEWAY = "istio-system/public";

export function firstObjects(): readonly object[] {
  const namespaces = ["istio-system", NAMESPACE].map((name) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name },
  }));
  return [...kinds(), ...namespaces, publicGateway()];
}

export function kinds(): readonly object[] {
  return [...definitions().map(({ crd }) => crd), ...istioDefinitions()];
}

function publicGateway(): object {
  const [namespace = "", name = ""] = PUBLIC_GATEWAY.split("/");
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name, namespace },
    spec: {
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
    },
  };
}
