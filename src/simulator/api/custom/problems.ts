import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { Cel } from "../cel.ts";
import { type Cause, invalidUnsaid, invalidValue } from "../errors.ts";
import { type CelRule, childSchema, keysOf, type Schema } from "../schema/schema.ts";
import { schemaProblems } from "./validation.ts";

/** Validation of custom objects by their schema, and where that finds nothing, by its rules in CEL. */
export class CustomValidation {
  readonly #cel = new Cel();
  readonly #ruled = new WeakMap<Schema, boolean>();

  problems(object: WireObject, before: WireObject | undefined, schema: Schema, subresource: string): readonly Cause[] {
    const { apiVersion: _, kind: __, metadata: ___, ...content } = object;
    const all = schemaProblems(content, withoutRootFields(schema), "");
    const found = subresource === "status" ? all.map(withinStatus) : all;
    if (!this.#hasRules(schema)) return found;
    return [...found, ...(found.some(isBlocking) ? [UNCHECKED] : this.#rules(object, before, schema, ""))];
  }

  #rules(value: unknown, before: unknown, schema: Schema, field: string): readonly Cause[] {
    if (value === undefined || value === null || !this.#hasRules(schema)) return [];
    const own = (schema["x-kubernetes-validations"] ?? []).flatMap((rule) =>
      this.#rule(rule, value, before, schema, field),
    );
    return [...own, ...this.#below(value, before, schema, field)];
  }

  #below(value: unknown, before: unknown, schema: Schema, field: string): readonly Cause[] {
    if (Array.isArray(value)) {
      const { items } = schema;
      if (items === undefined) return [];
      return value.flatMap((entry, place) =>
        this.#rules(entry, counterpart(entry, before, schema), items, `${field}[${place}]`),
      );
    }
    if (!isWireObject(value)) return [];
    return Object.entries(value).flatMap(([name, inner]) => {
      const known = childSchema(schema, name);
      if (known === undefined) return [];
      const had = isWireObject(before) ? before[name] : undefined;
      return this.#rules(inner, had, known, field === "" ? name : `${field}.${name}`);
    });
  }

  #rule(rule: CelRule, value: unknown, before: unknown, schema: Schema, field: string): readonly Cause[] {
    const isTransition = /\boldSelf\b/.test(rule.rule);
    if (isTransition && before === undefined) return [];
    const verdict = this.#cel.evaluate(rule.rule, { self: value, oldSelf: before, schema });
    if (verdict === true) return [];
    const place = rule.fieldPath === undefined ? field : `${field}${rule.fieldPath}`;
    const words = this.#message(rule, value, before, schema);
    if (verdict !== false) return [invalidValue(place, schema.type, `${verdict} evaluating rule: ${words}`)];
    const isLarge = isWireObject(value) || Array.isArray(value);
    const problem = isLarge ? invalidUnsaid(place, words) : invalidValue(place, value, words);
    return [{ ...problem, reason: rule.reason ?? "FieldValueInvalid" }];
  }

  #message(rule: CelRule, value: unknown, before: unknown, schema: Schema): string {
    if (rule.messageExpression !== undefined) {
      const text = this.#cel.print(rule.messageExpression, { self: value, oldSelf: before, schema });
      if (text !== undefined) return text;
    }
    return rule.message ?? `failed rule: ${rule.rule}`;
  }

  /** Most of a schema has no rules, and need not be walked. */
  #hasRules(schema: Schema): boolean {
    const known = this.#ruled.get(schema);
    if (known !== undefined) return known;
    const { items, additionalProperties: values, properties = {} } = schema;
    const found =
      (schema["x-kubernetes-validations"]?.length ?? 0) > 0 ||
      (items !== undefined && this.#hasRules(items)) ||
      (typeof values === "object" && this.#hasRules(values)) ||
      Object.values(properties).some((inner) => this.#hasRules(inner));
    this.#ruled.set(schema, found);
    return found;
  }
}

/** Of a status alone, the schema's own messages begin to count there. */
const withinStatus = (cause: Cause): Cause => ({
  ...cause,
  message: cause.message.replace(/: status\.(?=\S+ in body)/, ": "),
});

/** Rules are written for objects of the right shape. */
const isBlocking = ({ reason }: Cause): boolean =>
  ["NotSupported", "Required", "TooLong", "TooMany", "TypeInvalid"].some((what) => reason === `FieldValue${what}`);

const UNCHECKED = invalidValue(
  "<nil>",
  null,
  "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
);

/** What an entry of a list was before: only keyed lists can tell. */
function counterpart(entry: unknown, before: unknown, schema: Schema): unknown {
  if (schema["x-kubernetes-list-type"] !== "map" || !Array.isArray(before) || !isWireObject(entry)) return undefined;
  const keys = JSON.stringify(keysOf(schema, entry));
  return before.find((other) => isWireObject(other) && JSON.stringify(keysOf(schema, other)) === keys);
}

/** The type's own fields are the server's to check. */
function withoutRootFields(schema: Schema): Schema {
  const { apiVersion: _, kind: __, metadata: ___, ...properties } = schema.properties ?? {};
  const required = (schema.required ?? []).filter((name) => !["apiVersion", "kind", "metadata"].includes(name));
  return { ...schema, properties, required };
}
