import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { isEqual, listAt, objectAt, objectsAt, textAt } from "../../simulator/api/json.ts";
import { sharedRule } from "./route.ts";

/** Annotations and labels that the controller may set and take away on an object of somebody else's. */
const OURS =
  /^(?:serin\.dev\/|flagger\.kubernetes\.io\/|kustomize\.toolkit\.fluxcd\.io\/reconcile$|helm\.toolkit\.fluxcd\.io\/driftDetection$)/;

/** Fields of the shared rule that say how the Canary is routed. */
const RULE_FIELDS = new Set(["match", "rewrite", "timeout", "retries", "corsPolicy", "headers", "route"]);

/** What somebody else wrote on an object that the controller works on, in parts that have names. */
export type Foreign = ReadonlyMap<string, unknown>;

/** The parts that must be the same after any write of ours. */
export function foreignParts(object: KubeObject, service: string): Foreign {
  const parts = new Map<string, unknown>([...marks(object, "labels"), ...marks(object, "annotations")]);
  const spec = objectAt(object, "spec") ?? {};
  if (object.kind === "Deployment") return without(parts, spec, ["replicas"]);
  if (object.kind === "Service") return without(parts, spec, ["selector", "ports"]);
  if (object.kind === "VirtualService") return route(parts, object, service);
  return without(parts, spec, []);
}

/** The first part that is not as it was, in words. */
export function firstLost(before: Foreign, after: Foreign): string | undefined {
  for (const [name, value] of before) {
    if (isEqual(after.get(name), value)) continue;
    return `${name} was ${JSON.stringify(value)} and is ${JSON.stringify(after.get(name))}`;
  }
  return undefined;
}

function marks(object: KubeObject, field: "labels" | "annotations"): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(object.metadata[field] ?? {});
  return entries.filter(([key]) => !OURS.test(key)).map(([key, value]) => [`metadata.${field}.${key}`, value]);
}

function without(parts: Map<string, unknown>, spec: WireObject, ours: readonly string[]): Foreign {
  for (const [field, value] of Object.entries(spec)) if (!ours.includes(field)) parts.set(`spec.${field}`, value);
  return parts;
}

function route(parts: Map<string, unknown>, object: KubeObject, service: string): Foreign {
  without(parts, objectAt(object, "spec") ?? {}, ["http", "hosts", "gateways"]);
  const shared = sharedRule(object, service);
  const rules = objectsAt(object, "spec", "http").filter((rule) => rule !== shared && !isApexRule(rule, service));
  parts.set("spec.http of others", rules);
  if (shared === undefined) return parts;
  for (const [field, value] of Object.entries(shared)) {
    if (!RULE_FIELDS.has(field)) parts.set(`spec.http[].${field}`, value);
  }
  const versions = [`${service}-primary`, `${service}-canary`];
  const others = listAt(shared, "route").filter((entry) => !versions.includes(hostOf(entry)));
  parts.set("spec.http[].route of others", others);
  return parts;
}

/** A rule that does nothing but what ours does for it: the way in, before there was a Canary. */
function isApexRule(rule: WireObject, service: string): boolean {
  return listAt(rule, "route").every((entry) => hostOf(entry) === service);
}

const hostOf = (entry: unknown): string => (textAt(entry, "destination", "host") ?? "").split(".")[0] ?? "";
