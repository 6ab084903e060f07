import type { Fail } from "./error.ts";
import { htmlEscape, jsEscape, urlQueryEscape } from "./escape.ts";
import { sprint, sprintln } from "./print.ts";
import { sprintf } from "./printf.ts";
import { bool, byte, compareText, int, string, truth, typeName, type Value } from "./value.ts";

/** A function of the language. `least` and `most` count its arguments, the piped one included. */
export interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  /** For `and` and `or`: the truth at which the rest is not evaluated any more. Such a function is never called. */
  readonly stopsAt?: boolean;
  readonly call: (values: readonly Value[], fail: Fail) => Value;
}

const MANY = Number.POSITIVE_INFINITY;

type Unary = (value: Value, fail: Fail) => Value;
const unary = (call: Unary): TemplateFunction => ({
  least: 1,
  most: 1,
  call: ([value], fail) => (value === undefined ? fail("missing argument") : call(value, fail)),
});

type Binary = (left: Value, right: Value, fail: Fail) => boolean;
const binary = (call: Binary): TemplateFunction => ({
  least: 2,
  most: 2,
  call: ([left, right], fail) =>
    left === undefined || right === undefined ? fail("missing argument") : bool(call(left, right, fail)),
});

const variadic = (least: number, call: TemplateFunction["call"]): TemplateFunction => ({ least, most: MANY, call });
const escaper = (escaped: (text: string) => string): TemplateFunction =>
  variadic(0, (values) => string(escaped(textOf(values))));

/** The functions that every Go template has, but `call`: there are no function values here to call. */
export const PREDEFINED: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["and", { ...variadic(1, (_, fail) => fail("and is evaluated in place")), stopsAt: false }],
  ["or", { ...variadic(1, (_, fail) => fail("or is evaluated in place")), stopsAt: true }],
  ["not", unary((value) => bool(!truth(value)))],
  ["eq", variadic(1, equalsAny)],
  ["ne", binary((left, right, fail) => !equals(left, right, fail))],
  ["lt", binary(less)],
  ["le", binary((left, right, fail) => less(left, right, fail) || equals(left, right, fail))],
  ["gt", binary((left, right, fail) => !less(left, right, fail) && !equals(left, right, fail))],
  ["ge", binary((left, right, fail) => !less(left, right, fail))],
  ["len", unary(length)],
  ["index", variadic(1, index)],
  ["slice", { ...variadic(1, slice), most: 3 }],
  ["print", variadic(0, (values) => string(sprint(values)))],
  ["println", variadic(0, (values) => string(sprintln(values)))],
  ["printf", variadic(1, printf)],
  ["html", escaper(htmlEscape)],
  ["js", escaper(jsEscape)],
  ["urlquery", escaper(urlQueryEscape)],
]);

function textOf(values: readonly Value[]): string {
  return sprint(values.map((value) => (value.kind === "nil" ? string("<no value>") : value)));
}

function printf([format, ...values]: readonly Value[], fail: Fail): Value {
  if (format?.kind !== "string")
    return fail(`wrong type for the format of printf: expected string, got ${typeName(format ?? { kind: "nil" })}`);
  return string(sprintf(format.text, values, fail));
}

function equalsAny([first, ...others]: readonly Value[], fail: Fail): Value {
  if (first === undefined || others.length === 0) return fail("missing argument for comparison");
  return bool(others.some((other) => equals(first, other, fail)));
}

function equals(left: Value, right: Value, fail: Fail): boolean {
  // Only nil compares with every kind, and a map only with nil.
  if (left.kind === "nil" || right.kind === "nil") return left.kind === right.kind;
  if (left.kind === "int" && right.kind === "int") return left.int === right.int;
  if (left.kind === "float" && right.kind === "float") return left.float === right.float;
  if (left.kind === "string" && right.kind === "string") return left.text === right.text;
  if (left.kind === "bool" && right.kind === "bool") return left.bool === right.bool;
  if (left.kind === "map" && right.kind === "map") return fail(`non-comparable type ${typeName(left)}`);
  return fail(`incompatible types for comparison: ${typeName(left)} and ${typeName(right)}`);
}

function less(left: Value, right: Value, fail: Fail): boolean {
  if (left.kind === "int" && right.kind === "int") return left.int < right.int;
  if (left.kind === "float" && right.kind === "float") return left.float < right.float;
  if (left.kind === "string" && right.kind === "string") return compareText(left.text, right.text) < 0;
  return fail(`these types have no order: ${typeName(left)} and ${typeName(right)}`);
}

/** Texts are measured, indexed and cut in bytes, as in Go. */
function length(value: Value, fail: Fail): Value {
  if (value.kind === "string") return int(BigInt(Buffer.byteLength(value.text)));
  return value.kind === "map" ? int(BigInt(value.entries.size)) : fail(`len of type ${typeName(value)}`);
}

function index([item, ...keys]: readonly Value[], fail: Fail): Value {
  let found: Value = item ?? fail("missing argument for index");
  if (found.kind === "nil") return fail("index of untyped nil");
  for (const key of keys) found = element(found, key, fail);
  return found;
}

/** Unlike a field, an index that is missing from a map is the empty text and no error, as in Go. */
function element(item: Value, key: Value, fail: Fail): Value {
  if (item.kind === "map") {
    if (key.kind !== "string") return fail(`a map of this kind is indexed with string, not with ${typeName(key)}`);
    return string(item.entries.get(key.text) ?? "");
  }
  if (item.kind !== "string") return fail(`can't index item of type ${typeName(item)}`);
  const bytes = Buffer.from(item.text);
  const position = positionIn(key, bytes.length, fail);
  const value = bytes[position];
  return value === undefined ? fail(`index out of range: ${position}`) : byte(value);
}

function slice([item, ...bounds]: readonly Value[], fail: Fail): Value {
  if (item?.kind !== "string") return fail(`can't slice item of type ${typeName(item ?? { kind: "nil" })}`);
  const bytes = Buffer.from(item.text);
  const [from = 0, to = bytes.length] = bounds.map((bound) => positionIn(bound, bytes.length, fail));
  if (from > to) return fail(`invalid slice index: ${from} > ${to}`);
  const cut = bytes.subarray(from, to);
  const text = cut.toString("utf8");
  return Buffer.from(text).equals(cut) ? string(text) : fail("slice cuts a character in two");
}

function positionIn(key: Value, size: number, fail: Fail): number {
  if (key.kind !== "int") return fail(`cannot index string with type ${typeName(key)}`);
  return key.int < 0n || key.int > BigInt(size) ? fail(`index out of range: ${key.int}`) : Number(key.int);
}
