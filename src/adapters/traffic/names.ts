import type { Subject } from "../../control/ports.ts";

/** The three hosts of one Canary: the apex that clients call and the two versions behind it. */
export interface RouteNames {
  readonly namespace: string;
  readonly apex: string;
  readonly primary: string;
  readonly canary: string;
}

/** Names of the Services, DestinationRules and the VirtualService of one Canary. */
export function routeNames(subject: Subject): RouteNames {
  const apex = subject.spec.service.name;
  return { namespace: subject.record.facts.namespace, apex, primary: `${apex}-primary`, canary: `${apex}-canary` };
}

/**
 * Whether a destination host means this Service of this namespace, however it is spelled: `s`, `s.ns`, `s.ns.svc` or
 * fully qualified. The same short name in another namespace is another Service.
 */
export function meansService(host: unknown, name: string, namespace: string): boolean {
  if (typeof host !== "string") return false;
  const spelled = host.toLowerCase();
  const short = name.toLowerCase();
  const qualified = `${short}.${namespace}`;
  return (
    spelled === short ||
    spelled === qualified ||
    spelled === `${qualified}.svc` ||
    spelled.startsWith(`${qualified}.svc.`)
  );
}
