import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { at, fieldsOf, numberAt, objectsAt, textAt } from "../../simulator/api/json.ts";

/** How a proxy divides the clients' requests between the two versions, in percent of what goes to either. */
export interface Shares {
  readonly primary: number;
  readonly canary: number;
}

export type Version = keyof Shares;

/** The shares that a VirtualService gives; undefined where it sends nothing to either version. */
export function sharesOf(route: KubeObject | undefined, service: string): Shares | undefined {
  const rule = sharedRule(route, service);
  const weight = (version: Version): number =>
    destinationsOf(rule)
      .filter((entry) => hostOf(entry) === `${service}-${version}`)
      .reduce((sum, entry) => sum + (destinationsOf(rule).length === 1 ? 100 : (numberAt(entry, "weight") ?? 0)), 0);
  const [primary, canary] = [weight("primary"), weight("canary")];
  const whole = primary + canary;
  return whole === 0 ? undefined : { primary: (100 * primary) / whole, canary: (100 * canary) / whole };
}

/** The rule that clients without anything special about them meet: the last that knows one of the versions. */
export function sharedRule(route: KubeObject | undefined, service: string): WireObject | undefined {
  const rules = route === undefined ? [] : objectsAt(fieldsOf(route), "spec", "http");
  const knows = (rule: WireObject, version: Version): boolean =>
    destinationsOf(rule).some((entry) => hostOf(entry) === `${service}-${version}`);
  const both = rules.findLast((rule) => knows(rule, "primary") && knows(rule, "canary"));
  return both ?? rules.findLast((rule) => knows(rule, "primary") || knows(rule, "canary"));
}

const destinationsOf = (rule: WireObject | undefined): readonly WireObject[] => objectsAt(rule, "route");

/** The first part of a host name: all Services of one life have names of their own. */
function hostOf(entry: WireObject): string {
  return (textAt(entry, "destination", "host") ?? "").split(".")[0] ?? "";
}

/** Whether a Service selects the pods that this Deployment makes. */
export function selects(service: KubeObject | undefined, deployment: KubeObject | undefined): boolean {
  const selector = service && at(fieldsOf(service), "spec", "selector");
  if (selector === undefined || deployment === undefined) return false;
  return Object.entries(selector as WireObject).every(
    ([label, value]) => at(fieldsOf(deployment), "spec", "template", "metadata", "labels", label) === value,
  );
}
