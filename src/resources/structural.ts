import * as z from "zod";
import { isWireObject, type WireObject } from "./wire.ts";

/**
 * From a zod schema to a structural schema, which is all that Kubernetes takes: every node has one type, no node is a
 * union of shapes, and nothing that the API server does not know is said.
 */
export function structuralSchema(schema: z.ZodType): WireObject {
  return structural(z.toJSONSchema(schema, { io: "input", reused: "inline" }));
}

/** What a structural schema may say and zod says as well, in the order that people read. */
const KEPT = [
  "description",
  "type",
  "format",
  "default",
  "enum",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "required",
  "oneOf",
  "x-kubernetes-int-or-string",
  "x-kubernetes-validations",
];

function structural(node: unknown): WireObject {
  if (!isWireObject(node)) return {};
  const kept = KEPT.filter((key) => says(node, key)).map((key) => [key, node[key]] as const);
  return Object.fromEntries([...kept, ...children(node)]);
}

function says(node: WireObject, key: string): boolean {
  const value = node[key];
  // zod bounds every integer by what a double can hold, which says nothing.
  return value !== undefined && Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER;
}

function children(node: WireObject): readonly (readonly [string, unknown])[] {
  const { properties, items, additionalProperties } = node;
  if (isWireObject(properties)) {
    return [
      ["properties", Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, structural(child)]))],
    ];
  }
  if (isWireObject(items)) return [["items", structural(items)]];
  return isWireObject(additionalProperties) ? [["additionalProperties", structural(additionalProperties)]] : [];
}
