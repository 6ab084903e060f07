import { parseError } from "./errors.ts";

const UNITS: readonly (readonly [unit: string, millis: number])[] = [
  ["y", 365 * 86_400_000],
  ["w", 7 * 86_400_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** As in `1h30m`: units from the longest, each at most once. */
const DURATION = /^(?=\d)(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds, or undefined when the text is no duration as Prometheus writes them. A plain 0 is one, too. */
export function durationOf(text: string): number | undefined {
  if (text === "0") return 0;
  const parts = DURATION.exec(text)?.slice(1);
  return parts?.reduce((sum, count, at) => sum + Number(count ?? 0) * (UNITS[at]?.[1] ?? 0), 0);
}

/** A number without its sign; undefined when the text is none. A leading 0 makes it octal, as in Go. */
export function numberOf(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === "inf") return Number.POSITIVE_INFINITY;
  if (lower === "nan") return Number.NaN;
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  if (/^0x[0-9a-f]+$/.test(lower)) return Number(lower);
  if (!/^(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?$/.test(lower)) return undefined;
  return Number(lower.replaceAll("_", ""));
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

const ESCAPED = /\\(?:([abfnrtv\\'"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))/g;

/** What stands between the quotes of a string, with Go's escapes; the quotes tell which. */
export function stringOf(query: string, from: number, to: number): string {
  const quote = query[from] ?? "";
  const raw = query.slice(from, to);
  if (raw.length < 2 || !raw.endsWith(quote)) throw parseError(query, from, "unterminated quoted string");
  const inner = raw.slice(1, -1);
  if (quote === "`") return inner;
  if (inner.includes("\n")) throw parseError(query, from, "unterminated quoted string");
  return inner.replace(ESCAPED, (_, simple, octal, byte, short, long, other) => {
    if (other !== undefined) throw parseError(query, from, `unknown escape sequence ${JSON.stringify(other)}`);
    if (simple === '"' || simple === "'") {
      if (simple !== quote) throw parseError(query, from, `unknown escape sequence ${JSON.stringify(simple)}`);
      return simple;
    }
    if (simple !== undefined) return ESCAPES[simple] ?? "";
    const code = octal === undefined ? Number.parseInt(byte ?? short ?? long, 16) : Number.parseInt(octal, 8);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || (octal !== undefined && code > 255))
      throw parseError(query, from, "escape sequence is invalid Unicode code point");
    return String.fromCodePoint(code);
  });
}
