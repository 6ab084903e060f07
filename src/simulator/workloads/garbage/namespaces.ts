/** A namespace that is to go is emptied first, and gets its service account while it lives. */
import type { KubeObject } from "../../../runtime/transport.ts";
import type { WorkQueue } from "../../../runtime/workQueue.ts";
import { listAt } from "../../api/json.ts";
import type { Cached } from "../cached.ts";
import { isConflict, isGone } from "../client.ts";
import { collectionPath } from "../kinds.ts";
import { type Controller, controllerOver, isBeingDeleted, type World, workQueue } from "../world.ts";
import type { Inventory } from "./inventory.ts";

/** Events have no owners and no cache: they are asked for when it is their turn. */
const EVENTS_PATH = { apiVersion: "v1", plural: "events" };

export function namespaceController(world: World, inventory: Inventory): Controller {
  const { namespaces } = world.kinds;
  const queue: WorkQueue = workQueue(world, "namespace", async (key) => {
    const namespace = namespaces.store.get(key);
    if (namespace === undefined) return;
    if (isBeingDeleted(namespace)) await empty(world, inventory, namespace, queue);
    else await giveAccount(world, key);
  });
  namespaces.store.onChange((key) => queue.add(key));
  world.kinds.serviceAccounts.store.onChange((_, before, after) => {
    if (after === undefined && before?.metadata.namespace !== undefined) queue.add(before.metadata.namespace);
  });
  return controllerOver(queue);
}

async function giveAccount(world: World, namespace: string): Promise<void> {
  const { serviceAccounts } = world.kinds;
  if (serviceAccounts.find(namespace, "default") !== undefined) return;
  try {
    await serviceAccounts.create(namespace, { metadata: { name: "default", namespace } });
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

/** How often to look whether the last pods have ended, in milliseconds. */
const LOOK_AGAIN_MILLIS = 250;

async function empty(world: World, inventory: Inventory, namespace: KubeObject, queue: WorkQueue): Promise<void> {
  const { name } = namespace.metadata;
  const caches = inventory.caches().filter(({ kind }) => kind.scope === "namespaced");
  for (const cached of caches) {
    for (const object of cached.allIn(name)) if (!isBeingDeleted(object)) await remove(cached, object);
  }
  if (caches.some((cached) => cached.allIn(name).length > 0)) {
    queue.addAfter(name, LOOK_AGAIN_MILLIS);
    return;
  }
  await world.client.send("DELETE", collectionPath(EVENTS_PATH, name));
  if (listAt(namespace, "spec", "finalizers").length === 0) return;
  const emptied = { ...namespace, apiVersion: "v1", kind: "Namespace", spec: { finalizers: [] } };
  await world.client.update(world.kinds.namespaces.kind, emptied, "finalize");
}

async function remove(cached: Cached, object: KubeObject): Promise<void> {
  try {
    await cached.delete(object, { propagationPolicy: "Background" });
  } catch (error) {
    if (!isGone(error) && !isConflict(error)) throw error;
  }
}
