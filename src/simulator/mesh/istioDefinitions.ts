/** Istio's kinds for an API server that has none of Istio's own definitions: names and versions as Istio's, any spec. */

interface Definition {
  readonly apiVersion: "apiextensions.k8s.io/v1";
  readonly kind: "CustomResourceDefinition";
  readonly metadata: { readonly name: string };
  readonly spec: object;
}

const GROUP = "networking.istio.io";
/** The newest first: kubectl prefers it, and Serin takes what is served. */
const VERSIONS = ["v1", "v1beta1", "v1alpha3"] as const;
const STORED = "v1";

interface Names {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** Columns of `kubectl get`. */
  readonly columns: Readonly<Record<string, string>>;
}

const KINDS: readonly Names[] = [
  {
    kind: "VirtualService",
    plural: "virtualservices",
    shortNames: ["vs"],
    columns: { Gateways: ".spec.gateways", Hosts: ".spec.hosts" },
  },
  { kind: "DestinationRule", plural: "destinationrules", shortNames: ["dr"], columns: { Host: ".spec.host" } },
  { kind: "Gateway", plural: "gateways", shortNames: ["gw"], columns: {} },
];

/** CustomResourceDefinitions of VirtualService, DestinationRule and Gateway. */
export function istioDefinitions(): readonly Definition[] {
  return KINDS.map(({ kind, plural, shortNames, columns }) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames,
        categories: ["istio-io", "networking-istio-io"],
      },
      versions: VERSIONS.map((name) => version(name, columns)),
    },
  }));
}

function version(name: (typeof VERSIONS)[number], columns: Names["columns"]): object {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const age = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };
  return {
    name,
    served: true,
    storage: name === STORED,
    subresources: { status: {} },
    schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
    additionalPrinterColumns: [
      ...Object.entries(columns).map(([column, jsonPath]) => ({ name: column, type: "string", jsonPath })),
      age,
    ],
  };
}
