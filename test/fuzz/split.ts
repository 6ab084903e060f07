import type { ClusterObject } from "../../src/control/ports.ts";
import { isWireObject } from "../../src/resources/wire.ts";
import { NAME, NAMESPACE } from "./scene.ts";

/** The share of each version in all that a route sends, in percent, read without the production code. */
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
  const weights = { primary: 0, canary: 0, foreign: 0 };
  for (const entry of listOf(fieldOf(rule, "route"))) {
    const host = hostOf(entry);
    const weight = fieldOf(entry, "weight");
    const share = typeof weight === "number" && weight > 0 ? weight : 0;
    weights[host === "primary" || host === "canary" ? host : "foreign"] += share;
  }
  const { primary, canary, foreign } = weights;
  const total = primary + canary + foreign;
  if (primary + canary === 0) return "none";
  // Beside foreign weights ours are percents only where all add up to 100, and are made such.
  if (foreign > 0 && Math.abs(total - 100) > 1) return "unclear";
  return { primary: (100 * primary) / total, canary: (100 * canary) / total };
}
