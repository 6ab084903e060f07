import type { WireObject } from "../../resources/wire.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { Canon } from "./canon.ts";
import type { Catalog } from "./catalog.ts";
import type { CustomValidation } from "./custom/problems.ts";
import { alreadyExists, type Cause, forbidden, invalid, notFound } from "./errors.ts";
import { afterUpdate, type Writer } from "./fields/managers.ts";
import { isSameContent, keepSystemMetadata, merged, ownershipIn, resetStatus, withoutTimes } from "./halves.ts";
import { asKube, at, type Draft, fieldsOf, isEqual, metadataOf } from "./json.ts";
import { asPatched, mustBeCurrent, mustBeNamed, mustBeVersioned } from "./preconditions.ts";
import { emptyOf, type KnowsKind, type Reading, readObject } from "./read.ts";
import { type Resource, type Surroundings, viewOf } from "./resource.ts";
import type { BuiltinTypes } from "./schema/builtin.ts";
import type { Storage } from "./storage.ts";
import { systemMetadata } from "./systemMetadata.ts";
import { uuid } from "./uuid.ts";
import { metadataProblems } from "./validate.ts";
import type { Change, Place, WriteOptions, Written } from "./write.ts";

export interface ObjectsOptions {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly types: BuiltinTypes;
  readonly clock: Clock;
  readonly random: Random;
  readonly custom: CustomValidation;
  readonly canon: Canon;
  /** Collections of which nobody asks who wrote what: it is not recorded. */
  readonly unowned: ReadonlySet<string>;
}

/** Creation and change of objects: everything that stands between what a client sends and what is stored. */
export class Objects {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly types: BuiltinTypes;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #custom: CustomValidation;
  readonly #canon: Canon;
  readonly #unowned: ReadonlySet<string>;
  /** The second that was asked for last, and how it is written. */
  #second = Number.NaN;
  #time = "";

  constructor({ storage, catalog, types, clock, random, custom, canon, unowned }: ObjectsOptions) {
    this.storage = storage;
    this.catalog = catalog;
    this.types = types;
    this.#clock = clock;
    this.#random = random;
    this.#custom = custom;
    this.#canon = canon;
    this.#unowned = unowned;
  }

