import type { JsonObject } from "../../../domain/spec.ts";
import { asArray, asObject, asString, asStrings, objectsOf } from "../json.ts";
import { primaryName } from "./labels.ts";

/** Whose pods are kept apart: the target's, under any of the selector labels. */
export interface ApartFrom {
  readonly targetName: string;
  readonly selectorLabels: readonly string[];
}

/**
 * The pod spec with the rules that keep the target's pods apart turned on the primary's own. As they were, they would
 * keep the primary away from the canary and let the primary's pods crowd on one node.
 */
export function keepPrimaryApart(podSpec: JsonObject, from: ApartFrom): JsonObject {
  const affinity = asObject(podSpec["affinity"]);
  const antiAffinity = asObject(affinity?.["podAntiAffinity"]);
  const spread = podSpec["topologySpreadConstraints"];
  return {
    ...podSpec,
    ...(antiAffinity && { affinity: { ...affinity, podAntiAffinity: inAntiAffinity(antiAffinity, from) } }),
    ...(asArray(spread) && { topologySpreadConstraints: objectsOf(spread).map((rule) => inTerm(rule, from)) }),
  };
}

function inAntiAffinity(antiAffinity: JsonObject, from: ApartFrom): JsonObject {
  const preferred = antiAffinity["preferredDuringSchedulingIgnoredDuringExecution"];
  const required = antiAffinity["requiredDuringSchedulingIgnoredDuringExecution"];
  return {
    ...antiAffinity,
    ...(asArray(preferred) && {
      preferredDuringSchedulingIgnoredDuringExecution: objectsOf(preferred).map((wish) => ({
        ...wish,
        podAffinityTerm: inTerm(asObject(wish["podAffinityTerm"]) ?? {}, from),
      })),
    }),
    ...(asArray(required) && {
      requiredDuringSchedulingIgnoredDuringExecution: objectsOf(required).map((term) => inTerm(term, from)),
    }),
  };
}

function inTerm(term: JsonObject, from: ApartFrom): JsonObject {
  const selector = asObject(term["labelSelector"]);
  if (selector === undefined) return term;
  const { matchLabels, matchExpressions } = selector;
  const labelSelector = {
    ...selector,
    ...(asObject(matchLabels) && { matchLabels: inLabels(asStrings(matchLabels), from) }),
    ...(asArray(matchExpressions) && {
      matchExpressions: objectsOf(matchExpressions).map((expression) => inExpression(expression, from)),
    }),
  };
  return { ...term, labelSelector };
}

function inLabels(labels: Readonly<Record<string, string>>, from: ApartFrom): Readonly<Record<string, string>> {
  const isMeant = (key: string, value: string): boolean =>
    from.selectorLabels.includes(key) && value === from.targetName;
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [key, isMeant(key, value) ? primaryName(value) : value]),
  );
}

function inExpression(expression: JsonObject, from: ApartFrom): JsonObject {
  const values = asArray(expression["values"]);
  if (values === undefined || !from.selectorLabels.includes(asString(expression["key"]) ?? "")) return expression;
  const first = values.indexOf(from.targetName);
  return {
    ...expression,
    values: values.map((value, index) => (index === first ? primaryName(from.targetName) : value)),
  };
}
