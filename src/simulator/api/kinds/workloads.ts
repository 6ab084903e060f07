import type { WireObject } from "../../../resources/wire.ts";
import { type Cause, forbiddenField, invalidValue, notSupported, required } from "../errors.ts";
import { type Draft, defaultTo, draftAt, isEmpty, objectAt, textAt } from "../json.ts";
import type { Behaviour } from "../resource.ts";
import { matchesSelector } from "../selectors.ts";
import { immutable, labelProblems, negativeProblems } from "../validate.ts";
import { defaultPodSpec, invalidSelector, podSpecProblems } from "./pod.ts";

const COMMON = {
  isUpdatedUnconditionally: true,
  isCreatedByUpdate: false,
  answersDeleted: false,
  nameRule: "subdomain",
} as const;

const templateSpec = (draft: Draft): Draft => draftAt(draft, "spec", "template", "spec");

/** Deployment, whose generation counts changes of annotations as well. */
export const DEPLOYMENT: Behaviour = {
  ...COMMON,
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    defaultTo(spec, "replicas", 1);
    defaultTo(spec, "revisionHistoryLimit", 10);
    defaultTo(spec, "progressDeadlineSeconds", 600);
    const strategy = draftAt(spec, "strategy");
    defaultTo(strategy, "type", "RollingUpdate");
    if (strategy["type"] === "RollingUpdate") {
      const rolling = draftAt(strategy, "rollingUpdate");
      defaultTo(rolling, "maxUnavailable", "25%");
      defaultTo(rolling, "maxSurge", "25%");
    }
    defaultPodSpec(templateSpec(draft));
  },
  validate: (object, before) => {
    const spec = objectAt(object, "spec") ?? {};
    return [
      ...negativeProblems(spec["replicas"], "spec.replicas"),
      ...workloadProblems(spec, before),
      ...strategyProblems(spec),
      ...negativeProblems(spec["minReadySeconds"], "spec.minReadySeconds"),
      ...negativeProblems(spec["revisionHistoryLimit"], "spec.revisionHistoryLimit"),
      ...deadlineProblems(spec),
    ];
  },
  generationOf: ({ spec, metadata }) => [spec, objectAt(metadata, "annotations") ?? {}],
};

export const REPLICA_SET: Behaviour = {
  ...COMMON,
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    defaultTo(spec, "replicas", 1);
    if (spec["template"] !== undefined) defaultPodSpec(templateSpec(draft));
  },
  validate: (object, before) => {
    const spec = objectAt(object, "spec") ?? {};
    return [...negativeProblems(spec["replicas"], "spec.replicas"), ...workloadProblems(spec, before)];
  },
  generationOf: ({ spec }) => spec,
};

export const DAEMON_SET: Behaviour = {
  ...COMMON,
  defaults: (draft) => {
    const spec = draftAt(draft, "spec");
    defaultTo(spec, "revisionHistoryLimit", 10);
    defaultTo(draftAt(draft, "metadata", "annotations"), "deprecated.daemonset.template.generation", "1");
    const strategy = draftAt(spec, "updateStrategy");
    defaultTo(strategy, "type", "RollingUpdate");
    if (strategy["type"] === "RollingUpdate") {
      const rolling = draftAt(strategy, "rollingUpdate");
      defaultTo(rolling, "maxUnavailable", 1);
      defaultTo(rolling, "maxSurge", 0);
    }
    defaultPodSpec(templateSpec(draft));
  },
  validate: (object, before) => workloadProblems(objectAt(object, "spec") ?? {}, before),
  generationOf: ({ spec }) => spec,
};

function workloadProblems(spec: WireObject, before: WireObject | undefined): readonly Cause[] {
  const selector = objectAt(spec, "selector");
  const template = objectAt(spec, "template");
  const labels = (objectAt(template, "metadata", "labels") ?? {}) as Readonly<Record<string, string>>;
  return [
    ...selectorProblems(selector),
    ...(selector === undefined || (!isEmpty(selector) && !matchesSelector(selector, labels))
      ? [invalidSelector(objectAt(template, "metadata", "labels"), "spec.template.metadata.labels")]
      : []),
    ...(template === undefined ? [required("spec.template")] : templateProblems(template)),
    ...(before === undefined ? [] : immutable("spec.selector", selector, objectAt(before, "spec", "selector"))),
  ];
}

function selectorProblems(selector: WireObject | undefined): readonly Cause[] {
  if (selector === undefined) return [required("spec.selector")];
  if (isEmpty(selector)) return [invalidValue("spec.selector", selector, "empty selector is invalid for deployment")];
  return labelProblems(selector["matchLabels"], "spec.selector.matchLabels");
}

function templateProblems(template: WireObject): readonly Cause[] {
  const spec = objectAt(template, "spec") ?? {};
  const policy = textAt(spec, "restartPolicy");
  return [
    ...labelProblems(objectAt(template, "metadata", "labels"), "spec.template.labels"),
    ...podSpecProblems(spec, "spec.template.spec"),
    ...(policy === "OnFailure" || policy === "Never"
      ? [notSupported("spec.template.spec.restartPolicy", policy, ["Always"])]
      : []),
  ];
}

function strategyProblems(spec: WireObject): readonly Cause[] {
  const strategy = objectAt(spec, "strategy") ?? {};
  const rolling = objectAt(strategy, "rollingUpdate");
  if (strategy["type"] === "Recreate") {
    const why = "may not be specified when strategy `type` is 'Recreate'";
    return rolling === undefined ? [] : [forbiddenField("spec.strategy.rollingUpdate", why)];
  }
  if (strategy["type"] !== "RollingUpdate")
    return [
      notSupported("spec.strategy", { Type: strategy["type"], RollingUpdate: null }, ["Recreate", "RollingUpdate"]),
    ];
  const isZero = (value: unknown): boolean => value === 0 || value === "0%";
  return [
    ...shareProblems(rolling?.["maxUnavailable"], "spec.strategy.rollingUpdate.maxUnavailable"),
    ...shareProblems(rolling?.["maxSurge"], "spec.strategy.rollingUpdate.maxSurge"),
    ...(isZero(rolling?.["maxUnavailable"]) && isZero(rolling?.["maxSurge"])
      ? [
          invalidValue(
            "spec.strategy.rollingUpdate.maxUnavailable",
            rolling?.["maxUnavailable"],
            "may not be 0 when `maxSurge` is 0",
          ),
        ]
      : []),
  ];
}

function shareProblems(value: unknown, field: string): readonly Cause[] {
  if (typeof value === "number") return negativeProblems(value, field);
  const said =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return /^[0-9]+%$/.test(String(value)) ? [] : [invalidValue(field, value, said)];
}

function deadlineProblems(spec: WireObject): readonly Cause[] {
  const { progressDeadlineSeconds: deadline, minReadySeconds: ready = 0 } = spec as Readonly<Record<string, number>>;
  if (deadline === undefined) return [];
  const field = "spec.progressDeadlineSeconds";
  return [
    ...negativeProblems(deadline, field),
    ...(deadline <= ready ? [invalidValue(field, deadline, "must be greater than minReadySeconds")] : []),
  ];
}
