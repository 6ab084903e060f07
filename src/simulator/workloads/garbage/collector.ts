/**
 * What has no owner left goes, and what waits for its dependents waits (as documented under "Garbage Collection", and as
 * pkg/controller/garbagecollector does it).
 */
import type { KubeObject, OwnerReference } from "../../../runtime/transport.ts";
import type { WorkQueue } from "../../../runtime/workQueue.ts";
import type { Cached } from "../cached.ts";
import { type DeleteOptions, isGone } from "../client.ts";
import { type Controller, isBeingDeleted, type World, workQueue } from "../world.ts";
import { Inventory } from "./inventory.ts";

const FOREGROUND = "foregroundDeletion";
const ORPHAN = "orphan";

interface Item {
  readonly cached: Cached;
  readonly object: KubeObject;
}

/** How an owner stands: there, gone, or waiting for us to go first. */
type Standing = "solid" | "absent" | "waiting";

/** Keeps the graph of owners in two maps, and works on what changed. */
export class GarbageCollector implements Controller {
  readonly inventory: Inventory;
  readonly #world: World;
  readonly #queue: WorkQueue;
  readonly #items = new Map<string, Item>();
  readonly #dependents = new Map<string, Set<string>>();

  constructor(world: World) {
    this.#world = world;
    this.#queue = workQueue(world, "garbage", (uid) => this.#work(uid));
    this.inventory = new Inventory(world, (cached) => this.#follow(cached));
  }

  start(): void {
    this.inventory.start().then(
      () => this.#queue.start(),
      (error: unknown) => this.#world.log.error({ error }, "garbage collection did not start"),
    );
  }

  stop(): Promise<void> {
    this.inventory.stop();
    return this.#queue.drain();
  }

  #follow(cached: Cached): void {
    for (const object of cached.store.list()) this.#take(cached, undefined, object);
    cached.store.onChange((_, before, after) => this.#take(cached, before, after));
  }

  #take(cached: Cached, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const uid = (after ?? before)?.metadata.uid;
    if (uid === undefined) return;
    for (const owner of before?.metadata.ownerReferences ?? []) this.#unlink(owner.uid, uid);
    for (const owner of after?.metadata.ownerReferences ?? []) this.#link(owner.uid, uid);
    if (after === undefined) {
      this.#items.delete(uid);
      // Whoever it owned may have to go, and whoever owned it may have waited for this.
      for (const dependent of this.#dependents.get(uid) ?? []) this.#queue.add(dependent);
      for (const owner of before?.metadata.ownerReferences ?? []) this.#wakeWaiting(owner.uid);
      return;
    }
    this.#items.set(uid, { cached, object: after });
    if (concerns(before, after)) this.#queue.add(uid);
    for (const owner of before?.metadata.ownerReferences ?? []) this.#wakeWaiting(owner.uid);
  }

  #wakeWaiting(uid: string): void {
    const owner = this.#items.get(uid);
    if (owner !== undefined && isBeingDeleted(owner.object)) this.#queue.add(uid);
  }

