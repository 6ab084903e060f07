import type { WireObject } from "../../../resources/wire.ts";
import type { Cause } from "../errors.ts";
import type { Schema } from "../schema/schema.ts";
import type { CustomValidation } from "./validation.ts";

/** Validation of custom objects by their schema and its rules. */
export class CelValidation implements CustomValidation {
  problems(_object: WireObject, _before: WireObject | undefined, _schema: Schema): readonly Cause[] {
    return [];
  }
}
