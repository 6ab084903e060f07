import type { CanaryRecord, ClusterObject, ClusterOwner } from "../../../control/ports.ts";
import { asObject, asStrings } from "../json.ts";
import { KINDS } from "../kinds.ts";

/** Which labels tell versions apart and which are copied; from the controller's flags. */
export interface LabelRules {
  /** Keys looked for in the target's selector, in this order. */
  readonly selectorLabels: readonly string[];
  /** Metadata labels with these prefixes are copied to what is generated; `*` copies all. */
  readonly includeLabelPrefixes: readonly string[];
}

export interface SelectorLabel {
  readonly key: string;
  readonly value: string;
}

type Strings = Readonly<Record<string, string>>;

/** The label by which the target's pods are selected; undefined where its selector has none of those we look for. */
export function selectorLabelOf(target: ClusterObject, { selectorLabels }: LabelRules): SelectorLabel | undefined {
  const matchLabels = asStrings(asObject(asObject(target["spec"])?.["selector"])?.["matchLabels"]);
  const key = selectorLabels.find((label) => matchLabels[label] !== undefined);
  const value = key === undefined ? undefined : matchLabels[key];
  return key === undefined || value === undefined ? undefined : { key, value };
}

/** The label by which a primary's pods are selected: the only one it has, also when it is looked for no more. */
export function primarysOwnLabel(primary: ClusterObject): SelectorLabel | undefined {
  const matchLabels = asStrings(asObject(asObject(primary["spec"])?.["selector"])?.["matchLabels"]);
  const [[key, value] = []] = Object.entries(matchLabels);
  return key === undefined || value === undefined ? undefined : { key, value };
}

/** The same label for the primary's pods. Of the label's value, which need not be the target's name. */
export function primaryLabelOf({ key, value }: SelectorLabel): SelectorLabel {
  return { key, value: primaryName(value) };
}

/** The target's label, told from the primary's. */
export function targetLabelOf({ key, value }: SelectorLabel): SelectorLabel {
  return { key, value: value.replace(/-primary$/, "") };
}

export function primaryName(name: string): string {
  return `${name}-primary`;
}

/** Labels that the flag asks to copy. An empty prefix matches nothing, as Flagger has it. */
export function includedLabels(labels: Strings | undefined, { includeLabelPrefixes }: LabelRules): Strings {
  const isIncluded = (key: string): boolean =>
    includeLabelPrefixes.some((prefix) => prefix === "*" || (prefix !== "" && key.startsWith(prefix)));
  return select(labels, (key) => isIncluded(key) && !isToolkits(key));
}

/** Without the keys by which Flux finds its objects: a copy that carries them would be pruned. */
export function withoutToolkit(map: Strings | undefined): Strings {
  return select(map, (key) => !isToolkits(key));
}

/** What other tools note on an object about that very object, and would misread on a copy. */
const BOOKKEEPING = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/",
  "argocd.argoproj.io/",
  "meta.helm.sh/",
];

/** Annotations that mean the same on a copy. */
export function withoutBookkeeping(annotations: Strings | undefined): Strings {
  return select(annotations, (key) => !isToolkits(key) && !BOOKKEEPING.some((prefix) => key.startsWith(prefix)));
}

/** The Canary as the controller of what is made for it. */
export function ownerOf({ facts, uid }: CanaryRecord): ClusterOwner {
  const { apiVersion } = KINDS.Canary;
  return { apiVersion, kind: "Canary", name: facts.name, uid, controller: true, blockOwnerDeletion: true };
}

export function controllerOf(object: ClusterObject): ClusterOwner | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

function isToolkits(key: string): boolean {
  return key.includes("toolkit.fluxcd.io");
}

function select(map: Strings | undefined, isKept: (key: string) => boolean): Strings {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => isKept(key)));
}
