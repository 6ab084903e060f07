import { Environment } from "@marcbachmann/cel-js";
import { isWireObject } from "../../resources/wire.ts";
import { childSchema, type Schema } from "./schema/schema.ts";

type Program = (context: Readonly<Record<string, unknown>>) => unknown;

export interface CelContext {
  readonly self: unknown;
  readonly oldSelf: unknown;
  readonly schema: Schema;
}

/** The rules of `x-kubernetes-validations`: the CEL library, and what Kubernetes adds to the language. */
export class Cel {
  readonly #environment = environment();
  readonly #programs = new Map<string, Program | string>();

  /** Whether the rule holds; where it cannot be said, why not. */
  evaluate(rule: string, context: CelContext): boolean | string {
    const program = this.#program(rule);
    if (typeof program === "string") return program;
    try {
      return program(variables(context)) === true;
    } catch (error) {
      return asGo(wordsOf(error));
    }
  }

  /** The text that an expression yields; undefined where it yields none. */
  print(expression: string, context: CelContext): string | undefined {
    const program = this.#program(expression);
    if (typeof program === "string") return undefined;
    try {
      const text = program(variables(context));
      return typeof text === "string" ? text : undefined;
    } catch {
      // As on the real server: the message falls back to the fixed one.
      return undefined;
    }
  }

  #program(rule: string): Program | string {
    const known = this.#programs.get(rule);
    if (known !== undefined) return known;
    const compiled = this.#compile(rule);
    this.#programs.set(rule, compiled);
    return compiled;
  }

  #compile(rule: string): Program | string {
    try {
      return this.#environment.parse(rule) as Program;
    } catch (error) {
      return `rule compile error: compilation failed: ${wordsOf(error)}`;
    }
  }
}

const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

/** The real library's words, for what happens to users. */
const asGo = (words: string): string =>
  words.startsWith("Invalid duration string")
    ? "type conversion error from 'string' to 'google.protobuf.Duration'"
    : words;

function variables({ self, oldSelf, schema }: CelContext): Readonly<Record<string, unknown>> {
  return { self: celValue(self, schema), oldSelf: oldSelf === undefined ? null : celValue(oldSelf, schema) };
}

/** Whole numbers of the schema are CEL's int, which is no double. */
function celValue(value: unknown, schema: Schema | undefined): unknown {
  if (typeof value === "number") return schema?.type === "number" || !Number.isInteger(value) ? value : BigInt(value);
  if (Array.isArray(value)) return value.map((entry) => celValue(entry, schema?.items));
  if (!isWireObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [escaped(field), celValue(inner, childSchema(schema, field))]),
  );
}

/** Names that CEL keeps for itself are reached under another. */
const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

function escaped(field: string): string {
  if (RESERVED.has(field)) return `__${field}__`;
  if (!/^[A-Za-z_][\w./-]*$/.test(field) || !/[./-]|__/.test(field)) return field;
  return field
    .replaceAll("__", "__underscores__")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__");
}

type Comparable = string | number | bigint;

function environment(): Environment {
  const isSorted = (list: readonly Comparable[]): boolean =>
    list.every((entry, place) => place === 0 || (list[place - 1] ?? entry) <= entry);
  const sum = (list: readonly (number | bigint)[]): unknown =>
    list.reduce<number | bigint>(
      (total, entry) => (typeof entry === "bigint" ? BigInt(total) + entry : Number(total) + entry),
      0n,
    );
  const extreme = (list: readonly Comparable[], isBetter: (one: Comparable, other: Comparable) => boolean): unknown =>
    list.reduce((best, entry) => (isBetter(entry, best) ? entry : best));
  const indexOf = (list: readonly unknown[], wanted: unknown): bigint => BigInt(list.indexOf(wanted));
  return new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
  })
    .registerFunction("list.isSorted(): bool", isSorted)
    .registerFunction("list.sum(): dyn", sum)
    .registerFunction("list.min(): dyn", (list: readonly Comparable[]) => extreme(list, (one, other) => one < other))
    .registerFunction("list.max(): dyn", (list: readonly Comparable[]) => extreme(list, (one, other) => one > other))
    .registerFunction("list.indexOf(dyn): int", indexOf)
    .registerFunction(
      "string.find(string): string",
      (text: string, form: string) => new RegExp(form, "u").exec(text)?.[0] ?? "",
    );
}
