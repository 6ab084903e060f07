import { RejectedError, StaleError } from "../../src/control/errors.ts";
import type { Cluster, ClusterObject, KindName } from "../../src/control/ports.ts";
import type { JsonObject } from "../../src/domain/spec.ts";
import { type Instant, instant } from "../../src/domain/time.ts";
import { copyUnfrozen } from "../../src/simulator/api/json.ts";

/** One write that reached the fake. */
export interface Write {
  readonly verb: "apply" | "merge";
  readonly kind: KindName;
  readonly name: string;
  readonly body: JsonObject | undefined;
}

/**
 * A cluster in memory for tests of drivers and routers: stores objects, merges as server-side apply and JSON merge patch
 * do as far as these tests need it, and keeps every write. Of all that a server refuses it knows one thing: a Service
 * with two ports of one name.
 */
export class FakeCluster implements Cluster {
  readonly writes: Write[] = [];
  /** The time that the next write is recorded with. */
  now: Instant = instant(1_000_000);
  /** Called before each write; may throw or change other objects first. */
  beforeWrite: (write: Write) => void = () => {};
  /** What the server makes of an object that is being stored: defaults, pruning. */
  admit: (kind: KindName, object: ClusterObject) => ClusterObject = (_kind, object) => object;
  readonly #objects = new Map<string, ClusterObject>();
  readonly #applied = new Map<string, JsonObject>();
  readonly #written = new Map<string, Instant>();
  readonly #seen = new Map<string, Instant>();
  #version = 0;

  read(kind: KindName, namespace: string, name: string): ClusterObject | undefined {
    return this.#objects.get(keyOf(kind, namespace, name));
  }

  writtenAt(kind: KindName, namespace: string, name: string): Instant | undefined {
    return this.#written.get(keyOf(kind, namespace, name));
  }

  seenSince(kind: KindName, namespace: string, name: string): Instant | undefined {
    return this.#seen.get(keyOf(kind, namespace, name));
  }

  async fetch(kind: "ConfigMap" | "Secret", namespace: string, name: string): Promise<ClusterObject | undefined> {
    return this.read(kind, namespace, name);
  }

  /** Its cache is never behind. */
  async confirm(): Promise<void> {}

