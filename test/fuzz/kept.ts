import { isDeepStrictEqual } from "node:util";
import type { ClusterObject } from "../../src/control/ports.ts";
import { isWireObject } from "../../src/resources/wire.ts";
import { law } from "./broken.ts";
import { UID } from "./scene.ts";
import { fieldOf, hostOf, hostsIn, listOf, rulesOf } from "./split.ts";

/** What a Canary says on the objects of a route, besides what its own spec asks for. */
const MARKS = [
  "serin.dev/applied",
  "serin.dev/taken-over-by",
  "serin.dev/original",
  "serin.dev/split",
  "flagger.kubernetes.io/original-configuration",
  "kustomize.toolkit.fluxcd.io/reconcile",
  "helm.toolkit.fluxcd.io/driftDetection",
];

/** Spec fields of each kind that are ours. All others are somebody's. */
const OWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Service: ["selector", "ports", "trafficDistribution", "clusterIP"],
  VirtualService: ["hosts", "gateways", "http"],
  DestinationRule: ["host", "trafficPolicy"],
};

/** That a change of one object left everything that is not ours byte for byte as it was. */
export function checkKept(was: ClusterObject, is: ClusterObject, own: Own): void {
  const kind = String(was.kind);
  const fields = OWN_FIELDS[kind];
  if (kind === "Deployment" && !was.metadata.name.endsWith("-primary")) {
    const { replicas: _one, ...before } = fieldsOf(was["spec"]);
    const { replicas: _other, ...after } = fieldsOf(is["spec"]);
    law(
      same(before, after) && same(was["metadata"].labels, is.metadata.labels),
      "only the target's replicas are changed",
    );
  }
  if (fields === undefined) return;
  checkFields(fieldsOf(was["spec"]), fieldsOf(is["spec"]), fields, `spec of ${kind}`);
  const keys = [...MARKS, ...own.keys];
  checkFields(fieldsOf(was.metadata.labels), fieldsOf(is.metadata.labels), keys, `labels of ${kind}`);
  checkFields(fieldsOf(was.metadata.annotations), fieldsOf(is.metadata.annotations), keys, `annotations of ${kind}`);
  if (kind === "VirtualService" && own.hasUsualNames) checkRules(was, is, isFlaggers(was));
}

/** What of an object's metadata the Canary and its workloads speak for, and whether their names are those of `splitOf`. */
export interface Own {
  readonly keys: readonly string[];
  readonly hasUsualNames: boolean;
  /** What the Canary rolls out, by kind and name. */
  readonly targets: readonly (string | undefined)[];
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isWireObject(value) ? value : {});

function checkFields(
  was: Readonly<Record<string, unknown>>,
  is: Readonly<Record<string, unknown>>,
  own: readonly string[],
  where: string,
): void {
  for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
    if (own.includes(name)) continue;
    law(
      same(fieldOf(was, name), fieldOf(is, name)),
      "a foreign field is kept byte for byte",
      () => `${where}, ${name}`,
    );
  }
}

/** Fields of a rule that the Canary's spec speaks for. */
const RULE_FIELDS = ["match", "rewrite", "timeout", "retries", "corsPolicy", "headers", "route"];

/** Owned and without our mark: Flagger made it, and owned its list of rules whole. */
function isFlaggers({ metadata }: ClusterObject): boolean {
  const isOwned = metadata.ownerReferences?.some(({ uid, controller }) => uid === UID && controller === true) === true;
  return isOwned && fieldOf(metadata.annotations, "serin.dev/applied") === undefined;
}

function checkRules(was: ClusterObject, is: ClusterObject, isLeftover: boolean): void {
  const after = rulesOf(is);
  const written = after.filter((rule) => !rulesOf(was).some((other) => same(rule, other)));
  for (const rule of written) {
    const hosts = hostsIn(rule);
    law(
      hosts.includes("primary") && hosts.includes("canary"),
      "a rule that is written names both versions",
      () => rule,
    );
    checkWeights(rule);
  }
  if (isLeftover) return;
  let place = 0;
  for (const rule of rulesOf(was)) {
    const hosts = hostsIn(rule);
    // Rules to our hosts alone may be Flagger's leftovers, or what the Canary's own rule takes the place of.
    if (hosts.length > 0 && hosts.every((host) => host !== undefined)) continue;
    const found = after.findIndex((other, at) => at >= place && (same(other, rule) || isMergedFrom(other, rule)));
    law(found >= 0, "a foreign rule is kept, and in its order", () => rule);
    place = found + 1;
  }
}

/** Ours in the place of one that had destinations of others: those, and its foreign fields, are still there. */
function isMergedFrom(merged: unknown, rule: unknown): boolean {
  const hosts = hostsIn(merged);
  if (!hosts.includes("primary") || !hosts.includes("canary")) return false;
  const foreign = listOf(fieldOf(rule, "route")).filter((entry) => hostOf(entry) === undefined);
  const kept = listOf(fieldOf(merged, "route")).filter((entry) => hostOf(entry) === undefined);
  const fields = Object.entries(fieldsOf(rule)).filter(([name]) => !RULE_FIELDS.includes(name));
  return same(foreign, kept) && fields.every(([name, value]) => same(fieldOf(merged, name), value));
}

function checkWeights(rule: unknown): void {
  const entries = listOf(fieldOf(rule, "route"));
  const weight = (entry: unknown): number => Number(fieldOf(entry, "weight") ?? 0);
  const ours = entries.filter((entry) => hostOf(entry) === "primary" || hostOf(entry) === "canary").map(weight);
  const others = entries.filter((entry) => hostOf(entry) === undefined).map((entry) => fieldOf(entry, "weight"));
  const foreign = others.reduce((sum: number, one) => sum + (typeof one === "number" ? Math.max(0, one) : 0), 0);
  law(
    ours.length === 2 && ours.every((one) => Number.isInteger(one) && one >= 0 && one <= 100),
    "weights are whole percents",
    () => rule,
  );
  const room = foreign > 0 && foreign < 100 ? 100 - foreign : 100;
  const sum = ours.reduce((total, one) => total + one, 0);
  law(Math.abs(sum - room) <= 1, "weights sum to 100", () => rule);
}

/** Byte for byte: the order of fields counts as well. */
function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other) && JSON.stringify(one) === JSON.stringify(other);
}
