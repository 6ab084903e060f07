import type { WireObject } from "../../../resources/wire.ts";

/** A rule of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/**
 * The shape of a value: a structural schema, as a CustomResourceDefinition has it. The built-in kinds are described in
 * the same words, so that patches, ownership, pruning and OpenAPI need not know which kind they deal with.
 */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly not?: Schema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-validations"?: readonly CelRule[];
  /** Only built-in kinds have these: strategic merge patch knows no others. */
  readonly "x-kubernetes-patch-strategy"?: string;
  readonly "x-kubernetes-patch-merge-key"?: string;
  /** Where protobuf keeps the field of a built-in kind: several numbers where it is in a message that JSON leaves out. */
  readonly "x-number"?: string;
  /** The name of a built-in type, which OpenAPI documents refer to. */
  readonly "x-type"?: string;
}

/** The schema of a field: declared, or that of every value of a map. Undefined where nothing is known of it. */
export function childSchema(schema: Schema | undefined, field: string): Schema | undefined {
  const properties = schema?.properties;
  if (properties !== undefined && Object.hasOwn(properties, field)) return properties[field];
  const values = schema?.additionalProperties;
  return typeof values === "object" ? values : undefined;
}

/** Whether the field is one of a struct, and not an entry of a map. */
export function isDeclared(schema: Schema | undefined, field: string): boolean {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, field);
}

export type ListType = "atomic" | "set" | "map";

export function listTypeOf(schema: Schema | undefined): ListType {
  return schema?.["x-kubernetes-list-type"] ?? "atomic";
}

export const isAtomicMap = (schema: Schema | undefined): boolean => schema?.["x-kubernetes-map-type"] === "atomic";

/** What tells one entry of a keyed list from the others; absent keys take their defaults. Undefined where a key is missing. */
export function keysOf(schema: Schema | undefined, entry: WireObject): Readonly<Record<string, unknown>> | undefined {
  const keys: Record<string, unknown> = {};
  for (const key of schema?.["x-kubernetes-list-map-keys"] ?? []) {
    const value = entry[key] ?? schema?.items?.properties?.[key]?.default;
    if (value !== undefined && value !== null) keys[key] = value;
  }
  return Object.keys(keys).length === 0 ? undefined : keys;
}
