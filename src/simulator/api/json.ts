import { isWireObject, type WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";

/** An object that is being made and belongs to nobody else yet. */
export type Draft = Record<string, unknown>;

/** A copy all the way down, without fields that are undefined. */
export function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (!isWireObject(value)) return value;
  const result: Draft = {};
  for (const field of Object.keys(value)) {
    const inner = value[field];
    if (inner !== undefined) setField(result, field, copy(inner));
  }
  return result;
}

/** As `copy`, but what nobody can write to any more is not copied. */
export function copyUnfrozen(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map(copyUnfrozen);
  const result: Draft = {};
  for (const field of Object.keys(value)) {
    const inner = (value as WireObject)[field];
    if (inner !== undefined) setField(result, field, copyUnfrozen(inner));
  }
  return result;
}

export function copyObject(value: WireObject): Draft {
  return copy(value) as Draft;
}

/** Nobody may write to it any more. What is frozen already is taken to be so all the way down. */
export function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
  return value;
}

/** Whether two JSON values are the same, whatever the order of their fields. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) return isEqualList(one, other);
  const [fields, others] = [one as WireObject, other as WireObject];
  let count = 0;
  for (const field of Object.keys(fields)) {
    if (!Object.hasOwn(others, field) || !isEqual(fields[field], others[field])) return false;
    count += 1;
  }
  return Object.keys(others).length === count;
}

function isEqualList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  for (let place = 0; place < one.length; place += 1) if (!isEqual(one[place], other[place])) return false;
  return true;
}

export function isEmpty(value: WireObject): boolean {
  for (const _ in value) return false;
  return true;
}

/** Set a field by a name that came from outside: `__proto__` is a name as any other. */
export function setField(target: Draft, field: string, value: unknown): void {
  if (field === "__proto__") {
    Object.defineProperty(target, field, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[field] = value;
  }
}

/** The field's value, or undefined where there is no such own field. */
function fieldOf(value: unknown, field: string): unknown {
  return isWireObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

/** What is found by following the fields, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const field of path) inner = fieldOf(inner, field);
  return inner;
}

export function objectAt(value: unknown, ...path: readonly string[]): WireObject | undefined {
  const found = at(value, ...path);
  return isWireObject(found) ? found : undefined;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The objects of a list; empty where there is no list. */
export function objectsAt(value: unknown, ...path: readonly string[]): readonly WireObject[] {
  return listAt(value, ...path).filter(isWireObject);
}

export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** The draft's own object under this field, made where there is none. */
export function draftAt(draft: Draft, ...path: readonly string[]): Draft {
  let inner = draft;
  for (const field of path) {
    const next = fieldOf(inner, field);
    if (isWireObject(next)) {
      inner = next as Draft;
    } else {
      const made: Draft = {};
      setField(inner, field, made);
      inner = made;
    }
  }
  return inner;
}

/** The objects of a draft's list, which may be written to as well. */
export function draftsAt(value: unknown, ...path: readonly string[]): readonly Draft[] {
  return objectsAt(value, ...path) as readonly Draft[];
}

/** Set a field that is not there, or is null. */
export function defaultTo(draft: Draft, field: string, value: unknown): void {
  if (draft[field] === undefined || draft[field] === null) draft[field] = value;
}

/** An object of the API as the transport's types have it. */
export const asKube = (value: WireObject): KubeObject => value as unknown as KubeObject;

export const fieldsOf = (object: KubeObject): WireObject => object as unknown as WireObject;

export const metadataOf = (value: WireObject): WireObject => objectAt(value, "metadata") ?? {};
