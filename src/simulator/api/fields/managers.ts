import type { WireObject } from "../../../resources/wire.ts";
import { ApiError, type Cause } from "../errors.ts";
import { type Draft, isEmpty, isEqual, metadataOf, objectsAt, setField } from "../json.ts";
import type { Schema } from "../schema/schema.ts";
import { compare, fieldSetOf } from "./compare.ts";
import { difference, type FieldSet, intersection, NOTHING, paths, printPath, union } from "./fieldSet.ts";
import { mergeApplied, prune } from "./merge.ts";

/** Who writes, and by what kind of request. */
export interface Writer {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  /** Whole seconds, as objects record them. */
  readonly time: string;
}

interface Owner extends Writer {
  readonly fields: FieldSet;
}

/** The fields that nobody owns: the server's own. */
const SERVERS: ReadonlySet<string> = new Set([
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "generation",
  "managedFields",
  "resourceVersion",
]);

const LONGEST_LIST_OF_UPDATERS = 10;

function bare(object: WireObject): WireObject {
  const [result, metadata, all]: [Draft, Draft, WireObject] = [{}, {}, metadataOf(object)];
  for (const field of Object.keys(object)) {
    if (field !== "apiVersion" && field !== "kind") setField(result, field, object[field]);
  }
  for (const field of Object.keys(all)) if (!SERVERS.has(field)) setField(metadata, field, all[field]);
  result["metadata"] = metadata;
  return result;
}

/** What one owner is told from another by. What was applied is one owner's, whatever the version it was applied in. */
const identity = ({ manager, operation, apiVersion, subresource }: Writer): string =>
  [manager, operation, operation === "Apply" ? "" : apiVersion, subresource].join("\n");

function ownersOf(managedFields: readonly WireObject[]): ReadonlyMap<string, Owner> {
  const owners = managedFields.map((entry): Owner => {
    const { manager = "", operation = "Update", apiVersion = "", subresource = "", time = "", fieldsV1 } = entry;
    return { manager, operation, apiVersion, subresource, time, fields: fieldsV1 ?? {} } as Owner;
  });
  return new Map(owners.map((owner) => [identity(owner), owner]));
}

/** As they are stored: appliers first, then by time and name. */
function printOwners(owners: Iterable<Owner>): readonly WireObject[] {
  const text = ({ operation, time, manager, apiVersion, subresource }: Owner): string =>
    JSON.stringify([operation, time, manager, apiVersion, subresource]);
  return [...owners]
    .filter(({ fields }) => !isEmpty(fields))
    .map((owner) => ({ owner, text: text(owner) }))
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(({ owner: { manager, operation, apiVersion, subresource, time, fields } }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === "" ? {} : { time }),
      fieldsType: "FieldsV1",
      fieldsV1: fields,
      ...(subresource === "" ? {} : { subresource }),
    }));
}

/** managedFields after an update: the writer owns what it changed, and nobody else does any more. */
export function afterUpdate(
  before: WireObject,
  after: WireObject,
  writer: Writer,
  schema: Schema,
): readonly WireObject[] {
  const owners = new Map(ownersOf(objectsAt(after, "metadata", "managedFields")));
  const { changed, removed } = compare(bare(before), bare(after), schema);
  if (!isEmpty(changed) || !isEmpty(removed)) {
    for (const [key, owner] of owners) {
      owners.set(key, { ...owner, fields: difference(difference(owner.fields, changed), removed) });
    }
  }
  const own = withoutRoot(changed);
  if (!isEmpty(own)) {
    const key = identity(writer);
    owners.set(key, { ...writer, fields: union(own, owners.get(key)?.fields ?? NOTHING) });
  }
  return printOwners(capped([...owners.values()]));
}

/** Ten updaters are remembered by name; the oldest beyond are one. */
function capped(owners: readonly Owner[]): readonly Owner[] {
  const updaters = owners.filter(({ operation, fields }) => operation === "Update" && !isEmpty(fields));
  const surplus = updaters.length - LONGEST_LIST_OF_UPDATERS;
  if (surplus <= 0) return owners;
  const oldest = updaters.toSorted((one, other) => (one.time < other.time ? -1 : 1)).slice(0, surplus + 1);
  const [first] = oldest;
  if (first === undefined) return owners;
  const fields = oldest.reduce<FieldSet>((all, owner) => union(all, owner.fields), NOTHING);
  const bucket: Owner = { ...first, manager: "ancient-changes", subresource: "", fields };
  return [...owners.filter((owner) => !oldest.includes(owner)), bucket];
}

/** Whether metadata itself is owned says nothing: every object has some. */
function withoutRoot(set: FieldSet): FieldSet {
  const metadata = set["f:metadata"] as FieldSet | undefined;
  if (metadata === undefined) return set;
  const { ".": _, ...below } = metadata;
  const { "f:metadata": __, ...rest } = set;
  return isEmpty(below) ? rest : { ...rest, "f:metadata": below };
}