  /** The time as objects record it. */
  get time(): string {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    }
    return this.#time;
  }

  get surroundings(): Surroundings {
    return {
      time: this.time,
      uid: () => uuid(this.#random),
      dice: () => this.#random.next(),
      some: (collection, question) => {
        for (const object of this.storage.collection(collection).objects.values()) if (question(object)) return true;
        return false;
      },
    };
  }

  find({ resource, namespace, name }: Place): KubeObject | undefined {
    return this.storage.get(resource.collection, namespace, name);
  }

  get(place: Place): KubeObject {
    const found = this.find(place);
    if (found === undefined) throw notFound(place.resource, place.name);
    return found;
  }

  writer(resource: Resource, operation: Writer["operation"], { manager, subresource }: WriteOptions): Writer {
    // A Scale has no times of its own.
    const time = subresource === "scale" ? "" : this.time;
    return { manager, operation, apiVersion: resource.apiVersion, subresource, time };
  }

  create(resource: Resource, namespace: string | undefined, change: Change, options: WriteOptions): Written {
    const { draft, warnings } = this.#read(change.object, resource, options);
    const { surroundings } = this;
    draft["metadata"] = systemMetadata(draft, { resource, namespace, surroundings });
    this.#mustTakeContent(resource, namespace, String(metadataOf(draft)["name"] ?? ""));
    resetStatus(draft, resource);
    const managedFields = change.managedFields ?? this.#firstOwnership(draft, resource, options);
    resource.behaviour.prepareCreate?.(draft, surroundings);
    const object = this.#stored(draft, resource, managedFields, { before: undefined, subresource: "" });
    this.#validate(object, undefined, resource, "");
    const place = { resource, namespace, name: object.metadata.name };
    if (this.find(place) !== undefined) throw alreadyExists(resource, place.name);
    const stored = options.isDryRun ? object : this.#put(resource, object);
    return { object: viewOf(resource, stored), warnings, isNew: true };
  }

  update(place: Place, make: (current: KubeObject) => Change, options: WriteOptions): Written {
    const { resource } = place;
    const before = this.get(place);
    const current = viewOf(resource, before);
    const change = make(current);
    const { draft, warnings } = asPatched(change, () => this.#read(change.object, resource, options));
    mustBeNamed(metadataOf(draft), place);
    mustBeCurrent(draft, before, place);
    if (change.isReplacement === true) mustBeVersioned(draft, place);
    const next = merged(draft, fieldsOf(current), resource, options.subresource);
    keepSystemMetadata(next, metadataOf(fieldsOf(before)));
    resource.behaviour.prepareUpdate?.(next, fieldsOf(before));
    const isUntouched = change.managedFields === undefined && isSameContent(next, fieldsOf(current));
    if (isUntouched) return { object: current, warnings, isNew: false };
    const managedFields = change.managedFields ?? this.#ownership(next, current, resource, options);
    const object = this.#stored(next, resource, managedFields, { before, subresource: options.subresource });
    this.#validate(object, before, resource, options.subresource);
    return { object: viewOf(resource, this.#replace(object, before, place, options)), warnings, isNew: false };
  }

  #read(value: unknown, resource: Resource, { validation }: WriteOptions): Reading {
    const isKnown: KnowsKind = (apiVersion, kind) => this.catalog.findKind(apiVersion, kind) !== undefined;
    return readObject(value, resource, this.types, { validation, isKnown, canon: this.#canon });
  }

  #firstOwnership(draft: Draft, resource: Resource, options: WriteOptions): readonly WireObject[] {
    if (this.#unowned.has(resource.collection)) return [];
    return afterUpdate(emptyOf(resource), draft, this.writer(resource, "Update", options), resource.schema);
  }

  #ownership(next: Draft, current: KubeObject, resource: Resource, options: WriteOptions): readonly WireObject[] {
    const own = ownershipIn(next, current);
    // What nobody was seen to write at its creation is not followed afterwards either.
    if (own.length === 0) return [];
    const writer = this.writer(resource, "Update", options);
    const named = { ...next, metadata: { ...metadataOf(next), managedFields: own } };
    const owners = afterUpdate(fieldsOf(current), named, writer, resource.schema);
    // A Scale does not write down a zero, and so nobody owns it.
    const isZero = options.subresource === "scale" && at(next, ...(resource.scale?.specReplicas ?? [])) === 0;
    return isZero ? owners.filter(({ subresource }) => subresource !== "scale") : owners;
  }

  #replace(object: KubeObject, before: KubeObject, place: Place, options: WriteOptions): KubeObject {
    if (isEqual(withoutTimes(object), withoutTimes(before))) return before;
    if (options.isDryRun)
      return asKube({ ...object, metadata: { ...object.metadata, resourceVersion: before.metadata.resourceVersion } });
    const { collection } = place.resource;
    const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds: grace = 0 } = object.metadata;
    // The last finalizer went: so does the object, and the watch tells of that alone.
    if (deletionTimestamp !== undefined && finalizers.length === 0 && grace === 0)
      return this.storage.remove(collection, object);
    return this.#put(place.resource, object);
  }

  #put(resource: Resource, object: KubeObject): KubeObject {
    const stored = this.storage.put(resource.collection, object);
    // Of another version it is in another form than this schema's.
    if (stored.apiVersion === resource.apiVersion) this.#canon.take(fieldsOf(stored), resource.schema);
    return stored;
  }

  /** The draft in the form that is stored: generation counted, ownership written down. */
  #stored(
    draft: Draft,
    resource: Resource,
    managedFields: readonly WireObject[],
    { before, subresource }: { readonly before: KubeObject | undefined; readonly subresource: string },
  ): KubeObject {
    const { generationOf } = resource.behaviour;
    const { managedFields: _, ...metadata } = metadataOf(draft) as Draft;
    const converted = { ...(resource.convert?.stored({ ...draft, metadata }) ?? draft) };
    if (generationOf !== undefined) {
      const had = before?.metadata.generation ?? 0;
      // A status asks for nothing, whatever is written along with it.
      const isKept =
        before !== undefined &&
        (subresource === "status" || isEqual(generationOf(converted), generationOf(fieldsOf(before))));
      metadata["generation"] = isKept ? had : had + 1;
    }
    if (managedFields.length > 0) metadata["managedFields"] = managedFields;
    return asKube({ ...converted, metadata });
  }

  #validate(object: KubeObject, before: KubeObject | undefined, resource: Resource, subresource: string): void {
    const [after, old] = [fieldsOf(object), before === undefined ? undefined : fieldsOf(before)];
    const problems: Cause[] = [...metadataProblems(after, old, resource.behaviour.nameRule, resource.isCustom)];
    problems.push(...(resource.behaviour.validate?.(after, old) ?? []));
    if (resource.isCustom) problems.push(...this.#custom.problems(after, old, resource.schema, subresource));
    if (problems.length > 0) throw invalid(resource, object.metadata.name ?? "", problems);
  }

  #mustTakeContent(resource: Resource, namespace: string | undefined, name: string): void {
    if (namespace === undefined) return;
    const home = this.storage.get("/namespaces", undefined, namespace);
    if (home === undefined) throw notFound({ group: "", plural: "namespaces", kind: "Namespace" }, namespace);
    if (home.metadata.deletionTimestamp === undefined) return;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    const message = `namespace ${namespace} is being terminated`;
    throw forbidden(resource, name, why, [{ reason: "NamespaceTerminating", message, field: "metadata.namespace" }]);
  }
}
