/** Keeps what the demo shows: the Canary, its Deployments, its route and its Events, as a client of the API server sees them. */
import type { Clock } from "../../runtime/clock.ts";
import { silentLog } from "../../runtime/log.ts";
import { systemRandom } from "../../runtime/random.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { Store } from "../../runtime/store.ts";
import type { KubeObject, Transport } from "../../runtime/transport.ts";
import { pathOf } from "../cluster.ts";
import { NAMESPACE } from "../firstObjects.ts";
import type { Watched } from "../show/watched.ts";

/** All in the demo's namespace, but Events wherever they are: what is not obeyed of an object may be anywhere. */
const KINDS = [
  { apiVersion: "flagger.app/v1beta1", kind: "Canary" },
  { apiVersion: "apps/v1", kind: "Deployment" },
  { apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
  { apiVersion: "v1", kind: "Event" },
] as const;

export interface Onlooker {
  readonly watched: Watched;
  stop(): void;
}

export function lookOn(transport: Transport, clock: Clock, watched: Watched): Onlooker {
  const shared = { transport, clock, random: systemRandom(), log: silentLog() };
  const reflectors = KINDS.map(({ apiVersion, kind }) => {
    const store = new Store();
    store.onChange((_key, before, after) => {
      if (after !== undefined && isOfOtherCanary(after)) return;
      if (after !== undefined) watched.see({ ...after, kind }, clock.now());
      else if (before !== undefined) watched.miss({ ...before, kind });
    });
    const namespace = kind === "Event" ? undefined : NAMESPACE;
    return new Reflector({ ...shared, store, kind, path: pathOf({ apiVersion, kind, namespace }) });
  });
  for (const reflector of reflectors) reflector.start();
  return {
    watched,
    stop: () => {
      for (const reflector of reflectors) reflector.stop();
    },
  };
}

function isOfOtherCanary(object: KubeObject): boolean {
  const about = object["involvedObject"] as { readonly kind?: string; readonly namespace?: string } | undefined;
  return about?.kind === "Canary" && about.namespace !== NAMESPACE;
}
