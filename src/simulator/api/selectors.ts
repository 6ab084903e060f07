import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { badRequest } from "./errors.ts";
import { at, fieldsOf } from "./json.ts";

export type Matcher = (object: KubeObject) => boolean;

type Labels = Readonly<Record<string, string>>;

const REQUIREMENT = /^(!)?\s*([\w./-]+)\s*(?:(==|=|!=|>|<)\s*([\w.-]*)|\s(in|notin)\s*\(([^)]*)\))?$/;

/** `app=web,tier in (a, b),!old` as a question to an object's labels. */
export function labelMatcher(selector: string): Matcher {
  const requirements = split(selector).map((text) => requirement(text, selector));
  return ({ metadata }) => {
    const labels: Labels = metadata.labels ?? {};
    return requirements.every((holds) => holds(labels));
  };
}

/** Commas divide requirements, except those in parentheses. */
function split(selector: string): readonly string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((text) => text.trim())
    .filter((text) => text !== "");
}

function requirement(text: string, selector: string): (labels: Labels) => boolean {
  const [, not, key = "", operator, value = "", set, values = ""] = REQUIREMENT.exec(text) ?? [];
  if (key === "") throw badRequest(`unable to parse requirement: found '${text}' in ${JSON.stringify(selector)}`);
  const has = (labels: Labels): boolean => Object.hasOwn(labels, key);
  if (set !== undefined) {
    const listed = values.split(",").map((one) => one.trim());
    return (labels) => (has(labels) && listed.includes(labels[key] ?? "")) === (set === "in");
  }
  if (operator === "=" || operator === "==") return (labels) => has(labels) && labels[key] === value;
  if (operator === "!=") return (labels) => labels[key] !== value;
  if (operator === ">") return (labels) => Number(labels[key]) > Number(value);
  if (operator === "<") return (labels) => Number(labels[key]) < Number(value);
  return (labels) => has(labels) === (not === undefined);
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
export function fieldMatcher(selector: string, kind: string): Matcher {
  const requirements = split(selector).map((text) => {
    const [, field = "", operator, value = ""] = /^([\w.]+)\s*(==|=|!=)\s*(.*)$/.exec(text) ?? [];
    if (operator === undefined) throw badRequest(`invalid selector: '${selector}'; can't understand '${text}'`);
    if (!COMMON_FIELDS.includes(field) && !MORE_FIELDS[kind]?.includes(field)) {
      throw badRequest(`field label not supported: ${field}`);
    }
    const path = field === "source" ? ["source", "component"] : field.split(".");
    return { path, value, isWanted: operator !== "!=" };
  });
  return (object) =>
    requirements.every(({ path, value, isWanted }) => {
      const found = at(fieldsOf(object), ...path);
      return (String(found ?? "") === value) === isWanted;
    });
}

/** The selectors of a request; undefined where all objects are asked for. */
export function matcherOf(query: Readonly<Record<string, string>>, kind: string): Matcher | undefined {
  const { labelSelector, fieldSelector } = query as {
    readonly labelSelector?: string;
    readonly fieldSelector?: string;
  };
  const matchers = [
    ...(labelSelector === undefined || labelSelector === "" ? [] : [labelMatcher(labelSelector)]),
    ...(fieldSelector === undefined || fieldSelector === "" ? [] : [fieldMatcher(fieldSelector, kind)]),
  ];
  if (matchers.length === 0) return undefined;
  return (object) => matchers.every((matches) => matches(object));
}
