import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Random } from "../../runtime/random.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { type Lookup, Store } from "../../runtime/store.ts";
import type { KubeObject, OwnerReference, Transport } from "../../runtime/transport.ts";
import type { Client, DeleteOptions } from "./client.ts";
import { collectionPath, type Kind } from "./kinds.ts";

export interface CachedOptions {
  readonly kind: Kind;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly client: Client;
  readonly content?: "objects" | "metadata";
}

/** All objects of one kind, and writes that the cache knows of before they return. */
export class Cached {
  readonly kind: Kind;
  readonly store: Store;
  /** Those whose controller has this uid. */
  readonly ownedBy: Lookup;
  /** Those of a namespace that nothing controls. */
  readonly orphansIn: Lookup;
  /** All of a namespace. */
  readonly allIn: Lookup;
  readonly #reflector: Reflector;
  readonly #client: Client;

  constructor(options: CachedOptions) {
    const { kind, client, log, content = "objects" } = options;
    this.kind = kind;
    this.#client = client;
    this.store = new Store({
      transform: withoutManagers,
      report: (error) => log.error({ error, kind: kind.kind }, "a listener failed"),
    });
    this.ownedBy = this.store.index("controller", (object) => {
      const uid = controllerOf(object)?.uid;
      return uid === undefined ? [] : [uid];
    });
    this.orphansIn = this.store.index("orphans", (object) =>
      controllerOf(object) === undefined ? [object.metadata.namespace ?? ""] : [],
    );
    this.allIn = this.store.index("namespace", ({ metadata }) => [metadata.namespace ?? ""]);
    this.#reflector = new Reflector({
      ...options,
      store: this.store,
      kind: kind.plural,
      path: collectionPath(kind),
      content,
    });
  }

  start(): Promise<unknown> {
    this.#reflector.start();
    return this.#reflector.whenSynced();
  }

  stop(): void {
    this.#reflector.stop();
  }

  get isSynced(): boolean {
    return this.#reflector.isSynced;
  }

  find(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.store.get(namespace === undefined ? name : `${namespace}/${name}`);
  }

  async create(namespace: string | undefined, body: object): Promise<KubeObject> {
    return this.#keep(await this.#client.create(this.kind, namespace, this.#typed(body)));
  }

  async update(object: KubeObject, subresource?: string): Promise<KubeObject> {
    return this.#keep(await this.#client.update(this.kind, this.#typed(object), subresource));
  }

  /** Only where the object still lives. */
  async patch({ metadata }: KubeObject, patch: Patch, subresource?: string): Promise<KubeObject> {
    const body = { ...patch, metadata: { ...patch.metadata, uid: metadata.uid } };
    return this.#keep(await this.#client.patch(this.kind, metadata, body, subresource));
  }

  async delete(object: KubeObject, options: DeleteOptions = {}): Promise<void> {
    const answer = await this.#client.delete(this.kind, object, options);
    // A pod that is given time to end answers with its new state; what is gone already, with a Status or its last state.
    const isMortal = answer.kind === this.kind.kind && answer.metadata.deletionTimestamp !== undefined;
    if (isMortal && lingers(answer)) this.store.writeThrough(answer);
    else if (answer.kind === "Status") this.store.remove(object);
  }

  #typed<T extends object>(body: T): T & Pick<Kind, "apiVersion" | "kind"> {
    return { ...body, apiVersion: this.kind.apiVersion, kind: this.kind.kind };
  }

  #keep(object: KubeObject): KubeObject {
    this.store.writeThrough(object);
    return object;
  }
}

export interface Patch {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

function lingers({ metadata }: KubeObject): boolean {
  const grace = metadata["deletionGracePeriodSeconds"];
  return (metadata.finalizers ?? []).length > 0 || (typeof grace === "number" && grace > 0);
}

/** Unlike `strip`, keeps the annotation of `kubectl apply`: what we replace as a whole must not lose it. */
function withoutManagers(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}
