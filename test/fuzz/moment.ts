import type { CanaryRecord, ClusterObject } from "../../src/control/ports.ts";
import type { Stage } from "./stage.ts";

/** How the world stood between two passes. */
export interface Moment {
  /** Everything but the Canary, by kind and name. */
  readonly objects: ReadonlyMap<string, ClusterObject>;
  readonly record: CanaryRecord | undefined;
  readonly writes: number;
  readonly patches: number;
  readonly commits: number;
  readonly told: number;
}

export function momentOf({ cluster, server, told, record }: Stage): Moment {
  const objects = new Map<string, ClusterObject>(
    cluster.all().map((object) => [`${String(object.kind)}/${object.metadata.name}`, object]),
  );
  return {
    objects,
    record,
    writes: cluster.writes.length,
    patches: server.patches,
    commits: server.commits,
    told: told.length,
  };
}
