import type { Fail } from "./error.ts";
import { float, int, type Value } from "./value.ts";

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 };
const ESCAPE = /\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)/y;
const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);

/** The text that a constant in double quotes stands for, by Go's rules. */
export function unquote(literal: string, fail: Fail): string {
  const bytes: Buffer[] = [];
  let offset = 1;
  while (offset < literal.length - 1) {
    const piece = pieceAt(literal, offset, '"', fail);
    bytes.push(piece.bytes);
    offset = piece.end;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes));
  } catch (cause) {
    if (cause instanceof TypeError) return fail("the string is not UTF-8");
    throw cause;
  }
}

/** The text of a constant in backticks. Go drops carriage returns from it. */
export const unquoteRaw = (literal: string): string => literal.slice(1, -1).replaceAll("\r", "");

/** The number that a character constant stands for. */
export function character(literal: string, fail: Fail): Value {
  const inner = literal.length - 1;
  if (inner === 1) return fail(`malformed character constant: ${literal}`);
  const piece = pieceAt(literal, 1, "'", fail);
  return piece.end === inner ? int(BigInt(piece.code)) : fail(`malformed character constant: ${literal}`);
}

/** One character or escape: `\x` and octal escapes are bytes, everything else is a code point. */
function pieceAt(
  literal: string,
  offset: number,
  quote: string,
  fail: Fail,
): { bytes: Buffer; code: number; end: number } {
  if (literal[offset] !== "\\") {
    const code = literal.codePointAt(offset) ?? 0;
    const text = String.fromCodePoint(code);
    return { bytes: Buffer.from(text), code, end: offset + text.length };
  }
  ESCAPE.lastIndex = offset;
  const [whole = "\\", simple, hex, octal, short, long] = ESCAPE.exec(literal) ?? [];
  const end = offset + whole.length;
  if (simple !== undefined) {
    const code = simple === quote ? quote.charCodeAt(0) : SIMPLE_ESCAPES[simple];
    return code === undefined ? fail(`invalid escape ${whole}`) : { bytes: Buffer.of(code), code, end };
  }
  const single =
    hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : undefined;
  if (single !== undefined)
    return single > 255 ? fail(`invalid escape ${whole}`) : { bytes: Buffer.of(single), code: single, end };
  const code = Number.parseInt(short ?? long ?? "", 16);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter
    ? { bytes: Buffer.from(String.fromCodePoint(code)), code, end }
    : fail("invalid escape in constant");
}

/** The value of a number: an integer, or a float where the text has a point or an exponent, as in Go. */
export function number(literal: string, fail: Fail): Value {
  const negative = literal.startsWith("-");
  const digits = literal.replace(/^[+-]/, "");
  const isHex = /^0[xX]/.test(digits);
  const looksFloat = isHex ? /[.pP]/.test(digits) : /[.eE]/.test(digits);
  if (!underscoresSeparateDigits(digits)) return fail(`bad number syntax: "${literal}"`);
  const plain = digits.replaceAll("_", "");
  if (looksFloat) {
    const size = isHex
      ? hexFloat(plain)
      : /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain)
        ? Number(plain)
        : Number.NaN;
    return Number.isFinite(size) ? float(negative ? -size : size) : fail(`bad number syntax: "${literal}"`);
  }
  const octal = /^0[0-7]+$/.exec(plain) === null ? plain : `0o${plain.slice(1)}`;
  if (!/^(?:0|[1-9]\d*|0[oO][0-7]+|0[xX][0-9a-fA-F]+|0[bB][01]+)$/.test(octal))
    return fail(`bad number syntax: "${literal}"`);
  const value = negative ? -BigInt(octal) : BigInt(octal);
  return value > MAX_INT || value < MIN_INT ? fail(`${literal} overflows int`) : int(value);
}

/** Underscores stand between digits, or between a base prefix and a digit. */
function underscoresSeparateDigits(digits: string): boolean {
  if (!digits.includes("_")) return true;
  const prefixed = digits.replace(/^0(?=[xXoObB])./, "0");
  return !/(?:^|[^0-9a-fA-F])_|_(?:[^0-9a-fA-F]|$)/.test(prefixed);
}

function hexFloat(text: string): number {
  const parts = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/.exec(text);
  const [, whole = "", fraction = "", exponent = ""] = parts ?? [];
  if (parts === null || whole + fraction === "") return Number.NaN;
  return Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
}
