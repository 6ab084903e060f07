import type { WireObject } from "../../../resources/wire.ts";
import { type Cause, invalidValue, notSupported, required } from "../errors.ts";
import { type Draft, defaultTo, draftAt, draftsAt, objectAt, objectsAt, textAt } from "../json.ts";
import type { Behaviour, Surroundings } from "../resource.ts";
import { duplicates, labelProblems, nameProblems, portProblems } from "../validate.ts";

const NETWORK = "10.96";

export const SERVICE: Behaviour = {
  isUpdatedUnconditionally: true,
  isCreatedByUpdate: false,
  answersDeleted: true,
  nameRule: "label",
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    defaultTo(spec, "type", "ClusterIP");
    defaultTo(spec, "sessionAffinity", "None");
    if (spec["type"] !== "ExternalName") defaultTo(spec, "internalTrafficPolicy", "Cluster");
    if (spec["type"] === "NodePort" || spec["type"] === "LoadBalancer")
      defaultTo(spec, "externalTrafficPolicy", "Cluster");
    if (spec["type"] === "LoadBalancer") defaultTo(spec, "allocateLoadBalancerNodePorts", true);
    if (spec["sessionAffinity"] === "ClientIP") {
      defaultTo(draftAt(spec, "sessionAffinityConfig", "clientIP"), "timeoutSeconds", 10_800);
    }
    for (const port of draftsAt(spec, "ports")) defaultTo(port, "targetPort", port["port"]);
  },
  prepareCreate: (draft, surroundings) => {
    draft["status"] = { loadBalancer: {} };
    allocate(draftAt(draft, "spec"), surroundings);
  },
  prepareUpdate: (draft, before) => {
    const spec = draftAt(draft, "spec");
    const had = objectAt(before, "spec") ?? {};
    if (spec["type"] === "ExternalName" || had["type"] === "ExternalName") return;
    for (const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) {
      if (had[field] !== undefined) defaultTo(spec, field, had[field]);
    }
    for (const field of Object.keys(spec)) if (spec[field] === undefined) delete spec[field];
  },
  validate: (object, before) => {
    const spec = objectAt(object, "spec") ?? {};
    const ports = objectsAt(spec, "ports");
    const isPortless = spec["clusterIP"] === "None" || spec["type"] === "ExternalName";
    return [
      ...(ports.length === 0 && !isPortless ? [required("spec.ports")] : []),
      ...ports.flatMap((port, place) => servicePortProblems(port, `spec.ports[${place}]`, ports.length > 1)),
      ...duplicates(
        ports.map(({ name }) => name),
        (place) => `spec.ports[${place}].name`,
      ),
      ...duplicatePorts(ports),
      ...labelProblems(spec["selector"], "spec.selector"),
      ...kindProblems(spec),
      ...(before === undefined ? [] : addressProblems(spec, objectAt(before, "spec") ?? {})),
    ];
  },
};

function allocate(spec: Draft, { dice, some }: Surroundings): void {
  if (spec["type"] === "ExternalName") return;
  const isTaken = (address: string): boolean =>
    some("/services", (object) => textAt(object, "spec", "clusterIP") === address);
  while ((spec["clusterIP"] ?? "") === "") {
    const number = 256 + Math.floor(dice() * 65_000);
    const address = `${NETWORK}.${number >> 8}.${number & 255}`;
    if (!isTaken(address)) spec["clusterIP"] = address;
  }
  // Whoever keeps the addresses of a Service by hand may keep them of either family.
  const isByHand = spec["clusterIP"] === "None" && spec["selector"] === undefined;
  defaultTo(spec, "clusterIPs", [spec["clusterIP"]]);
  defaultTo(spec, "ipFamilies", isByHand ? ["IPv4", "IPv6"] : ["IPv4"]);
  defaultTo(spec, "ipFamilyPolicy", isByHand ? "RequireDualStack" : "SingleStack");
  if (spec["type"] !== "NodePort" && spec["type"] !== "LoadBalancer") return;
  for (const port of draftsAt(spec, "ports")) defaultTo(port, "nodePort", 30_000 + Math.floor(dice() * 2_768));
}

function servicePortProblems(port: WireObject, field: string, isOneOfMany: boolean): readonly Cause[] {
  const { name, protocol, targetPort } = port;
  return [
    ...(isOneOfMany && name === undefined ? [required(`${field}.name`)] : []),
    ...(name === undefined ? [] : nameProblems("label", String(name), `${field}.name`)),
    ...portProblems(port["port"], `${field}.port`),
    ...(["TCP", "UDP", "SCTP"].includes(String(protocol))
      ? []
      : [notSupported(`${field}.protocol`, protocol, ["SCTP", "TCP", "UDP"])]),
    ...(typeof targetPort === "number" ? portProblems(targetPort, `${field}.targetPort`) : []),
  ];
}

function duplicatePorts(ports: readonly WireObject[]): readonly Cause[] {
  const keys = ports.map(({ port, protocol }) => `${port}/${protocol}`);
  return ports.flatMap(({ port, protocol }, place) =>
    keys.indexOf(keys[place] ?? "") < place
      ? [
          {
            reason: "FieldValueDuplicate",
            message: `Duplicate value: ${printPort(port, protocol)}`,
            field: `spec.ports[${place}]`,
          },
        ]
      : [],
  );
}

/** As Go prints it, with what says nothing here. */
const printPort = (port: unknown, protocol: unknown): string =>
  JSON.stringify({ Name: "", Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 });

function kindProblems(spec: WireObject): readonly Cause[] {
  const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
  return [
    ...(["ClientIP", "None"].includes(String(spec["sessionAffinity"]))
      ? []
      : [notSupported("spec.sessionAffinity", spec["sessionAffinity"], ["ClientIP", "None"])]),
    ...(types.includes(String(spec["type"])) ? [] : [notSupported("spec.type", spec["type"], types)]),
    ...(spec["type"] === "ExternalName" && (spec["externalName"] ?? "") === "" ? [required("spec.externalName")] : []),
  ];
}

function addressProblems(spec: WireObject, before: WireObject): readonly Cause[] {
  const [had, has] = [before["clusterIP"], spec["clusterIP"]];
  if (had === undefined || had === has || spec["type"] === "ExternalName") return [];
  return [invalidValue("spec.clusterIPs[0]", [has], "may not change once set")];
}
