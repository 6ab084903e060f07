import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { RouteTable } from "../../simulator/mesh/table.ts";
import type { GatewayMetrics } from "./gatewayMetrics.ts";
import type { Loads } from "./loads.ts";
import type { Upstream } from "./upstream.ts";

/** What a request needs of the gateway that it came to. */
export interface Surroundings {
  readonly clock: Clock;
  readonly dice: Random;
  readonly table: RouteTable;
  readonly upstream: Upstream;
  readonly metrics: GatewayMetrics;
  readonly loads: Loads;
  /** The port of loopback where a pod's port is. */
  readonly resolve: (address: string, port: number) => number | undefined;
}
