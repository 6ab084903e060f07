import { invalidValue, notSupported, required } from "../errors.ts";
import { type Draft, defaultTo, draftAt, draftsAt, isEqual, objectAt, objectsAt, textAt } from "../json.ts";
import type { Behaviour } from "../resource.ts";
import { immutable } from "../validate.ts";
import { COUNTED, PLAIN } from "./core.ts";
import { defaultPodSpec } from "./pod.ts";

export const HPA: Behaviour = {
  ...PLAIN,
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    defaultTo(spec, "minReplicas", 1);
    defaultTo(spec, "metrics", CPU_AT_EIGHTY);
    if (spec["behavior"] !== undefined) defaultScaling(draftAt(spec, "behavior"));
  },
  validate: (object) => {
    const spec = objectAt(object, "spec") ?? {};
    const { minReplicas: least = 1, maxReplicas: most = 0 } = spec as Readonly<Record<string, number>>;
    const target = objectAt(spec, "scaleTargetRef") ?? {};
    return [
      ...(most < 1 ? [invalidValue("spec.maxReplicas", most, "must be greater than 0")] : []),
      ...(most < least
        ? [invalidValue("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")]
        : []),
      ...["kind", "name"]
        .filter((field) => (target[field] ?? "") === "")
        .map((field) => required(`spec.scaleTargetRef.${field}`)),
      ...((target["apiVersion"] ?? "") === ""
        ? [invalidValue("spec.scaleTargetRef.apiVersion", "", "apiVersion must specify API group")]
        : []),
    ];
  },
};

const CPU_AT_EIGHTY = [
  { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
];

function defaultScaling(behavior: Draft): void {
  const up = draftAt(behavior, "scaleUp");
  const down = draftAt(behavior, "scaleDown");
  defaultTo(up, "stabilizationWindowSeconds", 0);
  for (const rules of [up, down]) defaultTo(rules, "selectPolicy", "Max");
  defaultTo(up, "policies", [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ]);
  defaultTo(down, "policies", [{ type: "Percent", value: 100, periodSeconds: 15 }]);
}

export const DISRUPTION_BUDGET: Behaviour = {
  ...COUNTED,
  isUpdatedUnconditionally: false,
  validate: (object) => {
    const spec = objectAt(object, "spec") ?? {};
    const isTwice = spec["minAvailable"] !== undefined && spec["maxUnavailable"] !== undefined;
    return isTwice ? [invalidValue("spec", spec, "minAvailable and maxUnavailable cannot be both set")] : [];
  },
};

export const JOB: Behaviour = {
  ...COUNTED,
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    defaultTo(spec, "completions", 1);
    defaultTo(spec, "parallelism", 1);
    defaultTo(spec, "backoffLimit", 6);
    defaultTo(spec, "completionMode", "NonIndexed");
    defaultTo(spec, "suspend", false);
    defaultTo(spec, "podReplacementPolicy", "TerminatingOrFailed");
    defaultPodSpec(draftAt(spec, "template", "spec"));
  },
};

export const ROLE_BINDING: Behaviour = {
  ...PLAIN,
  isCreatedByUpdate: true,
  nameRule: "path",
  defaults: (draft) => {
    for (const subject of draftsAt(draft, "subjects")) {
      if (subject["kind"] !== "ServiceAccount") defaultTo(subject, "apiGroup", "rbac.authorization.k8s.io");
    }
    const role = draftAt(draft, "roleRef");
    if ((role["apiGroup"] ?? "") === "") role["apiGroup"] = "rbac.authorization.k8s.io";
  },
  validate: (object, before) => [
    ...((textAt(object, "roleRef", "name") ?? "") === "" ? [required("roleRef.name")] : []),
    ...(before === undefined || isEqual(object["roleRef"], before["roleRef"])
      ? []
      : [invalidValue("roleRef", object["roleRef"], "cannot change roleRef")]),
  ],
};

export const ROLE: Behaviour = { ...PLAIN, isCreatedByUpdate: true, nameRule: "path" };

export const CUSTOM_DEFINITION: Behaviour = {
  ...COUNTED,
  isUpdatedUnconditionally: false,
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    const names = draftAt(spec, "names");
    defaultTo(names, "singular", String(names["kind"] ?? "").toLowerCase());
    defaultTo(names, "listKind", `${String(names["kind"] ?? "")}List`);
    defaultTo(draftAt(spec, "conversion"), "strategy", "None");
  },
  validate: (object, before) => {
    const spec = objectAt(object, "spec") ?? {};
    const names = objectAt(spec, "names") ?? {};
    const name = textAt(object, "metadata", "name") ?? "";
    const wanted = `${names["plural"]}.${spec["group"]}`;
    const scopes = ["Cluster", "Namespaced"];
    const versions = objectsAt(spec, "versions");
    return [
      ...(name === wanted ? [] : [invalidValue("metadata.name", name, `must be spec.names.plural+"."+spec.group`)]),
      ...((names["kind"] ?? "") === "" ? [required("spec.names.kind")] : []),
      ...(scopes.includes(String(spec["scope"])) ? [] : [notSupported("spec.scope", spec["scope"], scopes)]),
      ...(versions.filter(({ storage }) => storage === true).length === 1
        ? []
        : [invalidValue("spec.versions", versions, "must have exactly one version marked as storage version")]),
      ...versions.flatMap((version, place) =>
        objectAt(version, "schema", "openAPIV3Schema") === undefined
          ? [required(`spec.versions[${place}].schema.openAPIV3Schema`, "schemas are required")]
          : [],
      ),
      ...(before === undefined ? [] : immutable("spec.scope", spec["scope"], textAt(before, "spec", "scope"))),
    ];
  },
};
