import { isFields, type Json } from "./json.ts";

/**
 * Which fields a type has, for the values that are read from a file. Checked against the type by the compiler, so that a
 * field which comes to the domain, or goes, must come or go here, and what was recorded before is noticed.
 *
 *   "leaf"             anything, not looked into
 *   { name: … }        these fields, `name?` where it may be missing
 *   ["each", …]        an array of such
 *   ["byName", …]      fields of any names, each of them such
 */
export type Shape = "leaf" | readonly ["each" | "byName", Shape] | ShapeFields;
export interface ShapeFields {
  readonly [field: string]: Shape;
}

/** The shape that fits the type, and no other. */
export type ShapeOf<Type> = [Exclude<Type, undefined>] extends [infer Value]
  ? [Value] extends [string | number | boolean]
    ? "leaf"
    : [Value] extends [readonly (infer Element)[]]
      ? readonly ["each", ShapeOf<Element>]
      : string extends keyof Value
        ? unknown extends Value[keyof Value]
          ? "leaf"
          : readonly ["byName", ShapeOf<Value[keyof Value]>]
        : FieldsOf<Value>
  : never;

type NamesOf<Type> = Type extends unknown ? Extract<keyof Type, string> : never;
type ValueOf<Type, Name extends string> = Type extends unknown
  ? Name extends keyof Type
    ? Type[Name]
    : undefined
  : never;

type FieldsOf<Type> = {
  readonly [Name in NamesOf<Type> as undefined extends ValueOf<Type, Name> ? `${Name}?` : Name]-?: ShapeOf<
    ValueOf<Type, Name>
  >;
};

/** What does not fit, each with its path, in words that go on "it has …" or "it lacks …". */
export function misfits(value: Json, shape: Shape, path: string): readonly string[] {
  if (shape === "leaf") return [];
  if (isShapePair(shape)) {
    const [kind, inner] = shape;
    const isRight = kind === "each" ? Array.isArray(value) : isFields(value);
    if (!isRight) return [`${path} is no ${kind === "each" ? "array" : "object"}`];
    return Object.entries(value as object).flatMap(([name, part]) => misfits(part as Json, inner, `${path}.${name}`));
  }
  if (!isFields(value)) return [`${path} is no object`];
  const unknown = Object.keys(value).filter((name) => shapeOf(shape, name) === undefined);
  const missing = Object.keys(shape).filter((name) => !name.endsWith("?") && value[name] === undefined);
  return [
    ...unknown.map((name) => `${path}.${name} is not known any more`),
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, part]) => {
      const inner = shapeOf(shape, name);
      return inner === undefined ? [] : misfits(part, inner, `${path}.${name}`);
    }),
  ];
}

const isShapePair = (shape: Shape): shape is readonly ["each" | "byName", Shape] => Array.isArray(shape);

const shapeOf = (shape: ShapeFields, name: string): Shape | undefined => shape[name] ?? shape[`${name}?`];