  #link(owner: string, dependent: string): void {
    const known = this.#dependents.get(owner) ?? new Set();
    this.#dependents.set(owner, known.add(dependent));
  }

  #unlink(owner: string, dependent: string): void {
    const known = this.#dependents.get(owner);
    known?.delete(dependent);
    if (known?.size === 0) this.#dependents.delete(owner);
  }

  async #work(uid: string): Promise<void> {
    const item = this.#items.get(uid);
    if (item === undefined) return;
    try {
      if (!isBeingDeleted(item.object)) await this.#judge(item);
      else if (has(item.object, ORPHAN)) await this.#orphanDependents(item);
      else if (has(item.object, FOREGROUND)) await this.#awaitDependents(item);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** An object that lives: it goes when all its owners are gone, or when the last that is left waits for it. */
  async #judge({ cached, object }: Item): Promise<void> {
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return;
    const standings = await Promise.all(references.map((owner) => this.#standingOf(object, owner)));
    const solid = references.filter((_, index) => standings[index] === "solid");
    if (solid.length > 0) {
      if (solid.length === references.length) return;
      const { resourceVersion } = object.metadata;
      await cached.patch(object, { metadata: { ownerReferences: solid, resourceVersion } });
      return;
    }
    const hasDependents = (this.#dependents.get(object.metadata.uid ?? "")?.size ?? 0) > 0;
    await cached.delete(object, { propagationPolicy: policyFor(object, standings, hasDependents) });
  }

  async #standingOf(object: KubeObject, owner: OwnerReference): Promise<Standing> {
    const known = this.#items.get(owner.uid)?.object ?? (await this.#ask(object, owner));
    if (known === undefined) return "absent";
    return isBeingDeleted(known) && has(known, FOREGROUND) && owner.blockOwnerDeletion === true ? "waiting" : "solid";
  }

  /** An owner that no cache has: it may be younger than our watch, and it may be of a kind that nobody serves. */
  async #ask(object: KubeObject, owner: OwnerReference): Promise<KubeObject | undefined> {
    const cached = this.inventory.cacheOf(owner.apiVersion, owner.kind);
    // Of a kind that is not served nothing is known, and so nothing is done.
    if (cached === undefined) throw new Error(`no kind ${owner.kind} in ${owner.apiVersion}`);
    const namespace = cached.kind.scope === "cluster" ? undefined : object.metadata.namespace;
    const found = await this.#world.client.read(cached.kind, { namespace, name: owner.name });
    return found?.metadata.uid === owner.uid ? found : undefined;
  }

  /** Its dependents are to stay: they forget it, and then it goes. */
  async #orphanDependents({ cached, object }: Item): Promise<void> {
    for (const dependent of this.#dependentsOf(object)) {
      const { ownerReferences = [], resourceVersion } = dependent.object.metadata;
      const others = ownerReferences.filter(({ uid }) => uid !== object.metadata.uid);
      await unlessGone(
        dependent.cached.patch(dependent.object, { metadata: { ownerReferences: others, resourceVersion } }),
      );
    }
    await removeFinalizer(cached, object, ORPHAN);
  }

  /** Its dependents go first; those that say so hold it up. */
  async #awaitDependents({ cached, object }: Item): Promise<void> {
    const dependents = this.#dependentsOf(object);
    for (const dependent of dependents) {
      if (!isBeingDeleted(dependent.object)) this.#queue.add(dependent.object.metadata.uid ?? "");
    }
    if (!dependents.some((dependent) => blocks(dependent.object, object))) {
      await removeFinalizer(cached, object, FOREGROUND);
    }
  }

  #dependentsOf({ metadata }: KubeObject): readonly Item[] {
    return [...(this.#dependents.get(metadata.uid ?? "") ?? [])].flatMap((uid) => this.#items.get(uid) ?? []);
  }
}

/** Whether a change is one that may let somebody go. */
function concerns(before: KubeObject | undefined, after: KubeObject): boolean {
  if (isBeingDeleted(after)) return has(after, FOREGROUND) || has(after, ORPHAN);
  const count = after.metadata.ownerReferences?.length ?? 0;
  if (count === 0) return false;
  return before === undefined || !sameOwners(before, after);
}

function sameOwners(before: KubeObject, after: KubeObject): boolean {
  const owners = ({ metadata }: KubeObject): string => (metadata.ownerReferences ?? []).map(({ uid }) => uid).join(" ");
  return owners(before) === owners(after);
}

const has = ({ metadata }: KubeObject, finalizer: string): boolean => metadata.finalizers?.includes(finalizer) === true;

function blocks({ metadata }: KubeObject, owner: KubeObject): boolean {
  const reference = metadata.ownerReferences?.find(({ uid }) => uid === owner.metadata.uid);
  return reference?.blockOwnerDeletion === true;
}

function policyFor(
  object: KubeObject,
  standings: readonly Standing[],
  hasDependents: boolean,
): NonNullable<DeleteOptions["propagationPolicy"]> {
  if (standings.includes("waiting") && hasDependents) return "Foreground";
  if (has(object, ORPHAN)) return "Orphan";
  return has(object, FOREGROUND) ? "Foreground" : "Background";
}

async function removeFinalizer(cached: Cached, object: KubeObject, finalizer: string): Promise<void> {
  const { finalizers = [], resourceVersion } = object.metadata;
  const left = finalizers.filter((name) => name !== finalizer);
  await cached.patch(object, { metadata: { finalizers: left, resourceVersion } });
}

async function unlessGone(action: Promise<unknown>): Promise<void> {
  try {
    await action;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
