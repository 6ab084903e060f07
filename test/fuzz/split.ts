import type { ClusterObject } from "../../src/control/ports.ts";
import { isWireObject } from "../../src/resources/wire.ts";
import { NAME, NAMESPACE } from "./scene.ts";

/** How a route splits between the two versions, in percent, read without the production code. */
export type SeenSplit =
  | { readonly primary: number; readonly canary: number }
  /** No rule names either of the two. */
  | "none"
  /** Several rules do, or one in a way that only Istio's rules could settle. */
  | "unclear";

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const fieldOf = (value: unknown, name: string): unknown =>
  isWireObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

export const rulesOf = (route: ClusterObject | undefined): readonly unknown[] =>
  listOf(fieldOf(route?.["spec"], "http"));

/** Which of the three hosts a destination means. */
export function hostOf(entry: unknown): "primary" | "canary" | "apex" | undefined {
  const host = fieldOf(fieldOf(entry, "destination"), "host");
  if (typeof host !== "string") return undefined;
  const [name, namespace = NAMESPACE, svc = "svc"] = host.toLowerCase().split(".");
  if (namespace !== NAMESPACE || svc !== "svc") return undefined;
  if (name === `${NAME}-primary`) return "primary";
  if (name === `${NAME}-canary`) return "canary";
  return name === NAME ? "apex" : undefined;
}

export const hostsIn = (rule: unknown) => listOf(fieldOf(rule, "route")).map(hostOf);

export function splitOf(route: ClusterObject | undefined): SeenSplit {
  const naming = rulesOf(route).filter((rule) => hostsIn(rule).some((host) => host === "primary" || host === "canary"));
  const [rule] = naming;
  if (rule === undefined) return "none";
  const hosts = hostsIn(rule);
  if (naming.length > 1 || !hosts.includes("primary") || !hosts.includes("canary")) return "unclear";
  const weights = { primary: 0, canary: 0 };
  for (const entry of listOf(fieldOf(rule, "route"))) {
    const host = hostOf(entry);
    const weight = fieldOf(entry, "weight");
    if (host === "primary" || host === "canary") weights[host] += typeof weight === "number" && weight > 0 ? weight : 0;
  }
  const total = weights.primary + weights.canary;
  if (total === 0 || !Number.isFinite(total)) return "none";
  return { primary: (100 * weights.primary) / total, canary: (100 * weights.canary) / total };
}
