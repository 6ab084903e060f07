/** The controller's requests between two moments, from the API server's own audit log. */
import type { AuditCount } from "../plane/audit.ts";
import type { Plane } from "../plane/plane.ts";

export interface RequestCount {
  readonly verb: string;
  readonly resource: string;
  readonly code: number;
  readonly count: number;
}

/** Everything asked under our user agent since the plane began. */
export async function requestsSoFar(plane: Plane): Promise<readonly RequestCount[]> {
  const ours = (await plane.audit()).filter(({ userAgent }: AuditCount) => userAgent.startsWith("serin/"));
  return ours.map(({ verb, resource, code, count }) => ({ verb, resource, code, count }));
}

export function between(
  before: readonly RequestCount[],
  after: readonly RequestCount[],
): { readonly work: readonly RequestCount[]; readonly upkeep: readonly RequestCount[] } {
  const known = new Map(before.map((entry) => [keyOf(entry), entry.count]));
  const grown = after
    .map((entry) => ({ ...entry, count: entry.count - (known.get(keyOf(entry)) ?? 0) }))
    .filter(({ count }) => count > 0);
  return { work: grown.filter((entry) => !isUpkeep(entry)), upkeep: grown.filter(isUpkeep) };
}

export const total = (counts: readonly RequestCount[]): number => counts.reduce((sum, { count }) => sum + count, 0);

export const reads = (counts: readonly RequestCount[]): readonly RequestCount[] =>
  counts.filter(({ verb }) => verb === "get" || verb === "list");

/** Watches that are renewed and the lease: they cost the same however many canaries there are. */
const isUpkeep = ({ verb, resource }: RequestCount): boolean => verb === "watch" || resource === "leases";

const keyOf = ({ verb, resource, code }: RequestCount): string => `${verb} ${resource} ${code}`;