  async apply(kind: KindName, object: ClusterObject): Promise<void> {
    const { name, namespace = "", resourceVersion } = object.metadata;
    const key = keyOf(kind, namespace, name);
    this.#begin({ verb: "apply", kind, name, body: object as JsonObject });
    this.#guard(key, resourceVersion);
    const { resourceVersion: _version, ...metadata } = object.metadata;
    const wanted: JsonObject = { ...object, metadata };
    const live = this.#objects.get(key) ?? { metadata: { name, namespace, uid: `uid-${kind}-${name}` } };
    const released = release(live, this.#applied.get(key) ?? {}, wanted, []);
    this.#store(kind, key, laid(released, structuredClone(wanted), []) as ClusterObject);
    this.#applied.set(key, structuredClone(wanted));
  }

  async merge(kind: KindName, namespace: string, name: string, patch: JsonObject, version?: string): Promise<void> {
    const key = keyOf(kind, namespace, name);
    this.#begin({ verb: "merge", kind, name, body: patch });
    this.#guard(key, version);
    const live = this.#objects.get(key);
    if (live === undefined) throw new Error(`there is no ${kind} ${name} to patch`);
    this.#store(kind, key, patched(live, patch) as ClusterObject);
  }

  /** Store an object as somebody else would, without counting it as a write of ours. */
  put(kind: KindName, object: ClusterObject): void {
    const { name, namespace = "" } = object.metadata;
    const key = keyOf(kind, namespace, name);
    const written = this.#written.get(key);
    this.#store(kind, key, copyUnfrozen(object) as ClusterObject);
    if (written === undefined) this.#written.delete(key);
    else this.#written.set(key, written);
  }

  /** Delete an object as somebody else would. */
  drop(kind: KindName, namespace: string, name: string): void {
    this.#forget(keyOf(kind, namespace, name));
  }

  /** Everything that is stored, by kind and name. */
  all(): readonly ClusterObject[] {
    return [...this.#objects.keys()].sort().flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** A process that starts now and finds this cluster. */
  restart(at: Instant): void {
    this.now = at;
    for (const key of this.#objects.keys()) this.#seen.set(key, at);
  }

  #begin(write: Write): void {
    this.beforeWrite(write);
    this.writes.push(structuredClone(write));
  }

  #guard(key: string, version: string | undefined): void {
    if (version === undefined || this.#objects.get(key)?.metadata.resourceVersion === version) return;
    throw new StaleError(`${key} has changed`);
  }

  #store(kind: KindName, key: string, object: ClusterObject): void {
    const admitted = this.admit(kind, object);
    if (kind === "Service") refuseNamesakes(admitted);
    const before = this.#objects.get(key);
    if (before !== undefined && sameContent(before, admitted)) return;
    this.#version += 1;
    this.#objects.set(key, { ...admitted, metadata: { ...admitted.metadata, resourceVersion: `${this.#version}` } });
    this.#written.set(key, this.now);
    this.#seen.set(key, this.now);
  }

  #forget(key: string): void {
    for (const map of [this.#objects, this.#applied, this.#written, this.#seen]) map.delete(key);
  }
}

const keyOf = (kind: KindName, namespace: string, name: string) => `${kind}/${namespace}/${name}`;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Lists whose entries are told apart by key, by the path of their fields; all others are one value. */
const KEYED: Readonly<Record<string, (entry: JsonObject) => string>> = {
  "metadata.ownerReferences": (entry) => JSON.stringify(entry["uid"]),
  "spec.ports": (entry) => JSON.stringify([entry["port"], entry["protocol"] ?? "TCP"]),
};

const ATOMIC = new Set(["spec.selector"]);

/** The wanted fields laid over the live ones. */
function laid(live: unknown, wanted: unknown, path: readonly string[]): unknown {
  const where = path.join(".");
  const keyed = KEYED[where];
  if (keyed !== undefined && Array.isArray(wanted)) {
    const before = (Array.isArray(live) ? live : []).filter(isObject);
    const kept = before.map((entry) => {
      const mine = wanted.filter(isObject).find((each) => keyed(each) === keyed(entry));
      return mine === undefined ? entry : { ...entry, ...mine };
    });
    const fresh = wanted.filter(isObject).filter((each) => !before.some((entry) => keyed(entry) === keyed(each)));
    return [...kept, ...fresh];
  }
  if (!isObject(live) || !isObject(wanted) || ATOMIC.has(where)) return wanted;
  const result = new Map(Object.entries(live));
  for (const [field, value] of Object.entries(wanted)) {
    result.set(field, laid(result.get(field), value, [...path, field]));
  }
  return Object.fromEntries(result);
}

/** The live fields without those that we applied before and do not want any more. */
function release(live: unknown, before: unknown, wanted: unknown, path: readonly string[]): unknown {
  const keyed = KEYED[path.join(".")];
  if (keyed !== undefined && Array.isArray(live)) {
    const has = (list: unknown, entry: JsonObject) =>
      Array.isArray(list) && list.filter(isObject).some((each) => keyed(each) === keyed(entry));
    return live.filter((entry) => !isObject(entry) || !has(before, entry) || has(wanted, entry));
  }
  if (!isObject(live) || !isObject(before) || ATOMIC.has(path.join("."))) return live;
  const result = new Map<string, unknown>();
  for (const [field, value] of Object.entries(live)) {
    if (!Object.hasOwn(before, field)) result.set(field, value);
    else if (isObject(wanted) && Object.hasOwn(wanted, field))
      result.set(field, release(value, before[field], wanted[field], [...path, field]));
    else if (isObject(value) && isObject(before[field])) {
      const rest = release(value, before[field], {}, [...path, field]);
      if (isObject(rest) && Object.keys(rest).length > 0) result.set(field, rest);
    }
  }
  return Object.fromEntries(result);
}

function patched(live: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map<string, unknown>(isObject(live) ? Object.entries(live) : []);
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) result.delete(field);
    else result.set(field, patched(result.get(field), value));
  }
  return Object.fromEntries(result);
}

function refuseNamesakes(service: ClusterObject): void {
  const ports = isObject(service["spec"]) ? service["spec"]["ports"] : undefined;
  const names = (Array.isArray(ports) ? ports : []).filter(isObject).map(({ name }) => name);
  if (new Set(names).size < names.length) throw new RejectedError("spec.ports: Duplicate value");
}

function sameContent(one: ClusterObject, other: ClusterObject): boolean {
  const bare = ({ metadata: { resourceVersion: _version, ...metadata }, ...rest }: ClusterObject) => ({
    ...rest,
    metadata,
  });
  return JSON.stringify(sorted(bare(one))) === JSON.stringify(sorted(bare(other)));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
