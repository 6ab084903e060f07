import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { type Cause, duplicate, invalidValue, notSupported, required, tooLong } from "../errors.ts";
import { isEqual } from "../json.ts";
import { keysOf, type Schema } from "../schema/schema.ts";

/** What a value is, as the schema's messages call it. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

/** What is wrong with a value by its schema, without the rules in CEL. `field` leads to the value. */
export function schemaProblems(value: unknown, schema: Schema, field: string): readonly Cause[] {
  if (value === null && schema.nullable === true) return [];
  const wrongType = typeProblem(value, schema, field);
  if (wrongType !== undefined) return [wrongType];
  return [
    ...enumProblems(value, schema, field),
    ...(typeof value === "string" ? textProblems(value, schema, field) : []),
    ...(typeof value === "number" ? numberProblems(value, schema, field) : []),
    ...(Array.isArray(value) ? listProblems(value, schema, field) : []),
    ...(isWireObject(value) ? objectProblems(value, schema, field) : []),
    ...logicProblems(value, schema, field),
  ];
}

function typeProblem(value: unknown, schema: Schema, field: string): Cause | undefined {
  const actual = typeOf(value);
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (actual === "integer" || actual === "string") return undefined;
    return wrongType(value, actual, "integer,string", field);
  }
  const { type } = schema;
  if (type === undefined || type === actual || (type === "number" && actual === "integer")) return undefined;
  return wrongType(value, actual, type, field);
}

/** The value is in the message twice, the second time as its type where that is what is wrong. */
function wrongType(value: unknown, actual: string, wanted: string, field: string): Cause {
  const shown = isWireObject(value) || Array.isArray(value) ? value : actual;
  const text = actual === "null" ? "null" : actual;
  return {
    reason: "FieldValueTypeInvalid",
    message: `Invalid value: ${JSON.stringify(typeof shown === "string" ? text : actual)}: ${field} in body must be of type ${wanted}: ${JSON.stringify(text)}`,
    field,
  };
}

function enumProblems(value: unknown, schema: Schema, field: string): readonly Cause[] {
  if (schema.enum === undefined || schema.enum.some((one) => isEqual(one, value))) return [];
  return [notSupported(field, value, schema.enum)];
}

const said = (field: string, what: string): string => `${field} in body should ${what}`;

function textProblems(value: string, schema: Schema, field: string): readonly Cause[] {
  const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY, format } = schema;
  const length = [...value].length;
  // One trouble at a time.
  if (length > maxLength) return [tooLong(field, maxLength)];
  if (length < minLength) return [invalidValue(field, value, said(field, `be at least ${minLength} chars long`))];
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value))
    return [invalidValue(field, value, said(field, `match '${pattern}'`))];
  return formatProblems(value, format, field);
}

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (text) => /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}/.test(text) && !Number.isNaN(Date.parse(text)),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text),
  ipv4: (text) => /^(\d{1,3}\.){3}\d{1,3}$/.test(text),
  duration: (text) => /^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$|^0$/.test(text),
};

function formatProblems(value: string, format: string | undefined, field: string): readonly Cause[] {
  const holds = format === undefined ? undefined : FORMATS[format];
  if (holds === undefined || holds(value)) return [];
  return [invalidValue(field, value, `${field} in body must be of type ${format}: ${JSON.stringify(value)}`)];
}

function numberProblems(value: number, schema: Schema, field: string): readonly Cause[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const isBelow = minimum !== undefined && (value < minimum || (exclusiveMinimum === true && value === minimum));
  const isAbove = maximum !== undefined && (value > maximum || (exclusiveMaximum === true && value === maximum));
  const orEqual = (isExclusive: boolean | undefined): string => (isExclusive === true ? "" : " or equal to");
  return [
    ...(isBelow
      ? [invalidValue(field, value, said(field, `be greater than${orEqual(exclusiveMinimum)} ${minimum}`))]
      : []),
    ...(isAbove
      ? [invalidValue(field, value, said(field, `be less than${orEqual(exclusiveMaximum)} ${maximum}`))]
      : []),
    ...(multipleOf !== undefined && value % multipleOf !== 0
      ? [invalidValue(field, value, said(field, `be a multiple of ${multipleOf}`))]
      : []),
  ];
}

