import type { KubeObject } from "../../runtime/transport.ts";
import { type Journal, noJournal } from "./journal.ts";
import { asKube, freeze } from "./json.ts";

/** One write, as a watch tells of it. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  /** As it is after the write; what is deleted carries the version of its deletion. */
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
}

export type Subscriber = (change: Change) => void;

/** How many changes of one collection a watch can catch up with. */
const LOG_LENGTH = 1_000;

/** A cluster that has lived for a while: clients that take small numbers for special ones find out. */
const FIRST_VERSION = 1_000;

/** All objects of one kind, whatever version they are asked for in. */
export class Collection {
  readonly key: string;
  readonly objects = new Map<string, KubeObject>();
  readonly subscribers = new Set<Subscriber>();
  #log: Change[] = [];
  #sorted: readonly KubeObject[] | undefined;
  /** Changes up to this version are forgotten. */
  #forgottenTo: number;

  constructor(key: string, forgottenTo: number) {
    this.key = key;
    this.#forgottenTo = forgottenTo;
  }

  /** In the order of their keys, as etcd has them. */
  sorted(): readonly KubeObject[] {
    this.#sorted ??= [...this.objects.keys()].sort().flatMap((key) => this.objects.get(key) ?? []);
    return this.#sorted;
  }

  /** What was written after `version`, or undefined where that is no longer known. */
  since(version: number): readonly Change[] | undefined {
    if (version < this.#forgottenTo) return undefined;
    let first = this.#log.length;
    while (first > 0 && (this.#log[first - 1]?.version ?? 0) > version) first -= 1;
    return this.#log.slice(first);
  }

  forget(version: number): void {
    this.#log = [];
    this.#forgottenTo = version;
  }

  take(key: string, change: Change): void {
    if (change.type === "DELETED") this.objects.delete(key);
    else this.objects.set(key, change.object);
    this.#sorted = undefined;
    this.#log.push(change);
    if (this.#log.length > LOG_LENGTH * 1.5) {
      const dropped = this.#log.splice(0, this.#log.length - LOG_LENGTH);
      this.#forgottenTo = dropped.at(-1)?.version ?? this.#forgottenTo;
    }
    for (const subscriber of [...this.subscribers]) subscriber(change);
  }
}

/** Everything that the server keeps, under one counter of versions. Objects are frozen, and replaced whole. */
export class Storage {
  readonly #collections = new Map<string, Collection>();
  readonly #journal: Journal;
  readonly #observers = new Set<(key: string, change: Change) => void>();
  #version: number;
  /** From before this process nothing is known but the outcome. */
  readonly #bornAt: number;

  constructor(journal: Journal = noJournal()) {
    this.#journal = journal;
    const { version, objects } = journal.load();
    this.#version = Math.max(FIRST_VERSION, version);
    this.#bornAt = this.#version;
    for (const { collection, object } of objects) {
      const kube = asKube(freeze(object));
      this.collection(collection).objects.set(objectKey(kube.metadata.namespace, kube.metadata.name), kube);
    }
  }

  /** Another storage with the same content, that goes on by itself. */
  fork(): Storage {
    const made = new Storage({ ...noJournal(), load: () => ({ version: this.#version, objects: [] }) });
    for (const [key, { objects }] of this.#collections) {
      const collection = made.collection(key);
      for (const [name, object] of objects) collection.objects.set(name, object);
    }
    return made;
  }

  get version(): number {
    return this.#version;
  }

  collection(key: string): Collection {
    const known = this.#collections.get(key);
    if (known !== undefined) return known;
    const made = new Collection(key, this.#bornAt);
    this.#collections.set(key, made);
    return made;
  }

  collections(): readonly Collection[] {
    return [...this.#collections.values()];
  }

  get(collection: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#collections.get(collection)?.objects.get(objectKey(namespace, name));
  }

  /** Store an object, new or changed. Answers it with the version that it got. */
  put(collection: string, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const key = objectKey(namespace, name);
    const before = this.get(collection, namespace, name);
    return this.#write(collection, key, before === undefined ? "ADDED" : "MODIFIED", object, before);
  }

  /** Take an object out. Answers its last state with the version of its end. */
  remove(collection: string, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const before = this.get(collection, namespace, name);
    return this.#write(collection, objectKey(namespace, name), "DELETED", object, before);
  }

  /** Hear of every write to whatever collection, after watchers did. */
  observe(observer: (key: string, change: Change) => void): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** Forget how things came to be: whoever resumes from before now is told that it is too late. */
  compact(): void {
    for (const collection of this.#collections.values()) collection.forget(this.#version);
  }

  #write(
    collection: string,
    key: string,
    type: Change["type"],
    object: KubeObject,
    before: KubeObject | undefined,
  ): KubeObject {
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    const stored = freeze({ ...object, metadata });
    this.#journal.append({
      version: this.#version,
      collection,
      ...(type === "DELETED" ? { key } : { object: { ...stored } }),
    });
    const change: Change = { type, version: this.#version, object: stored, before };
    this.collection(collection).take(key, change);
    for (const observer of this.#observers) observer(collection, change);
    return stored;
  }
}

export const objectKey = (namespace: string | undefined, name: string): string =>
  namespace === undefined ? name : `${namespace}/${name}`;
