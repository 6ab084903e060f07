import type { ClusterObject } from "../../src/control/ports.ts";
import { isWireObject } from "../../src/resources/wire.ts";
import { NAME, NAMESPACE } from "./scene.ts";

/** What one rule sends to each version, in percent, read without the production code. */
export interface SeenSplit {
  /** Of all that the rule sends. */
  readonly share: Readonly<Record<SeenVersion, number>>;
  /** Of what goes to the two versions: the weights are such percents wherever foreign ones do not add up to 100 with them. */
  readonly ratio: Readonly<Record<SeenVersion, number>>;
}

export type SeenVersion = "primary" | "canary";

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const fieldOf = (value: unknown, name: string): unknown =>
  isWireObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

export const rulesOf = (route: ClusterObject | undefined): readonly unknown[] =>
  listOf(fieldOf(route?.["spec"], "http"));

/** Which of the three hosts a destination means. */
export function hostOf(entry: unknown): SeenVersion | "apex" | undefined {
  const host = fieldOf(fieldOf(entry, "destination"), "host");
  if (typeof host !== "string") return undefined;
  const [name, namespace = NAMESPACE, svc = "svc"] = host.toLowerCase().split(".");
  if (namespace !== NAMESPACE || svc !== "svc") return undefined;
  if (name === `${NAME}-primary`) return "primary";
  if (name === `${NAME}-canary`) return "canary";
  return name === NAME ? "apex" : undefined;
}

export const hostsIn = (rule: unknown) => listOf(fieldOf(rule, "route")).map(hostOf);

/** What a rule, or none, sends where. */
export function splitOf(rule: unknown): SeenSplit {
  const entries = listOf(fieldOf(rule, "route"));
  const sum = { primary: 0, canary: 0, others: 0 };
  for (const entry of entries) {
    const host = hostOf(entry);
    // An only destination gets everything.
    sum[host === "primary" || host === "canary" ? host : "others"] += entries.length === 1 ? 1 : weightOf(entry);
  }
  const ours = sum.primary + sum.canary;
  return { share: percents(sum, ours + sum.others), ratio: percents(sum, ours) };
}

function weightOf(entry: unknown): number {
  const weight = fieldOf(entry, "weight");
  return typeof weight === "number" && weight > 0 ? Math.min(weight, 2 ** 31) : 0;
}

function percents({ primary, canary }: Readonly<Record<SeenVersion, number>>, total: number) {
  return total > 0 ? { primary: (100 * primary) / total, canary: (100 * canary) / total } : { primary: 0, canary: 0 };
}

/** A rule that a write put there, and the shares before it of the requests that it takes now: at most. */
export interface Change {
  readonly rule: unknown;
  readonly from: SeenSplit;
  readonly to: SeenSplit;
}

/** The rules that a write changed, each with what stood in its place. */
export function changesOf(was: ClusterObject | undefined, is: ClusterObject | undefined): readonly Change[] {
  const [before, after] = [rulesOf(was), rulesOf(is)];
  const isIn = (rules: readonly unknown[], rule: unknown): boolean => {
    const text = JSON.stringify(rule);
    return rules.some((other) => JSON.stringify(other) === text);
  };
  const gone = before.filter((rule) => !isIn(after, rule));
  return after.flatMap((rule, place) => {
    if (isIn(before, rule)) return [];
    const replaced = before.length === after.length ? [before[place]] : gone;
    return [{ rule, from: replaced.map(splitOf).reduce(greater, splitOf(undefined)), to: splitOf(rule) }];
  });
}

function greater(one: SeenSplit, other: SeenSplit): SeenSplit {
  const most = (part: "share" | "ratio") => ({
    primary: Math.max(one[part].primary, other[part].primary),
    canary: Math.max(one[part].canary, other[part].canary),
  });
  return { share: most("share"), ratio: most("ratio") };
}