function listProblems(value: readonly unknown[], schema: Schema, field: string): readonly Cause[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  return [
    ...(value.length < minItems
      ? [invalidValue(field, value.length, said(field, `have at least ${minItems} items`))]
      : []),
    ...(value.length > maxItems
      ? [
          {
            reason: "FieldValueTooMany",
            message: `Too many: ${value.length}: must have at most ${maxItems} items`,
            field,
          },
        ]
      : []),
    ...(items === undefined ? [] : value.flatMap((entry, place) => schemaProblems(entry, items, `${field}[${place}]`))),
    ...duplicateEntries(value, schema, field),
  ];
}

function duplicateEntries(value: readonly unknown[], schema: Schema, field: string): readonly Cause[] {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return [];
  const names = value.map((entry) => (type === "map" && isWireObject(entry) ? (keysOf(schema, entry) ?? {}) : entry));
  return names.flatMap((name, place) =>
    names.findIndex((other) => isEqual(other, name)) < place ? [duplicate(`${field}[${place}]`, name)] : [],
  );
}

function objectProblems(value: WireObject, schema: Schema, field: string): readonly Cause[] {
  const { properties = {}, additionalProperties: values, minProperties = 0, maxProperties } = schema;
  const below = (name: string): string => (field === "" ? name : `${field}.${name}`);
  const isDeclared = (name: string): boolean => Object.hasOwn(properties, name);
  const size = Object.keys(value).length;
  return [
    ...(schema.required ?? []).filter((name) => value[name] === undefined).map((name) => required(below(name))),
    ...(size < minProperties
      ? [invalidValue(field, size, said(field, `have at least ${minProperties} properties`))]
      : []),
    ...(maxProperties !== undefined && size > maxProperties
      ? [{ reason: "FieldValueTooMany", message: `Too many: ${size}: must have at most ${maxProperties} items`, field }]
      : []),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      value[name] === undefined ? [] : schemaProblems(value[name], inner, below(name)),
    ),
    ...(typeof values === "object"
      ? Object.entries(value)
          .filter(([name]) => !isDeclared(name))
          .flatMap(([name, inner]) => schemaProblems(inner, values, below(name)))
      : []),
  ];
}

function logicProblems(value: unknown, schema: Schema, field: string): readonly Cause[] {
  const { allOf = [], anyOf, oneOf, not } = schema;
  const problemsOf = (part: Schema): readonly Cause[] => schemaProblems(value, part, field);
  const isInvalid = (part: Schema): boolean => problemsOf(part).length > 0;
  const isNone = anyOf?.every(isInvalid) === true;
  return [
    ...allOf.flatMap(problemsOf),
    ...(isNone ? [logicProblem(value, field, "at least one schema (anyOf)"), ...problemsOf(anyOf[0] ?? {})] : []),
    ...(oneOf === undefined ? [] : oneOfProblems(value, oneOf, field)),
    ...(not !== undefined && !isInvalid(not)
      ? [logicProblem(value, field, "the schema (not)", "must not validate")]
      : []),
  ];
}

function oneOfProblems(value: unknown, oneOf: readonly Schema[], field: string): readonly Cause[] {
  const problems = oneOf.map((part) => schemaProblems(value, part, field));
  const valid = problems.filter(({ length }) => length === 0).length;
  if (valid === 1) return [];
  const found = valid === 0 ? "Found none valid" : `Found ${valid} valid alternatives`;
  const what = `one and only one schema (oneOf). ${found}`;
  // Of what none allows, the first says what it lacks.
  return [logicProblem(value, field, what), ...(valid === 0 ? (problems[0] ?? []) : [])];
}

const logicProblem = (value: unknown, field: string, what: string, verb = "must validate"): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${isWireObject(value) ? '""' : JSON.stringify(value)}: ${JSON.stringify(field)} ${verb} ${what}`,
  field: "<nil>",
});
