import type { Cluster, TrafficRouter } from "../../control/ports.ts";
import { type IstioOptions, istioRouter } from "./istio.ts";

/** The providers that can be named in `spec.provider`. */
export type RouterName = "istio";

export interface RouterOptions {
  readonly istio?: IstioOptions;
}

/** Every traffic router by its name on the wire. A name that is not here is a problem to tell, never a fallback. */
export function trafficRouters(
  cluster: Cluster,
  options: RouterOptions = {},
): Readonly<Record<string, TrafficRouter | undefined>> {
  const routers = { istio: istioRouter(cluster, options.istio) } satisfies Record<RouterName, TrafficRouter>;
  // No prototype: a provider that somebody calls `constructor` is as unknown as any other.
  return Object.assign<object, Record<string, TrafficRouter | undefined>>(Object.create(null), routers);
}
