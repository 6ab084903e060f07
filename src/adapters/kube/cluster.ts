import { StaleError } from "../../control/errors.ts";
import type { Clock, Cluster, ClusterObject, KindName } from "../../control/ports.ts";
import type { JsonObject } from "../../domain/spec.ts";
import type { Instant } from "../../domain/time.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { isConflict } from "./errors.ts";
import { KIND_NAMES, KINDS } from "./kinds.ts";
import { isHeldByFlagger, takeOver, writtenAt } from "./managers.ts";
import type { PatchStyle, Place, Requests } from "./requests.ts";
import { Sightings } from "./sightings.ts";

/** What is needed of a store: the runtime's is one. Made with `retain(kind)` as its transform. */
export interface ObjectStore {
  get(key: string): KubeObject | undefined;
  writeThrough(object: KubeObject): unknown;
  remove(object: KubeObject): unknown;
  onChange(listener: (key: string, before: KubeObject | undefined, after: KubeObject | undefined) => void): unknown;
}

export type ObjectStores = Readonly<Record<KindName, ObjectStore>>;

/** Kinds whose content nobody asks the age of: a large cluster has thousands of slices. */
const AGELESS: ReadonlySet<KindName> = new Set(["Canary", "EndpointSlice"]);

/** The cluster through caches and single requests. What it wrote, the next read sees. */
export class KubeCluster implements Cluster {
  readonly #stores: ObjectStores;
  readonly #requests: Requests;
  readonly #sightings: ReadonlyMap<KindName, Sightings>;

  /** To be made before the reflectors start, or `seenSince` misses what they saw first. */
  constructor(options: { readonly stores: ObjectStores; readonly requests: Requests; readonly clock: Clock }) {
    this.#stores = options.stores;
    this.#requests = options.requests;
    const observed = KIND_NAMES.filter((kind) => !KINDS[kind].metadataOnly && !AGELESS.has(kind));
    this.#sightings = new Map(
      observed.map((kind) => {
        const sightings = new Sightings(() => options.clock.now());
        options.stores[kind].onChange((key, before, after) => sightings.note(key, before, after));
        return [kind, sightings];
      }),
    );
  }

  /** The stores are filled: whatever appears from now on is seen to appear, and the server's clock has no say in it. */
  witness(): void {
    for (const sightings of this.#sightings.values()) sightings.witness();
  }

  read(kind: KindName, namespace: string, name: string): ClusterObject | undefined {
    return this.#stores[kind].get(`${namespace}/${name}`);
  }

  writtenAt(kind: KindName, namespace: string, name: string): Instant | undefined {
    // The server's clock is believed only for what this process did not see happen: the two clocks may disagree.
    if (this.#sightings.get(kind)?.isInherited(`${namespace}/${name}`) === false) return undefined;
    const object = this.#stores[kind].get(`${namespace}/${name}`);
    return object === undefined ? undefined : writtenAt(object);
  }

  seenSince(kind: KindName, namespace: string, name: string): Instant | undefined {
    return this.#sightings.get(kind)?.since(`${namespace}/${name}`);
  }

  async apply(kind: KindName, object: ClusterObject): Promise<void> {
    const { name, namespace = "" } = object.metadata;
    const place: Place = { kind, namespace, name };
    const known = this.#stores[kind].get(`${namespace}/${name}`);
    if (known !== undefined && isHeldByFlagger(known)) await this.#takeOver(place);
    const body = { ...object, apiVersion: KINDS[kind].apiVersion, kind };
    // What the cache does not show may be there all the same, made by somebody a moment ago: then it is theirs until seen.
    const style = known === undefined ? "claim" : "apply";
    await this.#patch(place, style, body);
  }

  async merge(
    kind: KindName,
    namespace: string,
    name: string,
    patch: JsonObject,
    resourceVersion?: string,
  ): Promise<void> {
    const body = resourceVersion === undefined ? patch : onto(resourceVersion, patch);
    await this.#patch({ kind, namespace, name }, "merge", body);
  }

  async fetch(kind: "ConfigMap" | "Secret", namespace: string, name: string): Promise<ClusterObject | undefined> {
    return this.#requests.get({ kind, namespace, name });
  }

  async confirm(kind: KindName, namespace: string, name: string): Promise<void> {
    const known = this.#versionOf(kind, namespace, name);
    await this.#look({ kind, namespace, name });
    if (this.#versionOf(kind, namespace, name) === known) return;
    throw new StaleError(`${kind} ${namespace}/${name} has changed since it was observed`);
  }

  #versionOf(kind: KindName, namespace: string, name: string): string | undefined {
    return this.#stores[kind].get(`${namespace}/${name}`)?.metadata.resourceVersion;
  }

  async #patch(place: Place, style: PatchStyle, body: JsonObject): Promise<void> {
    try {
      this.#stores[place.kind].writeThrough(await this.#requests.patch(place, style, body));
    } catch (error) {
      // A watch that lags would have us write onto the same old version again and again.
      if (isConflict(error)) await this.#look(place).catch(() => undefined);
      throw error;
    }
  }

  /** Have the cache show what the API server has now. */
  async #look(place: Place): Promise<void> {
    const store = this.#stores[place.kind];
    const known = store.get(`${place.namespace}/${place.name}`);
    const live = await this.#requests.get(place);
    if (live !== undefined) store.writeThrough(live);
    else if (known !== undefined) store.remove(known);
  }

  /** Once in the life of an object that Flagger made. The cache does not hold what the server must be told. */
  async #takeOver(place: Place): Promise<void> {
    const live = await this.#requests.get(place);
    if (live === undefined) return;
    const { managedFields, resourceVersion } = live.metadata;
    const metadata = { resourceVersion, managedFields: takeOver(managedFields, KINDS[place.kind].apiVersion) };
    this.#stores[place.kind].writeThrough(await this.#requests.patch(place, "merge", { metadata }));
  }
}

/** The patch, good only for the version that was observed: the API server answers 409 for any other. */
export function onto(resourceVersion: string, patch: JsonObject): JsonObject {
  const metadata = typeof patch["metadata"] === "object" ? patch["metadata"] : {};
  return { ...patch, metadata: { ...metadata, resourceVersion } };
}
