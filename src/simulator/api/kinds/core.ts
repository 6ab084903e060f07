import type { WireObject } from "../../../resources/wire.ts";
import { type Cause, forbiddenField, invalidValue, required } from "../errors.ts";
import { at, defaultTo, draftAt, draftsAt, isEqual, objectAt, objectsAt, textAt } from "../json.ts";
import type { Behaviour } from "../resource.ts";
import { immutable, negativeProblems } from "../validate.ts";
import { defaultPodSpec, podChangeProblems, podSpecProblems } from "./pod.ts";

export const PLAIN: Behaviour = {
  isUpdatedUnconditionally: true,
  isCreatedByUpdate: false,
  answersDeleted: false,
  nameRule: "subdomain",
};

export const COUNTED: Behaviour = { ...PLAIN, generationOf: ({ spec }) => spec };

export const POD: Behaviour = {
  ...PLAIN,
  answersDeleted: true,
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    defaultPodSpec(spec);
    defaultTo(spec, "enableServiceLinks", true);
    for (const [one, all] of [
      ["podIP", "podIPs"],
      ["hostIP", "hostIPs"],
    ] as const) {
      const address = at(draft, "status", one);
      if (address !== undefined) defaultTo(draftAt(draft, "status"), all, [{ ip: address }]);
    }
  },
  prepareCreate: (draft) => {
    const spec = draftAt(draft, "spec");
    // What admission plugins of a common cluster add.
    defaultTo(spec, "priority", 0);
    defaultTo(spec, "preemptionPolicy", "PreemptLowerPriority");
    defaultTo(spec, "tolerations", TOLERATIONS);
    draft["status"] = { phase: "Pending", qosClass: qualityOf(spec) };
  },
  validate: (object, before) => {
    const spec = objectAt(object, "spec") ?? {};
    const problems = podSpecProblems(spec, "spec");
    if (before === undefined || problems.length > 0) return problems;
    return podChangeProblems(spec, objectAt(before, "spec") ?? {});
  },
  generationOf: ({ spec }) => spec,
};

const TOLERATIONS = ["not-ready", "unreachable"].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: 300,
}));

function qualityOf(spec: WireObject): string {
  const resources = objectsAt(spec, "containers").map((container) => ({
    limits: objectAt(container, "resources", "limits") ?? {},
    requests: objectAt(container, "resources", "requests") ?? {},
  }));
  if (resources.every(({ limits, requests }) => isEqual(limits, {}) && isEqual(requests, {}))) return "BestEffort";
  const isGuaranteed = resources.every(
    ({ limits, requests }) =>
      limits["cpu"] !== undefined && limits["memory"] !== undefined && isEqual(limits, requests),
  );
  return isGuaranteed ? "Guaranteed" : "Burstable";
}

const NAME_LABEL = "kubernetes.io/metadata.name";

export const NAMESPACE: Behaviour = {
  ...PLAIN,
  nameRule: "label",
  answersDeleted: true,
  defaults: (draft) => {
    const name = textAt(draft, "metadata", "name");
    if (name === undefined || textAt(draft, "metadata", "labels", NAME_LABEL) === name) return;
    const metadata = draftAt(draft, "metadata");
    metadata["labels"] = { ...objectAt(metadata, "labels"), [NAME_LABEL]: name };
  },
  prepareCreate: (draft) => {
    draft["spec"] = { finalizers: ["kubernetes"] };
    draft["status"] = { phase: "Active" };
  },
  prepareUpdate: (draft, before) => {
    draft["spec"] = before["spec"];
  },
};

export const CONFIG_MAP: Behaviour = {
  ...PLAIN,
  validate: (object, before) => [...keyProblems(object), ...frozenData(object, before)],
};

export const SECRET: Behaviour = {
  ...PLAIN,
  defaults: (draft) => {
    defaultTo(draft, "type", "Opaque");
    const texts = Object.entries(objectAt(draft, "stringData") ?? {});
    delete draft["stringData"];
    if (texts.length === 0) return;
    const data = draftAt(draft, "data");
    for (const [key, text] of texts) data[key] = Buffer.from(String(text), "utf8").toString("base64");
  },
  validate: (object, before) => [
    ...keyProblems(object),
    ...(before === undefined ? [] : immutable("type", object["type"], before["type"])),
    ...frozenData(object, before),
  ],
};

const KEY_FORM = "[-._a-zA-Z0-9]+";

function keyProblems(object: WireObject): readonly Cause[] {
  return ["data", "binaryData"].flatMap((field) =>
    Object.keys(objectAt(object, field) ?? {})
      .filter((key) => !new RegExp(`^${KEY_FORM}$`).test(key))
      .map((key) =>
        invalidValue(
          `${field}[${key}]`,
          key,
          `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${KEY_FORM}')`,
        ),
      ),
  );
}

function frozenData(object: WireObject, before: WireObject | undefined): readonly Cause[] {
  if (before?.["immutable"] !== true) return [];
  return ["data", "binaryData"]
    .filter((field) => !isEqual(object[field], before[field]))
    .map((field) => forbiddenField(field, "field is immutable when `immutable` is set"));
}

export const LEASE: Behaviour = {
  ...PLAIN,
  isUpdatedUnconditionally: false,
  isCreatedByUpdate: true,
  validate: (object) => {
    const spec = objectAt(object, "spec") ?? {};
    const seconds = spec["leaseDurationSeconds"];
    const isTooShort = typeof seconds === "number" && seconds <= 0;
    return [
      ...(isTooShort ? [invalidValue("spec.leaseDurationSeconds", seconds, "must be greater than 0")] : []),
      ...negativeProblems(spec["leaseTransitions"], "spec.leaseTransitions"),
    ];
  },
};

export const EVENT: Behaviour = {
  ...PLAIN,
  isCreatedByUpdate: true,
  nameRule: "path",
  validate: (object) => {
    const namespace = textAt(object, "metadata", "namespace") ?? "";
    const about = textAt(object, "involvedObject", "namespace") ?? "";
    const isHome = about === namespace || (about === "" && namespace === "default");
    return isHome ? [] : [invalidValue("involvedObject.namespace", about, "does not match event.namespace")];
  },
};

export const ENDPOINTS: Behaviour = {
  ...PLAIN,
  isCreatedByUpdate: true,
  warning: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  defaults: (draft) => {
    for (const subset of draftsAt(draft, "subsets")) {
      for (const port of draftsAt(subset, "ports")) defaultTo(port, "protocol", "TCP");
    }
  },
};

export const ENDPOINT_SLICE: Behaviour = {
  ...PLAIN,
  defaults: (draft) => {
    for (const port of draftsAt(draft, "ports")) defaultTo(port, "protocol", "TCP");
  },
  generationOf: ({ endpoints, ports, metadata }) => [endpoints, ports, objectAt(metadata, "labels")],
  validate: (object, before) => [
    ...(object["addressType"] === "" ? [required("addressType")] : []),
    ...(before === undefined ? [] : immutable("addressType", object["addressType"], before["addressType"])),
  ],
};
