/** Delegation: rules of one VirtualService that another one lends its hosts to. Works on the objects as they are written. */
import type { KubeObject } from "../../runtime/transport.ts";
import { type Json, listOf, objectOf, textOf, textsOf } from "./wire.ts";

export interface Delegated {
  readonly rules: readonly Json[];
  readonly problems: readonly string[];
}

/** What a rule takes over from the rule that delegates to it, where it is silent itself. */
const INHERITED = [
  "rewrite",
  "directResponse",
  "timeout",
  "retries",
  "fault",
  "mirror",
  "mirrorPercent",
  "mirrorPercentage",
  "corsPolicy",
  "mirrors",
  "headers",
] as const;

/** The rules of a VirtualService with those of its delegates in their places. */
export function withDelegates(root: KubeObject, find: (key: string) => KubeObject | undefined): Delegated {
  const problems: string[] = [];
  const namespace = root.metadata.namespace ?? "";
  const rules = listOf(objectOf(root["spec"])["http"])
    .map(objectOf)
    .flatMap((rule, index): readonly Json[] => {
      if (rule["delegate"] === undefined) return [rule];
      const { name, namespace: other } = objectOf(rule["delegate"]);
      const key = `${textOf(other) || namespace}/${String(name)}`;
      const delegate = find(key);
      const spec = objectOf(delegate?.["spec"]);
      if (delegate === undefined || textsOf(spec["hosts"]).length > 0) {
        problems.push(`spec.http[${index}].delegate: ${key} is ${delegate ? "not without hosts" : "not there"}`);
        return [];
      }
      const inners = listOf(spec["http"]).map(objectOf);
      return inners.flatMap((inner): readonly Json[] => {
        const merged = mergeRule(rule, inner, delegate.metadata.namespace ?? "");
        return merged === undefined ? [] : [merged];
      });
    });
  return { rules, problems };
}

function mergeRule(root: Json, inner: Json, namespace: string): Json | undefined {
  const match = mergeMatches(listOf(root["match"]).map(objectOf), listOf(inner["match"]).map(objectOf));
  if (match === undefined) return undefined;
  const inherited = Object.fromEntries(
    INHERITED.filter((field) => inner[field] === undefined && root[field] !== undefined).map((field) => [
      field,
      root[field],
    ]),
  );
  return { ...inherited, ...inner, ...(match.length === 0 ? {} : { match }), [HOME]: namespace };
}

/** Under this name a rule carries the namespace that its short host names belong to. No field of Istio is called so. */
export const HOME = "#namespace";

function mergeMatches(roots: readonly Json[], inners: readonly Json[]): readonly Json[] | undefined {
  if (roots.length === 0) return inners;
  if (inners.length === 0) return roots;
  const merged: Json[] = [];
  for (const inner of inners) {
    const fitting = roots.filter((root) => !conflicts(root, inner));
    // One that asks for what the root excludes spoils the whole rule.
    if (fitting.length === 0) return undefined;
    merged.push(...fitting.map((root) => mergeMatch(root, inner)));
  }
  return merged;
}

const MAPS = ["headers", "withoutHeaders", "queryParams"] as const;
const TEXTS = ["uri", "scheme", "method", "authority"] as const;

function mergeMatch(root: Json, inner: Json): Json {
  const maps = MAPS.map((field) => [field, { ...objectOf(root[field]), ...objectOf(inner[field]) }]);
  const used = maps.filter(([, map]) => Object.keys(map ?? {}).length > 0);
  const gateways = listOf(inner["gateways"]).length > 0 ? inner["gateways"] : root["gateways"];
  return { ...root, ...inner, ...Object.fromEntries(used), ...(gateways === undefined ? {} : { gateways }) };
}

function conflicts(root: Json, inner: Json): boolean {
  if (TEXTS.some((field) => textConflicts(root[field], inner[field]))) return true;
  const clashes = MAPS.some((field) =>
    Object.entries(objectOf(inner[field])).some(([name, match]) => textConflicts(objectOf(root[field])[name], match)),
  );
  if (clashes || (root["ignoreUriCase"] === true) !== (inner["ignoreUriCase"] === true)) return true;
  if (root["port"] && inner["port"] && root["port"] !== inner["port"]) return true;
  const [outerGateways, innerGateways] = [textsOf(root["gateways"]), textsOf(inner["gateways"])];
  return outerGateways.length > 0 && innerGateways.some((name) => !outerGateways.includes(name));
}

/** Whether the inner match could let through what the root does not. Two regular expressions are never compared. */
function textConflicts(root: unknown, inner: unknown): boolean {
  if (root === undefined || inner === undefined) return false;
  const [outer, leaf] = [objectOf(root), objectOf(inner)];
  if (outer["exact"]) return leaf["exact"] !== outer["exact"];
  const text = leaf["exact"] || leaf["prefix"];
  return !(outer["prefix"] && text && String(text).startsWith(String(outer["prefix"])));
}