export interface ApplyOptions {
  readonly schema: Schema;
  readonly isForced: boolean;
  /** Fields that this request cannot write. */
  readonly ignored: readonly string[];
  /** Whether the object is there, and nobody has applied to it yet. */
  readonly isFirst: boolean;
  /** The object that nobody has written yet. */
  readonly zero: WireObject;
}

export interface Applied {
  readonly object: WireObject;
  readonly managedFields: readonly WireObject[];
}

/**
 * The live object with the configuration applied to it. Throws 409 where others own what it changes, unless forced.
 * `live` is the zero value of its kind where there is no such object yet.
 */
export function applied(live: WireObject, configuration: WireObject, writer: Writer, options: ApplyOptions): Applied {
  const { schema } = options;
  const owners = new Map(ownersOf(objectsAt(live, "metadata", "managedFields")));
  const key = identity(writer);
  const last = owners.get(key);
  const wanted = bare(withoutFields(configuration, options.ignored));
  const fields = withoutRoot(fieldSetOf(wanted, schema));
  if (options.isFirst && owners.size === 0) creditUnknown(owners, bare(live), writer, options);
  owners.set(key, { ...writer, fields });
  const owned = [...owners.values()].reduce<FieldSet>((all, owner) => union(all, owner.fields), NOTHING);
  const current = bare(live);
  const merged = mergeApplied(current, wanted, schema) as WireObject;
  const result = last === undefined ? merged : (prune(merged, { last: last.fields, owned }, schema) as WireObject);
  settle(owners, key, compare(current, result, schema), options.isForced);
  // Where the object stays as it is, nobody wrote at this time.
  const isSilent = !options.ignored.some((field) => configuration[field] !== undefined);
  if (isSilent && isEqual(current, result)) owners.set(key, { ...writer, fields, time: last?.time ?? "" });
  return {
    object: { ...result, metadata: { ...serversOf(live), ...metadataOf(result) } },
    managedFields: printOwners(owners.values()),
  };
}

/** The server's own metadata, which no configuration changes. */
function serversOf(live: WireObject): WireObject {
  const metadata = metadataOf(live);
  return Object.fromEntries(
    [...SERVERS].flatMap((field) => (metadata[field] === undefined ? [] : [[field, metadata[field]]])),
  );
}

function withoutFields(configuration: WireObject, ignored: readonly string[]): WireObject {
  return Object.fromEntries(Object.entries(configuration).filter(([field]) => !ignored.includes(field)));
}

/** What was there before anybody's ownership was recorded is owned by a name that stands for all of them. */
function creditUnknown(
  owners: Map<string, Owner>,
  live: WireObject,
  writer: Writer,
  { schema, zero }: { readonly schema: Schema; readonly zero: WireObject },
): void {
  const fields = withoutRoot(compare(bare(zero), live, schema).changed);
  const unknown: Owner = { ...writer, manager: "before-first-apply", operation: "Update", subresource: "", fields };
  owners.set(identity(unknown), unknown);
}

/** Take from the others what is changed; where that is not forced and there is any, refuse. */
function settle(
  owners: Map<string, Owner>,
  own: string,
  { changed, removed }: { readonly changed: FieldSet; readonly removed: FieldSet },
  isForced: boolean,
): void {
  const others = [...owners].filter(([key]) => key !== own);
  const conflicts = others.flatMap(([, owner]) =>
    paths(intersection(owner.fields, changed)).map((path) => ({ owner, path: printPath(path) })),
  );
  if (conflicts.length > 0 && !isForced) throw applyConflict(conflicts);
  for (const [key, owner] of others) {
    owners.set(key, { ...owner, fields: difference(difference(owner.fields, changed), removed) });
  }
}

function applyConflict(conflicts: readonly { readonly owner: Owner; readonly path: string }[]): ApiError {
  const causes = conflicts.map(
    ({ owner, path }): Cause => ({
      reason: "FieldManagerConflict",
      message: `conflict with ${printOwner(owner)}`,
      field: path,
    }),
  );
  return new ApiError(409, "Conflict", conflictMessage(conflicts), { causes });
}

function conflictMessage(conflicts: readonly { readonly owner: Owner; readonly path: string }[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${printOwner(first.owner)}: ${first.path}`;
  }
  const byOwner = Map.groupBy(conflicts, ({ owner }) => printOwner(owner));
  const lines = [...byOwner].flatMap(([owner, own]) => [
    `conflicts with ${owner}:`,
    ...own.map(({ path }) => `- ${path}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

function printOwner({ manager, operation, apiVersion, subresource }: Owner): string {
  const name = `${JSON.stringify(manager)}${subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === "Update" ? `${name} using ${apiVersion}` : name;
}
