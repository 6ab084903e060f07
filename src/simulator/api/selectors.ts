import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { badRequest } from "./errors.ts";
import { at, fieldsOf } from "./json.ts";
import { type LabelRequirement, parseLabelSelector } from "./labelSelector.ts";
import type { Resource } from "./resource.ts";

export type Matcher = (object: KubeObject) => boolean;

type Labels = Readonly<Record<string, string>>;

/** `app=web,tier in (a, b),!old` as a question to an object's labels. */
export function labelMatcher(selector: string): Matcher {
  const requirements = parseLabelSelector(selector).map(requirement);
  return ({ metadata }) => {
    const labels: Labels = metadata.labels ?? {};
    return requirements.every((holds) => holds(labels));
  };
}

function requirement({ key, operator, values }: LabelRequirement): (labels: Labels) => boolean {
  const has = (labels: Labels): boolean => Object.hasOwn(labels, key);
  const [value = ""] = values;
  switch (operator) {
    case "exists":
      return has;
    case "!":
      return (labels) => !has(labels);
    case "in":
      return (labels) => has(labels) && values.includes(labels[key] ?? "");
    case "notin":
      return (labels) => !has(labels) || !values.includes(labels[key] ?? "");
    case "=":
      return (labels) => has(labels) && labels[key] === value;
    case "!=":
      return (labels) => labels[key] !== value;
    case ">":
      return (labels) => has(labels) && Number(labels[key]) > Number(value);
    case "<":
      return (labels) => has(labels) && Number(labels[key]) < Number(value);
  }
}

/** `matchLabels` and `matchExpressions`, as objects carry them. An empty selector matches everything. */
export function matchesSelector(selector: WireObject | undefined, labels: Labels): boolean {
  const wanted = Object.entries((selector?.["matchLabels"] ?? {}) as Labels);
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  const expressions = (selector?.["matchExpressions"] ?? []) as readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
  return expressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    if (operator === "In") return value !== undefined && values.includes(value);
    if (operator === "NotIn") return value === undefined || !values.includes(value);
    return (value !== undefined) === (operator === "Exists");
  });
}

/** Fields that any kind can be selected by, and those that only some can. */
const COMMON_FIELDS = ["metadata.name", "metadata.namespace"];

const MORE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "status.phase",
    "status.podIP",
  ],
  Event: [
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
  ],
  Namespace: ["status.phase"],
  Node: ["spec.unschedulable"],
  Secret: ["type"],
  ReplicaSet: ["status.replicas"],
  Service: ["spec.clusterIP", "spec.type"],
  Job: ["status.successful"],
};

/** `status.phase!=Running,metadata.name=x` as a question to an object. */
function fieldMatcher(selector: string, { kind, isCustom }: Pick<Resource, "kind" | "isCustom">): Matcher {
  const requirements = selector
    .split(",")
    .filter((text) => text.trim() !== "")
    .map((text) => {
      const [, field = "", operator, value = ""] = /^\s*([\w.]+)\s*(==|=|!=)\s*(.*)$/.exec(text) ?? [];
      if (operator === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
      mustBeKnown(field, kind, isCustom);
      const path = field === "source" ? ["source", "component"] : field.split(".");
      return { path, value, isWanted: operator !== "!=" };
    });
  return (object) =>
    requirements.every(({ path, value, isWanted }) => {
      const found = at(fieldsOf(object), ...path);
      return (String(found ?? "") === value) === isWanted;
    });
}

function mustBeKnown(field: string, kind: string, isCustom: boolean): void {
  const more = isCustom ? undefined : MORE_FIELDS[kind];
  if (COMMON_FIELDS.includes(field) || more?.includes(field)) return;
  if (more !== undefined || isCustom) throw badRequest(`field label not supported: ${field}`);
  const known = COMMON_FIELDS.map((name) => JSON.stringify(name)).join(", ");
  throw badRequest(`${JSON.stringify(field)} is not a known field selector: only ${known}`);
}

/** The selectors of a request; undefined where all objects are asked for. */
export function matcherOf(
  query: Readonly<Record<string, string>>,
  resource: Pick<Resource, "kind" | "isCustom">,
): Matcher | undefined {
  const { labelSelector, fieldSelector } = query as {
    readonly labelSelector?: string;
    readonly fieldSelector?: string;
  };
  const matchers = [
    ...(labelSelector === undefined || labelSelector === "" ? [] : [labelMatcher(labelSelector)]),
    ...(fieldSelector === undefined || fieldSelector === "" ? [] : [fieldMatcher(fieldSelector, resource)]),
  ];
  if (matchers.length === 0) return undefined;
  return (object) => matchers.every((matches) => matches(object));
}
