import { compareVersions } from "./resourceVersion.ts";
import type { KubeObject } from "./transport.ts";

/** What happened to one object: added (no before), changed, or removed (no after). */
export type ChangeListener = (key: string, before: KubeObject | undefined, after: KubeObject | undefined) => void;

/** The objects that an index holds under one value, in no particular order. */
export type Lookup = (value: string) => readonly KubeObject[];

export interface StoreOptions {
  /** What to keep of an object. Gets all that the server sent; `strip` unless told otherwise. */
  readonly transform?: (object: KubeObject) => KubeObject;
  /** How many deleted objects to remember; 10,000 unless told otherwise. */
  readonly tombstones?: number;
  /** Told of what a listener throws. Without it the error reaches whoever made the change. */
  readonly report?: (error: unknown) => void;
}

interface Tombstone {
  readonly uid: string | undefined;
  readonly version: string | undefined;
}

interface Index {
  readonly valuesOf: (object: KubeObject) => readonly string[];
  readonly buckets: Map<string, Map<string, KubeObject>>;
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The key of an object: "namespace/name", or the name alone where the kind has no namespaces. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The object without managedFields and last-applied annotation, which are half of its bytes and of no use to us. */
export function strip(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  if (metadata.annotations?.[LAST_APPLIED] === undefined) return { ...object, metadata };
  const { [LAST_APPLIED]: __, ...annotations } = metadata.annotations;
  return { ...object, metadata: { ...metadata, annotations } };
}

/**
 * The cache of one kind. Versions only move forward, whoever is the messenger: a watch that lags behind our own writes, a
 * write's response that arrives after the watch, a list that overlaps both. Objects handed in are frozen.
 */
export class Store {
  readonly #transform: (object: KubeObject) => KubeObject;
  readonly #tombstoneLimit: number;
  readonly #report: ((error: unknown) => void) | undefined;
  readonly #objects = new Map<string, KubeObject>();
  readonly #tombstones = new Map<string, Tombstone>();
  /** Keys whose versions belong to a history that the server has lost. */
  readonly #distrusted = new Set<string>();
  readonly #indexes = new Map<string, Index>();
  readonly #listeners = new Set<ChangeListener>();
  #highestVersion: string | undefined;

