import * as z from "zod";
import { millis, parseDuration } from "../domain/time.ts";

/**
 * The kinds of field that our objects are made of. Each is a zod schema that parses the wire and carries, as metadata,
 * what the structural CRD says of it: so that what is refused at apply and what is refused later cannot drift apart.
 */

/** A rule that zod checks when parsing and the API server checks at apply, in CEL. */
export interface Rule<Value> {
  readonly cel: string;
  readonly message: string;
  /** The field to blame, when it is not the whole value. */
  readonly path?: readonly string[];
  readonly holds: (value: Value) => boolean;
}

/** Text, and what it is for. */
export const text = (doc: string) => z.string().meta({ description: doc });

/** A switch that is off unless said otherwise. */
export const flag = (doc: string) => z.boolean().meta({ description: doc });

/** Any number, fractions allowed. */
export const amount = (doc: string) => z.number().meta({ description: doc });

/** A whole number. Flagger's schema says `number`, but its controller cannot read a fraction. */
export const whole = (doc: string, range: { readonly min?: number; readonly max?: number } = {}) => {
  const atLeast = range.min === undefined ? z.int() : z.int().min(range.min);
  return (range.max === undefined ? atLeast : atLeast.max(range.max)).meta({ description: doc });
};

/** One of a few words. */
export const choice = <const Words extends readonly [string, ...string[]]>(doc: string, words: Words) =>
  z.enum(words).meta({ description: doc });

export const listOf = <Item extends z.ZodType>(doc: string, item: Item) => z.array(item).meta({ description: doc });

interface Bounds {
  readonly min?: number;
  readonly max: number;
}

/** A list that must end somewhere: the API server counts what a rule inside of it could cost at most. */
export const boundedListOf = <Item extends z.ZodType>(
  doc: string,
  item: Item,
  { min = 0, max }: Bounds = { max: 512 },
) =>
  // zod's own bounds ask whatever stands there for its length, also what is no list, and throw over some answers.
  z
    .array(item)
    .refine((list) => list.length >= min, "must not be empty")
    .refine((list) => list.length <= max, `must have at most ${max} items`)
    .meta({ description: doc, ...(min === 0 ? {} : { minItems: min }), maxItems: max });

/** Text of so many characters, as the API server counts them. */
export const boundedText = (doc: string, { min = 0, max, pattern }: Bounds & { readonly pattern?: RegExp }) =>
  (pattern === undefined ? z.string() : z.string().regex(pattern))
    .refine((words) => words.length >= min, "must not be empty")
    .refine((words) => words.length <= max || [...words].length <= max, `must have at most ${max} characters`)
    .meta({ description: doc, ...(min === 0 ? {} : { minLength: min }), maxLength: max });

export const mapOf = <Value extends z.ZodType>(doc: string, value: Value) =>
  z.record(z.string(), value).meta({ description: doc });

export const names = (doc: string) => listOf(doc, z.string());

export const textMap = (doc: string) => mapOf(doc, z.string());

/** A group of fields. Unknown fields are dropped, as the API server prunes them. */
export const group = <Shape extends z.core.$ZodLooseShape>(doc: string, shape: Shape) =>
  z.object(shape).meta({ description: doc });

/** Anchored, unlike Flagger's: there `1minute` passes and then silently means 60 s. */
const DURATION = /^(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+$/;

/** What Go's int64 of nanoseconds can hold; longer ones Flagger cannot read either. */
const LONGEST_DURATION = millis(9_223_372_036_854);

const NO_DURATION = "is not a duration: write for example 30s or 1m30s";

/** A length of time as Go writes it: `30s`, `1m30s`. */
export const duration = (doc: string) => durationLike(doc, DURATION);

/** The same, or an empty text, which is what a template of a chart leaves where nothing was set. Means not set. */
export const durationOrEmpty = (doc: string) => durationLike(doc, new RegExp(`^$|${DURATION.source}`));

/** The API server gets the expression twice: as a pattern, which editors know, and as a rule, which can use words. */
const durationLike = (doc: string, expression: RegExp) =>
  boundedText(doc, { max: 64 })
    .regex(expression, NO_DURATION)
    .refine((words) => (parseDuration(words) ?? 0) <= LONGEST_DURATION, "is longer than 292 years")
    .meta({
      description: doc,
      "x-kubernetes-validations": [{ rule: `self.matches(r'${expression.source}')`, message: NO_DURATION }],
    });

/** A point in time as Kubernetes writes it. */
export const moment = (doc: string) => z.string().meta({ description: doc, format: "date-time" });

/** A port by number, or by the name that the container gives it. */
export const portOrName = (doc: string) =>
  z.union([z.int(), z.string()]).meta({ description: doc, "x-kubernetes-int-or-string": true });

/** The schema, with rules that hold at apply and when parsing. */
export function ruled<Schema extends z.ZodType>(schema: Schema, ...rules: readonly Rule<z.output<Schema>>[]): Schema {
  const checked = rules.reduce(
    (before, rule) => before.refine(rule.holds, { message: rule.message, path: [...(rule.path ?? [])] }),
    schema,
  );
  return checked.meta({ "x-kubernetes-validations": rules.map(({ cel, message }) => ({ rule: cel, message })) });
}

/** The schema, where exactly one of these fields must be set. Costs no CEL, so it can stand inside of maps and lists. */
export function exactlyOne<Schema extends z.ZodType>(schema: Schema, fields: readonly string[]): Schema {
  return schema
    .refine((value) => countSet(value, fields) === 1, `needs exactly one of ${fields.join(", ")}`)
    .meta({ oneOf: fields.map((field) => ({ required: [field] })) });
}

/** The schema, where at most one of these fields may be set. */
export function atMostOne<Schema extends z.ZodType>(schema: Schema, fields: readonly string[]): Schema {
  const each = fields.map((field) => ({ required: [field] }));
  return schema
    .refine((value) => countSet(value, fields) <= 1, `takes at most one of ${fields.join(", ")}`)
    .meta({ oneOf: [{ not: { anyOf: each } }, ...each] });
}

function countSet(value: unknown, fields: readonly string[]): number {
  if (typeof value !== "object" || value === null) return 0;
  const set = new Map(Object.entries(value));
  return fields.filter((field) => set.get(field) !== undefined).length;
}

/** A name and where it lives; an empty namespace means the Canary's own. */
export const namedRef = (doc: string) =>
  group(doc, {
    name: text("Name of the object."),
    namespace: text("Namespace of the object; the Canary's own when empty.").optional(),
  });
