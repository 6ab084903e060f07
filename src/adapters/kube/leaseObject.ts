import type { LeaseRecord } from "../../runtime/leader.ts";
import type { KubeObject } from "../../runtime/transport.ts";

/** The fields of a coordination.k8s.io/v1 Lease that an election knows. */
interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly leaseTransitions?: number | null;
  readonly [field: string]: unknown;
}

/** Who holds the lease, and who held it before. */
export interface Holding {
  readonly identity: string;
  readonly leaseMillis: number;
  /** Milliseconds since the epoch, for people to read. */
  readonly now: number;
}

/** What an election needs to know of a Lease. `defaultMillis` stands in where the object names no duration. */
export function readLease(lease: KubeObject, defaultMillis: number): LeaseRecord {
  const { holderIdentity, leaseDurationSeconds } = specOf(lease);
  return {
    holder: holderIdentity ?? "",
    leaseMillis: leaseDurationSeconds ? leaseDurationSeconds * 1000 : defaultMillis,
    version: lease.metadata.resourceVersion ?? "",
  };
}

/** The Lease with us as its holder; what others wrote on it stays. Without `before`, a new one. */
export function heldLease(
  place: { readonly namespace: string; readonly name: string },
  before: KubeObject | undefined,
  holding: Holding,
): KubeObject {
  const { identity, leaseMillis, now } = holding;
  const spec = specOf(before);
  const isNew = spec.holderIdentity !== identity;
  const transitions = (spec.leaseTransitions ?? 0) + (isNew && before !== undefined ? 1 : 0);
  return {
    ...(before ?? { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: place }),
    spec: {
      ...spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseMillis / 1000),
      renewTime: microTime(now),
      ...(isNew ? { acquireTime: microTime(now) } : {}),
      leaseTransitions: transitions,
    },
  } as KubeObject;
}

/** The Lease that nobody holds, so that the next instance need not wait for it to run out. */
export function releasedLease(before: KubeObject, now: number): KubeObject {
  const times = { renewTime: microTime(now), acquireTime: microTime(now) };
  return { ...before, spec: { ...specOf(before), holderIdentity: "", leaseDurationSeconds: 1, ...times } };
}

function specOf(lease: KubeObject | undefined): LeaseSpec {
  return (lease?.["spec"] ?? {}) as LeaseSpec;
}

/** A MicroTime: RFC 3339 with six digits, and the API server refuses any other number of them. */
export function microTime(epochMillis: number): string {
  return new Date(epochMillis).toISOString().replace("Z", "000Z");
}
