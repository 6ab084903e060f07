import { istioRouter } from "../../../src/adapters/traffic/istio.ts";
import type { ClusterObject, KindName } from "../../../src/control/ports.ts";
import type { Levels } from "../../../src/domain/decision.ts";
import type { ServiceSpec } from "../../../src/domain/spec.ts";
import { FakeCluster } from "../../build/fakeCluster.ts";
import { aSubject, levels, NAMESPACE, SHAPE } from "./subject.ts";

export type Json = Record<string, unknown>;

/** A cluster with a router at rest on it, ten percent on the canary. */
export async function atRest(service: Partial<ServiceSpec> = {}) {
  const cluster = new FakeCluster();
  const router = istioRouter(cluster);
  await router.apply(aSubject(service), SHAPE, levels("all", 10));
  const apply = async (scaffold: Levels["scaffold"], weight?: number, now = service) => {
    cluster.writes.length = 0;
    await router.apply(aSubject(now), SHAPE, levels(scaffold, weight));
    return cluster.writes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`);
  };
  return { cluster, router, apply, read: (now = service) => router.read(aSubject(now), SHAPE) };
}

/** Change an object behind the router's back. */
export function edit(cluster: FakeCluster, kind: KindName, name: string, change: (object: Json) => void): void {
  const copy = structuredClone(cluster.read(kind, NAMESPACE, name)) as unknown as Json;
  change(copy);
  cluster.put(kind, copy as unknown as ClusterObject);
}

export const specOf = (object: Json) => object["spec"] as Json;
export const rulesOf = (object: Json) => specOf(object)["http"] as Json[];
export const routeOf = (object: Json) => rulesOf(object)[0]?.["route"] as Json[];
