import type { ClusterObject, ClusterOwner } from "../../../control/ports.ts";
import type { JsonObject } from "../../../domain/spec.ts";
import { asArray, asNumber, asObject, asStrings, canonicalJson, objectsOf, present, wordOf } from "../json.ts";
import { keepPrimaryApart } from "./antiAffinity.ts";
import {
  includedLabels,
  type LabelRules,
  primaryLabelOf,
  primaryName,
  type SelectorLabel,
  withoutBookkeeping,
  withoutToolkit,
} from "./labels.ts";
import { type Rename, referencesOf, renameReferences } from "./references.ts";

/** On the primary: the revision of the target's template that it was copied from. */
export const REVISION = "serin.dev/revision";
/** On the primary's pods, as Flagger has it: another value for each copy, so that pods roll. */
export const COPY_ID = "flagger-id";

/** What a primary is made from. */
export interface PrimarySource {
  readonly target: ClusterObject;
  readonly label: SelectorLabel;
  /** The primary as it is; undefined while there is none. */
  readonly live: ClusterObject | undefined;
  readonly owner: ClusterOwner;
  readonly revision: string;
  readonly copyId: string;
  /** Names the primary's own copies of configs. */
  readonly rename: Rename;
}

/** The primary as a whole, for server-side apply: every field of it is ours. */
export function renderPrimary(source: PrimarySource, rules: LabelRules): ClusterObject {
  const { target, owner, revision, live } = source;
  const spec = asObject(target["spec"]) ?? {};
  const label = primaryLabelOf(source.label);
  const { progressDeadlineSeconds, minReadySeconds, revisionHistoryLimit, strategy } = spec;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: primaryName(target.metadata.name),
      ...(target.metadata.namespace !== undefined && { namespace: target.metadata.namespace }),
      labels: { ...includedLabels(target.metadata.labels, rules), [label.key]: label.value },
      annotations: { ...withoutBookkeeping(target.metadata.annotations), [REVISION]: revision },
      ownerReferences: [owner],
    },
    spec: {
      ...present({ progressDeadlineSeconds, minReadySeconds, revisionHistoryLimit, strategy }),
      // Always said: a field that apply once owned and does not mention again falls back to its default, one replica.
      replicas: replicasFor(target, live),
      selector: { matchLabels: { [label.key]: label.value } },
      template: templateFor(source, rules),
    },
  };
}

/** Whether the target asks for what the primary's pods are made from, whoever made the primary and however it was named. */
export function runsSameTemplate(
  pair: { readonly target: ClusterObject; readonly primary: ClusterObject; readonly label: SelectorLabel },
  rules: LabelRules,
): boolean {
  const { target, primary, label } = pair;
  const template = asObject(asObject(primary["spec"])?.["template"]) ?? {};
  const wanted = templateFor(
    { target, label, copyId: podAnnotationsOf(primary)[COPY_ID], rename: ({ name }) => name },
    rules,
  );
  const names = new Set(referencesOf(podSpecOf(target)).map(({ kind, name }) => `${kind}/${primaryName(name)}`));
  // Which configs had copies is not known any more, so a mention of a copy counts as a mention of its source.
  const rename: Rename = ({ kind, name }) =>
    names.has(`${kind}/${name}`) ? name.slice(0, -primaryName("").length) : name;
  const asked = { ...template, spec: renameReferences(asObject(template["spec"]) ?? {}, rename) };
  return canonicalJson(bare(wanted)) === canonicalJson(bare(asked));
}

export function podSpecOf(workload: ClusterObject): JsonObject {
  return asObject(asObject(asObject(workload["spec"])?.["template"])?.["spec"]) ?? {};
}

export function podAnnotationsOf(workload: ClusterObject): Readonly<Record<string, string>> {
  const template = asObject(asObject(workload["spec"])?.["template"]);
  return asStrings(asObject(template?.["metadata"])?.["annotations"]);
}

export function desiredReplicas(deployment: ClusterObject): number {
  return Math.max(0, asNumber(asObject(deployment["spec"])?.["replicas"]) ?? 1);
}

function templateFor(
  source: Pick<PrimarySource, "target" | "label" | "rename"> & { readonly copyId: string | undefined },
  rules: LabelRules,
): JsonObject {
  const { target, copyId } = source;
  const label = primaryLabelOf(source.label);
  const metadata = asObject(asObject(asObject(target["spec"])?.["template"])?.["metadata"]);
  const annotations = withoutToolkit(asStrings(metadata?.["annotations"]));
  const from = { targetName: target.metadata.name, selectorLabels: rules.selectorLabels };
  return {
    metadata: {
      labels: { ...withoutToolkit(asStrings(metadata?.["labels"])), [label.key]: label.value },
      annotations: copyId === undefined ? annotations : { ...annotations, [COPY_ID]: copyId },
    },
    spec: withoutTwins(keepPrimaryApart(renameReferences(podSpecOf(target), source.rename), from)),
  };
}

/** Only what pods are made from: the API server adds an empty creationTimestamp, and drops an empty map. */
function bare(template: JsonObject): JsonObject {
  const metadata = asObject(template["metadata"]);
  const { labels, annotations } = {
    labels: asStrings(metadata?.["labels"]),
    annotations: asStrings(metadata?.["annotations"]),
  };
  return { labels, annotations, spec: template["spec"] };
}

function replicasFor(target: ClusterObject, live: ClusterObject | undefined): number {
  const wanted = desiredReplicas(target);
  if (wanted > 0) return wanted;
  return live === undefined ? 1 : desiredReplicas(live);
}

/**
 * Without entries that server-side apply refuses as duplicates although pods may have them: of two variables of one name
 * the later counts, of two ports of one number the earlier.
 */
function withoutTwins(podSpec: JsonObject): JsonObject {
  const inContainers = (field: "containers" | "initContainers"): JsonObject =>
    asArray(podSpec[field]) === undefined ? {} : { [field]: objectsOf(podSpec[field]).map(withoutTwinEntries) };
  return { ...podSpec, ...inContainers("initContainers"), ...inContainers("containers") };
}

function withoutTwinEntries(container: JsonObject): JsonObject {
  const { env, ports } = container;
  const variable = ({ name }: JsonObject): string => wordOf(name);
  const port = ({ containerPort, protocol }: JsonObject): string =>
    `${wordOf(containerPort)}/${wordOf(protocol ?? "TCP")}`;
  return {
    ...container,
    ...(asArray(env) && { env: distinct(objectsOf(env).toReversed(), variable).toReversed() }),
    ...(asArray(ports) && { ports: distinct(objectsOf(ports), port) }),
  };
}

function distinct(entries: readonly JsonObject[], nameOf: (entry: JsonObject) => string): readonly JsonObject[] {
  const names = entries.map(nameOf);
  return entries.filter((_, index) => names.indexOf(names[index] ?? "") === index);
}
