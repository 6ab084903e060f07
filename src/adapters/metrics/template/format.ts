import { goQuote } from "./escape.ts";
import { type FloatVerb, formatSize } from "./floats.ts";
import { typeName, type Value } from "./value.ts";

/** What stands between `%` and the verb. */
export interface Flags {
  readonly minus: boolean;
  readonly plus: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

export const PLAIN: Flags = {
  minus: false,
  plus: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};

/** One value under one verb of Go's fmt. A verb that does not fit is told in the text, as Go does: `%!d(string=x)`. */
export function formatValue(value: Value, verb: string, flags: Flags): string {
  if (verb === "T" && value.kind !== "nil") return pad(truncate(typeName(value), flags), flags);
  switch (value.kind) {
    case "nil":
      return verb === "v" || verb === "T" ? pad("<nil>", flags) : `%!${verb}(<nil>)`;
    case "bool":
      return verb === "t" || verb === "v" ? pad(String(value.bool), flags) : misfit(value, verb, flags);
    case "int":
      return formatInteger(value.int, verb, flags) ?? misfit(value, verb, flags);
    case "float":
      return formatFloat(value.float, verb, flags) ?? misfit(value, verb, flags);
    case "string":
      return formatText(value.text, verb, flags) ?? misfit(value, verb, flags);
    case "map": {
      const entries = [...value.entries].map((pair) =>
        pair.map((text) => formatValue({ kind: "string", text }, verb, flags)).join(":"),
      );
      return `map[${entries.join(" ")}]`;
    }
  }
}

function misfit(value: Value, verb: string, flags: Flags): string {
  return `%!${verb}(${typeName(value)}=${formatValue(value, "v", flags)})`;
}

/** Zeros stand only to the left of a number; with `-` the room is filled with spaces on the right. */
function pad(text: string, { minus, zero, width }: Flags): string {
  const missing = Math.max(0, (width ?? 0) - [...text].length);
  if (minus) return text + " ".repeat(missing);
  return (zero ? "0" : " ").repeat(missing) + text;
}

const truncate = (text: string, { precision }: Flags): string =>
  precision === undefined ? text : [...text].slice(0, precision).join("");

function formatText(text: string, verb: string, flags: Flags): string | undefined {
  switch (verb) {
    case "v":
    case "s":
      return pad(truncate(text, flags), flags);
    case "q":
      return pad(goQuote(truncate(text, flags), '"', flags.plus ? "ascii" : "all"), flags);
    case "x":
    case "X": {
      const bytes = [...Buffer.from(text).subarray(0, flags.precision ?? Number.POSITIVE_INFINITY)];
      const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(flags.space ? " " : "");
      return pad(verb === "X" ? hex.toUpperCase() : hex, flags);
    }
    default:
      return undefined;
  }
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function formatInteger(value: bigint, verb: string, flags: Flags): string | undefined {
  const base = BASES[verb];
  if (base !== undefined) return formatDigits(value, base, verb, flags);
  const code = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn) ? Number(value) : 0xfffd;
  switch (verb) {
    case "c":
      return pad(String.fromCodePoint(code), flags);
    case "q":
      return pad(goQuote(String.fromCodePoint(code), "'", flags.plus ? "ascii" : "all"), flags);
    case "U":
      return pad(
        `U+${BigInt.asUintN(64, value)
          .toString(16)
          .toUpperCase()
          .padStart(Math.max(4, flags.precision ?? 0), "0")}`,
        { ...flags, zero: false },
      );
    default:
      return undefined;
  }
}

function formatDigits(value: bigint, base: number, verb: string, flags: Flags): string {
  const spaces = { ...flags, zero: false };
  if (flags.precision === 0 && value === 0n) return pad("", spaces);
  const sign = value < 0n ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  const zeros = flags.zero && !flags.minus ? (flags.width ?? 0) - sign.length : 0;
  const digits = (value < 0n ? -value : value).toString(base).padStart(flags.precision ?? zeros, "0");
  return pad(sign + (verb === "O" ? "0o" : "") + (verb === "X" ? digits.toUpperCase() : digits), spaces);
}

const FLOAT_VERBS: Readonly<Record<string, FloatVerb>> = { v: "g", g: "g", G: "g", e: "e", E: "e", f: "f", F: "f" };

function formatFloat(value: number, verb: string, flags: Flags): string | undefined {
  const kind = FLOAT_VERBS[verb];
  if (kind === undefined) return undefined;
  const size = formatSize(Math.abs(value), kind, flags.precision ?? (kind === "g" ? undefined : 6));
  const text = verb === "G" || verb === "E" ? size.toUpperCase() : size;
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : flags.plus ? "+" : flags.space ? " " : "";
  if (!flags.zero || flags.minus || sign === "") return pad(sign + text, flags);
  return sign + pad(text, { ...flags, width: Math.max(0, (flags.width ?? 0) - sign.length) });
}
