import type { WireObject } from "../../../resources/wire.ts";
import { at, isEmpty, metadataOf, numberAt, objectAt, objectsAt, textAt } from "../json.ts";
import type { Column } from "../resource.ts";
import { ageOf } from "./age.ts";
import { orNone, rolesOf, statusOfNode, targetsOf } from "./cells.ts";
import { podColumns } from "./podColumns.ts";

export const column = (name: string, type: string, cell: Column["cell"], priority = 0): Column => ({
  name,
  type,
  priority,
  cell,
});

const texts = (name: string, cell: Column["cell"], priority = 0): Column => column(name, "string", cell, priority);
const wide = (name: string, cell: Column["cell"]): Column => column(name, "string", cell, 1);
const count = (name: string, ...path: readonly string[]): Column =>
  column(name, "integer", (object) => numberAt(object, ...path) ?? 0);

export const AGE = texts("Age", (object, now) => ageOf(metadataOf(object)["creationTimestamp"], now));

/** The columns of a built-in kind, without its name. */
export function columnsOf(kind: string): readonly Column[] {
  return COLUMNS[kind] ?? [AGE];
}

const containers = (object: WireObject): readonly WireObject[] =>
  objectsAt(object, "spec", "template", "spec", "containers");

const TEMPLATE = [
  wide("Containers", (object) =>
    containers(object)
      .map(({ name }) => name)
      .join(","),
  ),
  wide("Images", (object) =>
    containers(object)
      .map(({ image }) => image)
      .join(","),
  ),
  wide("Selector", (object) => orNone(printLabels(objectAt(object, "spec", "selector", "matchLabels")))),
];

