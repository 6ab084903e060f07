import type { WireObject } from "../../../resources/wire.ts";
import type { Cause } from "../errors.ts";
import type { Schema } from "../schema/schema.ts";

/** What is wrong with a custom object by the schema of its definition. */
export interface CustomValidation {
  problems(object: WireObject, before: WireObject | undefined, schema: Schema): readonly Cause[];
}
