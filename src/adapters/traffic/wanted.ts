import type { ClusterObject } from "../../control/ports.ts";
import type { RoutingKind } from "./claims.ts";

/** An object as it should be, with how its spec is compared to the live one. */
export interface Wanted {
  readonly kind: RoutingKind;
  /** What server-side apply is sent: the fields that we own, and no others. */
  readonly object: ClusterObject;
  readonly live: ClusterObject | undefined;
  /** Spec fields that are ours as a whole: anything else inside them is drift. */
  readonly exact: readonly string[];
  /** Exact fields whose surplus parts are removed one by one, because another manager may own them too. */
  readonly trimmed: readonly string[];
}