export function printLabels(labels: WireObject | undefined): string {
  return Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${String(value)}`)
    .sort()
    .join(",");
}

function addressOf(service: WireObject): string {
  const type = textAt(service, "spec", "type");
  if (type === "LoadBalancer") {
    const given = objectsAt(service, "status", "loadBalancer", "ingress").map(({ ip, hostname }) =>
      String(ip ?? hostname),
    );
    return given.length === 0 ? "<pending>" : given.join(",");
  }
  return type === "ExternalName" ? orNone(textAt(service, "spec", "externalName")) : "<none>";
}

function portsOf(service: WireObject): string {
  const ports = objectsAt(service, "spec", "ports").map(
    ({ port, nodePort, protocol }) =>
      `${String(port)}${nodePort === undefined ? "" : `:${String(nodePort)}`}/${String(protocol)}`,
  );
  return orNone(ports.join(","));
}

function endpointsOf(object: WireObject): string {
  const addresses = objectsAt(object, "endpoints").flatMap((endpoint) => endpoint["addresses"] as readonly string[]);
  return addresses.length > 3
    ? `${addresses.slice(0, 3).join(",")} + ${addresses.length - 3} more...`
    : orNoneOf(addresses);
}

const orNoneOf = (list: readonly unknown[]): string => (list.length === 0 ? "<unset>" : list.join(","));

function subsetsOf(object: WireObject): string {
  const all = objectsAt(object, "subsets").flatMap((subset) =>
    objectsAt(subset, "ports").flatMap(({ port }) =>
      objectsAt(subset, "addresses").map(({ ip }) => `${String(ip)}:${String(port)}`),
    ),
  );
  return all.length > 3 ? `${all.slice(0, 3).join(",")} + ${all.length - 3} more...` : orNone(all.join(","));
}

const eventTime = (event: WireObject): unknown =>
  event["lastTimestamp"] ??
  event["deprecatedLastTimestamp"] ??
  event["eventTime"] ??
  metadataOf(event)["creationTimestamp"];

const aboutOf = (event: WireObject): string => {
  const about = objectAt(event, "involvedObject") ?? objectAt(event, "regarding") ?? {};
  return `${String(about["kind"] ?? "").toLowerCase()}/${String(about["name"] ?? "")}`;
};

const data = column("Data", "string", (object) =>
  ["data", "binaryData"].reduce((sum, field) => sum + Object.keys(objectAt(object, field) ?? {}).length, 0),
);

const replicas = (object: WireObject, ...path: readonly string[]): number => numberAt(object, ...path) ?? 0;

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Deployment: [
    texts(
      "Ready",
      (object) => `${replicas(object, "status", "readyReplicas")}/${replicas(object, "spec", "replicas")}`,
    ),
    texts("Up-to-date", (object) => replicas(object, "status", "updatedReplicas")),
    texts("Available", (object) => replicas(object, "status", "availableReplicas")),
    AGE,
    ...TEMPLATE,
  ],
  ReplicaSet: [
    count("Desired", "spec", "replicas"),
    count("Current", "status", "replicas"),
    count("Ready", "status", "readyReplicas"),
    AGE,
    ...TEMPLATE,
  ],
  DaemonSet: [
    count("Desired", "status", "desiredNumberScheduled"),
    count("Current", "status", "currentNumberScheduled"),
    count("Ready", "status", "numberReady"),
    count("Up-to-date", "status", "updatedNumberScheduled"),
    count("Available", "status", "numberAvailable"),
    texts("Node Selector", (object) =>
      orNone(printLabels(objectAt(object, "spec", "template", "spec", "nodeSelector"))),
    ),
    AGE,
    ...TEMPLATE,
  ],
  Pod: podColumns(AGE),
  Service: [
    texts("Type", (object) => textAt(object, "spec", "type")),
    texts("Cluster-IP", (object) => orNone(textAt(object, "spec", "clusterIP"))),
    texts("External-IP", addressOf),
    texts("Port(s)", portsOf),
    AGE,
    wide("Selector", (object) => orNone(printLabels(objectAt(object, "spec", "selector")))),
  ],
  Event: [
    texts("Last Seen", (object, now) => ageOf(eventTime(object), now)),
    texts("Type", (object) => object["type"]),
    texts("Reason", (object) => object["reason"]),
    texts("Object", aboutOf),
    wide("Subobject", (object) => textAt(object, "involvedObject", "fieldPath")),
    wide("Source", (object) => textAt(object, "source", "component") ?? object["reportingComponent"]),
    texts("Message", (object) => String(object["message"] ?? object["note"] ?? "").trim()),
    wide("First Seen", (object, now) => ageOf(object["firstTimestamp"] ?? eventTime(object), now)),
    wide("Count", (object) => String(object["count"] ?? at(object, "series", "count") ?? 1)),
    wide("Name", (object) => metadataOf(object)["name"]),
  ],
  Node: [
    texts("Status", statusOfNode),
    texts("Roles", rolesOf),
    AGE,
    texts("Version", (object) => textAt(object, "status", "nodeInfo", "kubeletVersion")),
    wide("Internal-IP", (object) =>
      orNone(
        objectsAt(object, "status", "addresses").find(({ type }) => type === "InternalIP")?.["address"] as
          | string
          | undefined,
      ),
    ),
    wide("OS-Image", (object) => textAt(object, "status", "nodeInfo", "osImage") ?? "<unknown>"),
  ],
  Namespace: [texts("Status", (object) => textAt(object, "status", "phase")), AGE],
  ConfigMap: [data, AGE],
  Secret: [texts("Type", (object) => object["type"]), data, AGE],
  ServiceAccount: [AGE],
  Lease: [texts("Holder", (object) => textAt(object, "spec", "holderIdentity") ?? ""), AGE],
  EndpointSlice: [
    texts("AddressType", (object) => object["addressType"]),
    texts("Ports", (object) => orNoneOf(objectsAt(object, "ports").map(({ port }) => port ?? "*"))),
    texts("Endpoints", endpointsOf),
    AGE,
  ],
  Endpoints: [texts("Endpoints", subsetsOf), AGE],
  HorizontalPodAutoscaler: [
    texts(
      "Reference",
      (object) =>
        `${textAt(object, "spec", "scaleTargetRef", "kind")}/${textAt(object, "spec", "scaleTargetRef", "name")}`,
    ),
    texts("Targets", targetsOf),
    texts("MinPods", (object) => String(at(object, "spec", "minReplicas") ?? "<unset>")),
    count("MaxPods", "spec", "maxReplicas"),
    count("Replicas", "status", "currentReplicas"),
    AGE,
  ],
  Ingress: [
    texts("Class", (object) => orNone(textAt(object, "spec", "ingressClassName"))),
    texts(
      "Hosts",
      (object) =>
        objectsAt(object, "spec", "rules")
          .map(({ host }) => host ?? "*")
          .join(",") || "*",
    ),
    texts("Address", (object) =>
      objectsAt(object, "status", "loadBalancer", "ingress")
        .map(({ ip }) => ip)
        .join(","),
    ),
    texts("Ports", (object) => (objectsAt(object, "spec", "tls").length > 0 ? "80, 443" : "80")),
    AGE,
  ],
  Job: [
    texts("Status", (object) => (replicas(object, "status", "succeeded") > 0 ? "Complete" : "Running")),
    texts(
      "Completions",
      (object) => `${replicas(object, "status", "succeeded")}/${replicas(object, "spec", "completions")}`,
    ),
    AGE,
  ],
  PodDisruptionBudget: [
    texts("Min Available", (object) => String(at(object, "spec", "minAvailable") ?? "N/A")),
    texts("Max Unavailable", (object) => String(at(object, "spec", "maxUnavailable") ?? "N/A")),
    count("Allowed Disruptions", "status", "disruptionsAllowed"),
    AGE,
  ],
  RoleBinding: [roleColumn(), AGE],
  ClusterRoleBinding: [roleColumn(), AGE],
  Role: [created()],
  ClusterRole: [created()],
  CustomResourceDefinition: [created()],
};

function roleColumn(): Column {
  return texts("Role", (object) => {
    const role = objectAt(object, "roleRef") ?? {};
    return isEmpty(role) ? "" : `${String(role["kind"])}/${String(role["name"])}`;
  });
}

function created(): Column {
  return texts("Created At", (object) => metadataOf(object)["creationTimestamp"]);
}
