import { isWireObject, type WireObject } from "../../resources/wire.ts";
import { childSchema, type Schema } from "./schema/schema.ts";

/**
 * Parts of objects that are stored, each with the schema that it was read and found valid by. Clients in the same process
 * send back what they were given, and most writes change little of an object: what is the very same value needs not be
 * read, completed and checked again. Parts are frozen, so they are what they were.
 */
export class Canon {
  readonly #parts = new WeakMap<object, Schema>();
  readonly #metadata: Schema;

  /** `metadata` is the schema of all objects' metadata. */
  constructor(metadata: Schema) {
    this.#metadata = metadata;
  }

  /** Whether this value was stored as one of this schema. */
  has(value: unknown, schema: Schema | undefined): boolean {
    return schema !== undefined && typeof value === "object" && value !== null && this.#parts.get(value) === schema;
  }

  /** Take note of an object that was stored: of its parts, and of theirs. */
  take(object: WireObject, schema: Schema): void {
    for (const field in object) {
      const part = object[field];
      if (typeof part !== "object" || part === null) continue;
      const known = field === "metadata" ? this.#metadata : childSchema(schema, field);
      if (known === undefined || this.#parts.get(part) === known) continue;
      this.#parts.set(part, known);
      if (isWireObject(part)) this.#takeBelow(part, known);
    }
  }

  #takeBelow(part: WireObject, schema: Schema): void {
    for (const field in part) {
      const inner = part[field];
      if (typeof inner !== "object" || inner === null) continue;
      const known = childSchema(schema, field);
      if (known !== undefined) this.#parts.set(inner, known);
    }
  }
}
