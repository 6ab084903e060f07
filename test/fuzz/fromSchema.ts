import type { Schema } from "../../src/simulator/api/schema/schema.ts";
import type { Dice } from "./dice.ts";
import { nastyKey, nastyNumber, nastyText, objectOf } from "./nasty.ts";

/** Texts of which one at least fits every pattern that our schemas have. */
const SAMPLES = [
  "30s",
  "1m30s",
  "500ms",
  "1h",
  "",
  "podinfo",
  "Service",
  "gateway.networking.k8s.io",
  "a.b",
  "v1",
] as const;
const FIRST_MILLIS = Date.UTC(2026, 0, 1, 11);

/** How many of the optional fields are set, in percent. */
export interface Density {
  readonly percent: number;
}

/**
 * A value that its structural schema mostly takes. What the schema says in CEL is not followed, so a part of them is
 * refused; where every declared field comes to be set sooner or later is told by the test of the generator itself.
 */
export function drawn(schema: Schema, dice: Dice, density: Density): unknown {
  if (schema.enum !== undefined) return dice.any(schema.enum);
  if (schema["x-kubernetes-int-or-string"] === true)
    return dice.percent(50) ? wholeOf(schema, dice) : textOf(schema, dice);
  switch (schema.type) {
    case "string":
      return textOf(schema, dice);
    case "integer":
      return wholeOf(schema, dice);
    case "number":
      return dice.percent(50) ? dice.whole(0, 100) : nastyNumber(dice);
    case "boolean":
      return dice.percent(50);
    case "array":
      return listOf(schema, dice, density);
    case "object":
      return schema.additionalProperties === undefined ? groupOf(schema, dice, density) : mapOf(schema, dice, density);
    default:
      return nastyText(dice);
  }
}

function textOf({ pattern, format, maxLength = 10_000, minLength = 0 }: Schema, dice: Dice): string {
  if (format === "date-time") return new Date(FIRST_MILLIS + dice.whole(0, 7200) * 1000).toISOString();
  const fits = (text: string): boolean =>
    text.length >= minLength && text.length <= maxLength && (pattern === undefined || new RegExp(pattern).test(text));
  const text = dice.percent(50) ? dice.of(SAMPLES) : nastyText(dice);
  return fits(text) ? text : (SAMPLES.find(fits) ?? text);
}

function wholeOf({ minimum = -10, maximum = 70_000 }: Schema, dice: Dice): number {
  const edge = dice.percent(20) ? dice.of([minimum, maximum]) : dice.whole(minimum, Math.min(maximum, minimum + 120));
  return Math.max(minimum, Math.min(maximum, edge));
}

function listOf({ items = {}, minItems = 0, maxItems = 100 }: Schema, dice: Dice, density: Density): unknown[] {
  const length = dice.percent(1) ? Math.min(maxItems, 60) : dice.whole(minItems, Math.min(maxItems, minItems + 3));
  const list = dice.times(length, () => drawn(items, dice, density));
  // The same entry twice, as a careless copy leaves it.
  return list.length > 0 && list.length < maxItems && dice.percent(10) ? [...list, list[0]] : list;
}

function mapOf({ additionalProperties }: Schema, dice: Dice, density: Density): Record<string, unknown> {
  const values = typeof additionalProperties === "object" ? additionalProperties : {};
  const name = (): string => (dice.percent(75) ? dice.of(["a", "b", "app", "x-user", "team"]) : nastyKey(dice));
  return objectOf(dice.times(dice.whole(0, 3), () => [name(), drawn(values, dice, density)] as const));
}

function groupOf(schema: Schema, dice: Dice, density: Density): Record<string, unknown> {
  const { properties = {}, required = [], oneOf = [] } = schema;
  const choices = oneOf.map((one) => one.required ?? []);
  const rivals = new Set(choices.flat());
  const chosen = new Set(dice.any(choices) ?? []);
  const isSet = (name: string): boolean =>
    rivals.has(name) ? chosen.has(name) : required.includes(name) || dice.percent(density.percent);
  return objectOf(
    Object.entries(properties)
      .filter(([name]) => isSet(name))
      .map(([name, field]) => [name, drawn(field, dice, density)] as const),
  );
}

/** The paths of all fields that a schema declares, `[]` for entries of a list and `{}` for those of a map. */
export function fieldsOf(schema: Schema, path = ""): readonly string[] {
  const { properties = {}, items, additionalProperties: values } = schema;
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      `${path}.${name}`,
      ...fieldsOf(field, `${path}.${name}`),
    ]),
    ...(items === undefined ? [] : fieldsOf(items, `${path}[]`)),
    ...(typeof values === "object" ? fieldsOf(values, `${path}{}`) : []),
  ];
}

/** Note every declared field that a value sets. */
export function noteFields(value: unknown, schema: Schema, seen: Set<string>, path = ""): void {
  const { properties, items, additionalProperties: values } = schema;
  if (Array.isArray(value)) {
    if (items !== undefined) for (const entry of value) noteFields(entry, items, seen, `${path}[]`);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (properties !== undefined && Object.hasOwn(properties, name)) {
      seen.add(`${path}.${name}`);
      noteFields(inner, properties[name] ?? {}, seen, `${path}.${name}`);
    } else if (typeof values === "object") noteFields(inner, values, seen, `${path}{}`);
  }
}
