/** JSON that numbers come back from as they were: a measurement may be none at all. What is undefined is left out. */

export type Json = null | boolean | number | string | readonly Json[] | JsonFields;
export type JsonFields = { readonly [field: string]: Json };

const NUMBER = "$number";

export function encode(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "number" && !Number.isFinite(part) ? { [NUMBER]: String(part) } : part,
  );
}

/** Throws a SyntaxError where it is not JSON. */
export function decode(text: string): Json {
  return JSON.parse(text, (_, part: Json) => (isFields(part) && NUMBER in part ? Number(part[NUMBER]) : part)) as Json;
}

/** The same, as it would be after it was written down and read. */
export const plain = (value: unknown): Json => decode(encode(value));

export function isFields(value: Json | undefined): value is JsonFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
