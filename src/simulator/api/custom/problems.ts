import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import type { Canon } from "../canon.ts";
import { Cel } from "../cel.ts";
import { type Cause, invalidUnsaid, invalidValue } from "../errors.ts";
import { type CelRule, childSchema, keysOf, type Schema } from "../schema/schema.ts";
import { schemaProblems } from "./validation.ts";

/** Validation of custom objects by their schema, and where that finds nothing, by its rules in CEL. */
export class CustomValidation {
  readonly #cel = new Cel();
  readonly #ruled = new WeakMap<Schema, boolean>();
  readonly #transitional = new WeakMap<Schema, boolean>();
  readonly #canon: Canon | undefined;

  /** What `canon` knows is not checked again. */
  constructor(canon?: Canon) {
    this.#canon = canon;
  }

  problems(object: WireObject, before: WireObject | undefined, schema: Schema, subresource: string): readonly Cause[] {
    const { content, shape } = this.#unchecked(object, schema);
    const all = schemaProblems(content, shape, "");
    const found = subresource === "status" ? all.map(withinStatus) : all;
    if (!this.#hasRules(schema)) return found;
    return [...found, ...(found.some(isBlocking) ? [UNCHECKED] : this.#rules(object, before, schema, ""))];
  }

  /** What of an object is new, and the schema for that: the type's own fields are the server's to check. */
  #unchecked(object: WireObject, schema: Schema): { readonly content: WireObject; readonly shape: Schema } {
    const { apiVersion: _, kind: __, metadata: ___, ...properties } = schema.properties ?? {};
    const content: Record<string, unknown> = {};
    const left = new Set(ROOT_FIELDS);
    for (const [field, value] of Object.entries(object)) {
      if (left.has(field)) continue;
      if (this.#canon?.has(value, childSchema(schema, field))) left.add(field);
      else content[field] = value;
    }
    const required = (schema.required ?? []).filter((name) => !left.has(name));
    return { content, shape: { ...schema, properties, required } };
  }

  #rules(value: unknown, before: unknown, schema: Schema, field: string): readonly Cause[] {
    if (value === undefined || value === null || !this.#hasRules(schema)) return [];
    if (value === before && this.#canon?.has(value, schema) && !this.#comparesWithBefore(schema)) return [];
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
    if (isTransition(rule) && before === undefined) return [];
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
    return isAnywhere(schema, this.#ruled, ({ "x-kubernetes-validations": rules = [] }) => rules.length > 0);
  }

  /** Rules about changes are asked even where nothing changes. */
  #comparesWithBefore(schema: Schema): boolean {
    return isAnywhere(schema, this.#transitional, ({ "x-kubernetes-validations": rules = [] }) =>
      rules.some(isTransition),
    );
  }
}

const ROOT_FIELDS = ["apiVersion", "kind", "metadata"];

const isTransition = ({ rule }: CelRule): boolean => /\boldSelf\b/.test(rule);

/** Whether something holds of a schema or of any below it. */
function isAnywhere(schema: Schema, known: WeakMap<Schema, boolean>, holds: (schema: Schema) => boolean): boolean {
  const answer = known.get(schema);
  if (answer !== undefined) return answer;
  const { items, additionalProperties: values, properties = {} } = schema;
  const found =
    holds(schema) ||
    (items !== undefined && isAnywhere(items, known, holds)) ||
    (typeof values === "object" && isAnywhere(values, known, holds)) ||
    Object.values(properties).some((inner) => isAnywhere(inner, known, holds));
  known.set(schema, found);
  return found;
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
