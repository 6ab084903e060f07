import type { JsonObject } from "../../domain/spec.ts";
import type { Split } from "../../domain/traffic.ts";
import { isObject, listOf, objectOf, same } from "./json.ts";
import { meansService, type RouteNames } from "./names.ts";
import { roomBeside, scale } from "./split.ts";

/** What our rule says apart from weights: only these fields are ours, all others in it are somebody's. */
export interface RuleFields {
  readonly match: readonly JsonObject[];
  readonly fields: JsonObject;
  /** Port of the destinations; undefined where Istio finds it by itself. */
  readonly port: number | undefined;
}

const OUR_FIELDS = new Set(["match", "rewrite", "timeout", "retries", "corsPolicy", "headers", "route"]);

/** Which of the hosts of a Canary an HTTP destination means. */
export type Version = "primary" | "canary" | "apex" | undefined;

export function versionOf(entry: unknown, names: RouteNames): Version {
  const host = objectOf(objectOf(entry)["destination"])["host"];
  const means = (name: string) => meansService(host, name, names.namespace);
  if (means(names.primary)) return "primary";
  if (means(names.canary)) return "canary";
  return means(names.apex) ? "apex" : undefined;
}

/** The versions that a rule sends requests to, in the order of its destinations. */
export function versionsOf(rule: unknown, names: RouteNames): readonly Version[] {
  return listOf(objectOf(rule)["route"]).map((entry) => versionOf(entry, names));
}

/**
 * Where our rule stands in the list; -1 when it is not there. Ours has both versions and our match. A rule that lost
 * one of the two by hand is still ours if its match is; with another match it is somebody's own, such as a header that
 * sends testers to the canary.
 */
export function findRule(http: readonly unknown[], names: RouteNames, match: readonly JsonObject[]): number {
  const found = http.map((rule) => {
    const versions = versionsOf(rule, names);
    const hits = Number(versions.includes("primary")) + Number(versions.includes("canary"));
    return { hits, isMatch: same(listOf(objectOf(rule)["match"]), match) };
  });
  const exact = found.findIndex(({ hits, isMatch }) => hits === 2 && isMatch);
  if (exact >= 0) return exact;
  const both = found.findIndex(({ hits }) => hits === 2);
  return both >= 0 ? both : found.findIndex(({ hits, isMatch }) => hits === 1 && isMatch);
}

/** Whether the rule sends requests to the named versions and to nothing else. */
export function routesOnlyTo(rule: unknown, names: RouteNames, wanted: readonly Version[]): boolean {
  const versions = versionsOf(rule, names);
  return versions.length > 0 && versions.every((version) => version !== undefined && wanted.includes(version));
}

/** Destinations of a rule that are not ours. Their weight is theirs; ours share what is left. */
export function foreignDestinations(rule: unknown, names: RouteNames): readonly unknown[] {
  return listOf(objectOf(rule)["route"]).filter((entry) => versionOf(entry, names) === undefined);
}

/** Weights are 32 bits wide. Numbers far beyond would no longer add up. */
const LARGEST_WEIGHT = 2 ** 31 - 1;

/** The weight of a destination as Envoy takes it: none is 0. */
export function weightOf(entry: unknown): number {
  const weight = objectOf(entry)["weight"];
  if (typeof weight !== "number" || !Number.isFinite(weight)) return 0;
  return Math.min(LARGEST_WEIGHT, Math.max(0, weight));
}

/** The sum of all foreign weights in a rule. */
export function foreignWeight(rule: unknown, names: RouteNames): number {
  return foreignDestinations(rule, names).reduce((sum: number, entry) => sum + weightOf(entry), 0);
}

/** Our rule on top of what stands in its place: our fields set or removed, all others as they are. */
export function mergeRule(base: unknown, ours: RuleFields, split: Split, names: RouteNames): JsonObject {
  const foreignFields = Object.fromEntries(Object.entries(objectOf(base)).filter(([field]) => !OUR_FIELDS.has(field)));
  const weights = scale(split, roomBeside(foreignWeight(base, names)));
  const destination = (version: "primary" | "canary") => {
    const entries = listOf(objectOf(base)["route"]);
    const before = objectOf(entries.find((entry) => versionOf(entry, names) === version));
    const { port: _port, ...target } = objectOf(before["destination"]);
    const port = ours.port === undefined ? {} : { port: { number: ours.port } };
    return { ...before, destination: { ...target, host: names[version], ...port }, weight: weights[version] };
  };
  return {
    ...foreignFields,
    ...(ours.match.length === 0 ? {} : { match: ours.match }),
    ...ours.fields,
    route: [destination("primary"), destination("canary"), ...foreignDestinations(base, names)],
  };
}

/** Where a rule without a place of its own goes: behind all that is more specific, before what catches everything. */
export function vacantPlace(http: readonly unknown[]): number {
  const catchAll = http.findIndex((rule) => isObject(rule) && listOf(rule["match"]).length === 0);
  return catchAll < 0 ? http.length : catchAll;
}