  constructor({ transform = strip, tombstones = 10_000, report }: StoreOptions = {}) {
    this.#transform = transform;
    this.#tombstoneLimit = tombstones;
    this.#report = report;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** The newest resource version of any object that came by, the deleted ones included. */
  get highestVersion(): string | undefined {
    return this.#highestVersion;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  list(): readonly KubeObject[] {
    return [...this.#objects.values()];
  }

  keys(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** Keep a way to find objects by value, for example those that target one workload. Each name once. */
  index(name: string, valuesOf: (object: KubeObject) => readonly string[]): Lookup {
    if (this.#indexes.has(name)) throw new Error(`the store has an index "${name}" already`);
    const index: Index = { valuesOf, buckets: new Map() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) enter(index, key, object);
    return (value) => [...(index.buckets.get(value)?.values() ?? [])];
  }

  /** Hear of every change, after it was made. Answers the way to stop. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Take in what the server sent. Answers false, and changes nothing, where we know this version or a newer one. */
  put(object: KubeObject): boolean {
    const key = keyOf(object);
    const { uid, resourceVersion } = object.metadata;
    if (this.#isOld(key, uid, resourceVersion)) return false;
    const after = deepFreeze(this.#transform(object));
    this.#advance(resourceVersion);
    this.#distrusted.delete(key);
    this.#tombstones.delete(key);
    const before = this.#objects.get(key);
    if (before?.metadata.uid !== undefined && before.metadata.uid !== uid) {
      // Deleted and made again behind our back: two changes, or whoever counts lives would see one that never ended.
      this.#set(key, undefined);
      this.#set(key, after);
    } else {
      this.#set(key, after);
    }
    return true;
  }

  /** Take in the response to our own write at once, so that the next look is never older than our last write. */
  writeThrough(object: KubeObject): boolean {
    return this.put(object);
  }

  /** Take out an object that the server says is deleted. Answers false where a newer one of that name is known. */
  remove(object: KubeObject): boolean {
    const key = keyOf(object);
    const { uid, resourceVersion: version } = object.metadata;
    const known = this.#objects.get(key);
    // A uid never comes back. Another uid under this name may be younger than the news of this death.
    const isSameLife = uid !== undefined && known?.metadata.uid === uid;
    const isYounger = known !== undefined && compareVersions(known.metadata.resourceVersion, version) > 0;
    if (isYounger && !isSameLife && !this.#distrusted.has(key)) return false;
    this.#bury(key, { uid, version });
    if (known === undefined) return false;
    this.#set(key, undefined);
    return true;
  }

  /**
   * Take out what a complete list at `listVersion` did not hold. What is newer than the list stays: we wrote it, or the
   * watch brought it, while the list was under way.
   */
  keepOnly(listed: ReadonlySet<string>, listVersion: string | undefined): void {
    for (const [key, object] of [...this.#objects]) {
      const { uid, resourceVersion } = object.metadata;
      if (listed.has(key)) continue;
      if (!this.#distrusted.has(key) && compareVersions(resourceVersion, listVersion) > 0) continue;
      this.#bury(key, { uid, version: listVersion });
      this.#set(key, undefined);
    }
    this.#advance(listVersion);
  }

  /** Versions start over, because the server's data was restored from an older copy. The next list decides everything. */
  forgetVersions(): void {
    for (const key of this.#objects.keys()) this.#distrusted.add(key);
    this.#tombstones.clear();
    this.#highestVersion = undefined;
  }

  #isOld(key: string, uid: string | undefined, version: string | undefined): boolean {
    const dead = this.#tombstones.get(key);
    if (dead !== undefined && dead.uid !== undefined && dead.uid === uid) return true;
    if (dead !== undefined && compareVersions(version, dead.version) <= 0) return true;
    const known = this.#objects.get(key);
    if (known === undefined || this.#distrusted.has(key)) return false;
    return compareVersions(version, known.metadata.resourceVersion) <= 0;
  }

  #set(key: string, after: KubeObject | undefined): void {
    const before = this.#objects.get(key);
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, after);
    for (const index of this.#indexes.values()) {
      if (before !== undefined) leave(index, key, before);
      if (after !== undefined) enter(index, key, after);
    }
    this.#tell(key, before, after);
  }

  #tell(key: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const errors: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        listener(key, before, after);
      } catch (error) {
        if (this.#report === undefined) errors.push(error);
        else this.#report(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `a listener failed on ${key}`);
  }

  #bury(key: string, tombstone: Tombstone): void {
    this.#advance(tombstone.version);
    this.#distrusted.delete(key);
    const earlier = this.#tombstones.get(key);
    this.#tombstones.delete(key);
    // Late news of an older death must not make us forget the younger one.
    const isNewer = compareVersions(tombstone.version, earlier?.version) > 0;
    this.#tombstones.set(key, isNewer || earlier === undefined ? tombstone : earlier);
    const [oldest] = this.#tombstones.keys();
    if (oldest !== undefined && this.#tombstones.size > this.#tombstoneLimit) this.#tombstones.delete(oldest);
  }

  #advance(version: string | undefined): void {
    if (compareVersions(version, this.#highestVersion) > 0) this.#highestVersion = version;
  }
}

function enter(index: Index, key: string, object: KubeObject): void {
  for (const value of index.valuesOf(object)) {
    const bucket = index.buckets.get(value) ?? new Map<string, KubeObject>();
    index.buckets.set(value, bucket.set(key, object));
  }
}

function leave(index: Index, key: string, object: KubeObject): void {
  for (const value of index.valuesOf(object)) {
    const bucket = index.buckets.get(value);
    bucket?.delete(key);
    if (bucket?.size === 0) index.buckets.delete(value);
  }
}

function deepFreeze(value: KubeObject): KubeObject {
  freezeTree(value);
  return value;
}

function freezeTree(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const field of Object.values(value)) freezeTree(field);
}
