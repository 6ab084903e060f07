/**
 * Regular expressions in RE2's syntax (https://github.com/google/re2/wiki/Syntax), which Prometheus takes, as JavaScript's
 * own. What RE2 does not know, like looking ahead and referring back, is refused, so that a query that works here works there.
 */

/** The text is no regular expression of RE2's. */
export class RegexError extends Error {}

/** The whole of a value must match, as Prometheus has it. */
export function compileRegex(pattern: string): RegExp {
  const translated = translate(pattern);
  try {
    return new RegExp(`^(?:${translated})$`, "u");
  } catch (cause) {
    throw new RegexError(`error parsing regexp: ${JSON.stringify(pattern)}`, { cause });
  }
}

/** The alternatives of a pattern that holds nothing else than plain words; undefined for all others. */
export function wordsOf(pattern: string): readonly string[] | undefined {
  if (!/^[\w\-/: ]+(?:\|[\w\-/: ]+)*$/.test(pattern)) return undefined;
  return [...new Set(pattern.split("|"))];
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};

/** RE2's classes are of ASCII, and its \s does not hold the vertical tab. */
const CLASSES: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "0-9A-Za-z_",
  s: "\\t\\n\\f\\r ",
};

const CONTROLS: Readonly<Record<string, string>> = { a: "\\x07", f: "\\f", n: "\\n", r: "\\r", t: "\\t", v: "\\v" };
const MOST_REPEATS = 1000;

interface Reading {
  readonly pattern: string;
  at: number;
}

function translate(pattern: string): string {
  const reading: Reading = { pattern, at: 0 };
  let out = "";
  while (reading.at < pattern.length) out += piece(reading);
  return out;
}

function piece(reading: Reading): string {
  const { pattern, at } = reading;
  const take = (length: number, text: string): string => {
    reading.at += length;
    return text;
  };
  const char = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
  switch (char) {
    case "\\":
      return escaped(reading, "outside");
    case "[":
      return set(reading);
    case "(":
      return group(reading);
    case ".":
      return take(1, "[^\\n]");
    case "{": {
      const repeat = /^\{(\d+)(?:,(\d*))?\}/.exec(pattern.slice(at));
      if (repeat === null) return take(1, "\\{");
      const counts = [repeat[1], repeat[2]].filter((count) => count !== undefined).map(Number);
      if (counts.some((count) => count > MOST_REPEATS))
        throw new RegexError("error parsing regexp: invalid repeat count");
      return take(repeat[0].length, repeat[0]);
    }
    case "}":
    case "]":
    case "/":
      return take(1, `\\${char}`);
    default:
      return take(char.length, char);
  }
}

function group(reading: Reading): string {
  const rest = reading.pattern.slice(reading.at);
  if (!rest.startsWith("(?")) {
    reading.at++;
    return "(";
  }
  const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
  if (named !== null) {
    reading.at += named[0].length;
    return `(?<${named[1]}>`;
  }
  const flagged = /^\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?(:|\))/.exec(rest);
  const [whole = "", on = "", off = "", end = ""] = flagged ?? [];
  if (flagged === null || !/^[imsU]*$/.test(on + off))
    throw new RegexError(`error parsing regexp: invalid or unsupported Perl syntax: \`${rest.slice(0, 3)}\``);
  if (/U/.test(on + off)) throw new RegexError("not supported here: the flag U of a regular expression");
  // `.` is written out as a class below, which no flag of JavaScript's reaches.
  if (/s/.test(on + off)) throw new RegexError("not supported here: the flag s of a regular expression");
  reading.at += whole.length;
  const flags = off === "" ? on : `${on}-${off}`;
  if (end === ":") return flags === "" ? "(?:" : `(?${flags}:`;
  return restWithFlags(reading, flags);
}

/** Flags without a group of their own hold until the group around them ends, alternatives included. */
function restWithFlags(reading: Reading, flags: string): string {
  let out = "";
  let depth = 0;
  while (reading.at < reading.pattern.length) {
    const rest = reading.pattern.slice(reading.at);
    if (rest.startsWith("(") && !/^\(\?[a-zA-Z-]*\)/.test(rest)) depth++;
    if (rest.startsWith(")") && depth-- === 0) break;
    out += piece(reading);
  }
  return flags === "" ? out : `(?${flags}:${out})`;
}

function escaped(reading: Reading, where: "outside" | "in a set"): string {
  const rest = reading.pattern.slice(reading.at + 1);
  const [char = ""] = rest;
  const take = (length: number, text: string): string => {
    reading.at += length + 1;
    return text;
  };
  const control = CONTROLS[char];
  if (control !== undefined) return take(1, control);
  const known = CLASSES[char.toLowerCase()];
  if (known !== undefined && where === "outside") return take(1, char < "a" ? `[^${known}]` : `[${known}]`);
  if (known !== undefined && char > "a") return take(1, known);
  if (known !== undefined) return take(1, char === "D" ? "\\D" : char === "W" ? "\\W" : "\\S");
  const property = /^[pP](?:\{(\^?)(\w+)\}|([A-Z]))/.exec(rest);
  if (property !== null) {
    const negates = (char === "P") !== (property[1] === "^");
    const name = property[2] ?? property[3] ?? "";
    const script = name.length > 2 ? `Script=${name}` : name;
    return take(property[0].length, `\\${negates ? "P" : "p"}{${script}}`);
  }
  const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest);
  if (hex !== null) return take(hex[0].length, `\\u{${hex[1] ?? hex[2] ?? ""}}`);
  const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
  if (octal !== null) return take(octal[0].length, `\\u{${Number.parseInt(octal[0], 8).toString(16)}}`);
  if (where === "outside" && /[bBAz]/.test(char)) return take(1, char === "A" ? "^" : char === "z" ? "$" : `\\${char}`);
  if (where === "outside" && char === "Q") return quoted(reading);
  if (char !== "" && /^[!-/:-@[-`{-~]$/.test(char)) return take(1, `\\u{${char.charCodeAt(0).toString(16)}}`);
  throw new RegexError(
    char === ""
      ? "error parsing regexp: trailing backslash at end of expression: ``"
      : `error parsing regexp: invalid escape sequence: \`\\${char}\``,
  );
}

function quoted(reading: Reading): string {
  const start = reading.at + 2;
  const end = reading.pattern.indexOf("\\E", start);
  const text = reading.pattern.slice(start, end === -1 ? undefined : end);
  reading.at = end === -1 ? reading.pattern.length : end + 2;
  return [...text].map(literal).join("");
}

const literal = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

function set(reading: Reading): string {
  const { pattern } = reading;
  const negates = pattern[reading.at + 1] === "^";
  reading.at += negates ? 2 : 1;
  let out = negates ? "[^" : "[";
  for (let isFirst = true; ; isFirst = false) {
    const rest = pattern.slice(reading.at);
    const char = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    if (rest === "") throw new RegexError(`error parsing regexp: missing closing ]: ${JSON.stringify(pattern)}`);
    if (char === "]" && !isFirst) break;
    const named = /^\[:(\^?)(\w+):\]/.exec(rest);
    const inside = POSIX[named?.[2] ?? ""];
    if (named !== null && inside !== undefined && named[1] === "") {
      out += inside;
      reading.at += named[0].length;
    } else if (named !== null) {
      throw new RegexError(`error parsing regexp: invalid character class range: \`${named[0]}\``);
    } else if (char === "\\") {
      out += escaped(reading, "in a set");
    } else {
      out += char === "-" ? "-" : literal(char);
      reading.at += char.length;
    }
  }
  reading.at++;
  return `${out}]`;
}
