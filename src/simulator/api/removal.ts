import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { conflict, invalid, notSupported } from "./errors.ts";
import { asKube, fieldsOf, listAt, numberAt, objectAt, textAt } from "./json.ts";
import type { Objects } from "./objects.ts";
import { viewOf } from "./resource.ts";
import type { Place } from "./write.ts";

/** What a DELETE says of itself, in its body or its query. */
export interface RemovalOptions {
  readonly gracePeriodSeconds: number | undefined;
  readonly propagation: string | undefined;
  readonly uid: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly isDryRun: boolean;
}

export interface Removed {
  /** As it was when it went, or as it is while it waits for that. */
  readonly object: KubeObject;
  readonly isGone: boolean;
}

export function removalOptions(body: unknown, query: Readonly<Record<string, string>>): RemovalOptions {
  const orphan = objectAt({ body }, "body")?.["orphanDependents"];
  const grace = query["gracePeriodSeconds"];
  return {
    gracePeriodSeconds: numberAt(body, "gracePeriodSeconds") ?? (grace === undefined ? undefined : Number(grace)),
    propagation:
      textAt(body, "propagationPolicy") ?? query["propagationPolicy"] ?? (orphan === true ? "Orphan" : undefined),
    uid: textAt(body, "preconditions", "uid"),
    resourceVersion: textAt(body, "preconditions", "resourceVersion"),
    isDryRun: query["dryRun"] === "All" || listAt(body, "dryRun").includes("All"),
  };
}

const FINALIZERS: Readonly<Record<string, string>> = { Orphan: "orphan", Foreground: "foregroundDeletion" };

const POLICIES = ["Background", "Foreground", "Orphan"];

/** Removes objects, at once or when their grace and their finalizers allow it. */
export class Removal {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  remove(place: Place, options: RemovalOptions): Removed {
    const { resource } = place;
    const before = this.#objects.get(place);
    mustBeMeant(before, place, options);
    if (options.propagation !== undefined && !POLICIES.includes(options.propagation)) {
      const problem = notSupported("propagationPolicy", options.propagation, POLICIES);
      throw invalid({ group: "meta.k8s.io", kind: "DeleteOptions", plural: "" }, "", [problem]);
    }
    if (resource.collection === "/namespaces") return this.#removeNamespace(place, before, options);
    const grace = resource.kind === "Pod" ? graceOf(before, options) : 0;
    const finalizers = finalizersOf(before, options);
    const isNow = finalizers.length === 0 && grace === 0;
    if (isNow) return this.#end(place, before, options);
    const { deletionTimestamp, deletionGracePeriodSeconds: known } = before.metadata;
    // A second DELETE can only make it quicker.
    const isSame = deletionTimestamp !== undefined && grace >= Number(known ?? 0);
    if (isSame && finalizers.length === (before.metadata.finalizers ?? []).length) return this.#shown(place, before);
    return this.#shown(place, this.#mark(place, before, { grace, finalizers, isDryRun: options.isDryRun }));
  }

  /** Whatever was waited for may have happened: take out a namespace that is to go and is empty. */
  sweepNamespace(name: string): void {
    const { storage, catalog } = this.#objects;
    const namespace = storage.get("/namespaces", undefined, name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    for (const [key, { isNamespaced }] of catalog.collections()) {
      if (!isNamespaced) continue;
      for (const { metadata } of storage.collection(key).objects.values()) if (metadata.namespace === name) return;
    }
    if ((namespace.metadata.finalizers ?? []).length === 0) storage.remove("/namespaces", namespace);
  }

  #mark(
    { resource }: Place,
    before: KubeObject,
    {
      grace,
      finalizers,
      isDryRun,
    }: { readonly grace: number; readonly finalizers: readonly string[]; readonly isDryRun: boolean },
  ): KubeObject {
    const marks = this.#marks({ resource }, before, grace);
    const metadata = { ...marks, ...(finalizers.length === 0 ? {} : { finalizers }) };
    const marked = asKube({ ...before, metadata });
    return isDryRun ? marked : this.#objects.storage.put(resource.collection, marked);
  }

  #marks({ resource }: Pick<Place, "resource">, before: KubeObject, grace: number): KubeObject["metadata"] {
    const { generation, deletionTimestamp } = before.metadata;
    const at = new Date(Date.parse(this.#objects.time) + grace * 1000).toISOString();
    const isFirst = deletionTimestamp === undefined;
    return {
      ...before.metadata,
      deletionTimestamp: isFirst || resource.kind === "Pod" ? `${at.slice(0, 19)}Z` : deletionTimestamp,
      deletionGracePeriodSeconds: grace,
      ...(generation === undefined || !isFirst ? {} : { generation: generation + 1 }),
    };
  }

  #end(place: Place, before: KubeObject, { isDryRun }: RemovalOptions): Removed {
    const { storage } = this.#objects;
    const { collection } = place.resource;
    // What is given time to end is marked before it goes, also where the time is none.
    const last =
      place.resource.kind === "Pod" ? asKube({ ...before, metadata: this.#marks(place, before, 0) }) : before;
    const object = isDryRun ? last : storage.remove(collection, last);
    return { object: viewOf(place.resource, object), isGone: true };
  }

  #removeNamespace(place: Place, before: KubeObject, options: RemovalOptions): Removed {
    const { storage, catalog } = this.#objects;
    const status = { ...objectAt(fieldsOf(before), "status"), phase: "Terminating" };
    const isFirst = before.metadata.deletionTimestamp === undefined;
    const { time } = this.#objects;
    const metadata = isFirst ? { ...before.metadata, deletionTimestamp: time } : before.metadata;
    const marked = asKube({ ...before, metadata, status });
    if (options.isDryRun) return this.#shown(place, marked);
    const terminating = isFirst ? storage.put("/namespaces", marked) : before;
    const content = { ...options, uid: undefined, resourceVersion: undefined, propagation: undefined };
    for (const [key, resource] of catalog.collections()) {
      if (!resource.isNamespaced) continue;
      for (const object of storage.collection(key).sorted()) {
        const { namespace, name } = object.metadata;
        if (namespace === place.name) this.remove({ resource, namespace, name }, content);
      }
    }
    this.sweepNamespace(place.name);
    return this.#shown(place, terminating);
  }

  #shown({ resource }: Place, object: KubeObject): Removed {
    return { object: viewOf(resource, object), isGone: false };
  }
}

function mustBeMeant({ metadata }: KubeObject, { resource, name }: Place, options: RemovalOptions): void {
  const { uid, resourceVersion } = options;
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw conflict({ ...resource, plural: resource.kind }, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw conflict({ ...resource, plural: resource.kind }, name, why);
  }
}

/** Only a pod that runs somewhere needs time to end. */
function graceOf(pod: KubeObject, { gracePeriodSeconds }: RemovalOptions): number {
  const spec: WireObject | undefined = objectAt(fieldsOf(pod), "spec");
  const phase = textAt(fieldsOf(pod), "status", "phase");
  if ((spec?.["nodeName"] ?? "") === "" || phase === "Succeeded" || phase === "Failed") return 0;
  return gracePeriodSeconds ?? numberAt(spec, "terminationGracePeriodSeconds") ?? 30;
}

function finalizersOf(
  { metadata: { finalizers = [] } }: KubeObject,
  { propagation }: RemovalOptions,
): readonly string[] {
  const own = Object.values(FINALIZERS);
  const wanted = propagation === undefined ? undefined : FINALIZERS[propagation];
  const kept = propagation === undefined ? finalizers : finalizers.filter((finalizer) => !own.includes(finalizer));
  return wanted === undefined ? kept : [...kept, wanted];
}
