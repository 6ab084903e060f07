import type { KubeObject } from "../../runtime/transport.ts";
import { namespaceOf, timestamp, type World } from "./world.ts";

export interface Announcement {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  readonly component: string;
}

const EVENTS = { apiVersion: "v1", kind: "Event", plural: "events", scope: "namespaced" } as const;

/** Tell of something that was done to an object. Nobody waits for it, and its loss is no harm. */
export function announce(world: World, about: KubeObject, { type, reason, message, component }: Announcement): void {
  if (world.without?.has("events")) return;
  const now = timestamp(world);
  const namespace = about.metadata.namespace ?? "default";
  const suffix = Math.floor(world.random.next() * 2 ** 48).toString(16);
  const event = {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${about.metadata.name}.${suffix}`, namespace },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      namespace: namespaceOf(about),
      name: about.metadata.name,
      uid: about.metadata.uid,
      resourceVersion: about.metadata.resourceVersion,
    },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  world.client.create(EVENTS, namespace, event).catch((error: unknown) => {
    if (!world.signal.aborted) world.log.debug({ error, reason }, "an event was lost");
  });
}
