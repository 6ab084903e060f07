import { TemplateError } from "./error.ts";

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "identifier"
  | "keyword"
  | "bool"
  | "nil"
  | "field"
  | "dot"
  | "variable"
  | "string"
  | "rawString"
  | "char"
  | "number"
  | "declare"
  | "assign"
  | "pipe"
  | "leftParen"
  | "rightParen"
  | "punctuation"
  | "end of text";

export interface Token {
  readonly kind: TokenKind;
  readonly offset: number;
  readonly text: string;
}

const KEYWORDS = new Set(["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"]);
const WORD = String.raw`[\p{L}\p{Nd}_]`;
/** What may follow a word, so that `{{name"x"}}` is an error, not two words. */
const TERMINATOR = /[ \t\r\n.,|:)(]|\}\}|$/y;
const TRIMMED_CLOSE = /[ \t\r\n]-\}\}/y;
/** A run of space that leaves the last one to a trim marker, which needs it. */
const SPACE = /[ \t\r\n](?:(?![ \t\r\n]-\}\})[ \t\r\n])*/y;
const NUMBER_START = /[+-]|[0-9]|\.[0-9]/y;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y;
const WORD_START = new RegExp(WORD, "uy");

/** In order of trial; a pattern that must be closed names what is missing where only its first character matches. */
const QUOTED: readonly { kind: TokenKind; first: string; pattern: RegExp; missing: string }[] = [
  { kind: "string", first: '"', pattern: /"(?:[^"\\\n]|\\[^\n])*"/y, missing: "unterminated quoted string" },
  { kind: "rawString", first: "`", pattern: /`[^`]*`/y, missing: "unterminated raw quoted string" },
  { kind: "char", first: "'", pattern: /'(?:[^'\\\n]|\\[^\n])*'/y, missing: "unterminated character constant" },
];

const WORDS: readonly { kind: TokenKind; pattern: RegExp }[] = [
  { kind: "variable", pattern: new RegExp(String.raw`\$${WORD}*`, "uy") },
  { kind: "field", pattern: new RegExp(String.raw`\.${WORD}*`, "uy") },
  { kind: "identifier", pattern: new RegExp(`${WORD}+`, "uy") },
];

const MARKS: readonly { kind: TokenKind; mark: string }[] = [
  { kind: "declare", mark: ":=" },
  { kind: "assign", mark: "=" },
  { kind: "pipe", mark: "|" },
  { kind: "leftParen", mark: "(" },
  { kind: "rightParen", mark: ")" },
];

const matchAt = (pattern: RegExp, text: string, offset: number): string | undefined => {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
};

/** The tokens of a template, the last of them the end of the text. Throws `TemplateError`. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  let trimsNext = false;
  for (;;) {
    const open = text.indexOf("{{", offset);
    const end = open < 0 ? text.length : open;
    const trimsBefore = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    let plain = text.slice(offset, end);
    if (trimsNext) plain = plain.replace(/^[ \t\r\n]+/, "");
    if (trimsBefore) plain = plain.slice(0, plain.length - trailingSpace(plain));
    if (plain !== "") tokens.push({ kind: "text", offset, text: plain });
    if (open < 0) break;
    const start = open + 2 + (trimsBefore ? 2 : 0);
    const action = text.startsWith("/*", start) ? skipComment(text, start) : lexAction(text, open, start, tokens);
    offset = action.offset;
    trimsNext = action.trims;
  }
  tokens.push({ kind: "end of text", offset: text.length, text: "" });
  return tokens;
}

/** Counted by hand: a regular expression anchored at the end takes quadratic time on a long run inside the text. */
function trailingSpace(text: string): number {
  let count = 0;
  while (count < text.length && " \t\r\n".includes(text.charAt(text.length - 1 - count))) count++;
  return count;
}

interface AfterAction {
  readonly offset: number;
  readonly trims: boolean;
}

function closeAt(text: string, offset: number): AfterAction | undefined {
  const trimmed = matchAt(TRIMMED_CLOSE, text, offset);
  if (trimmed !== undefined) return { offset: offset + trimmed.length, trims: true };
  return text.startsWith("}}", offset) ? { offset: offset + 2, trims: false } : undefined;
}

function skipComment(text: string, start: number): AfterAction {
  const end = text.indexOf("*/", start + 2);
  if (end < 0) throw new TemplateError(text, start, "unclosed comment");
  const close = closeAt(text, end + 2);
  if (close === undefined) throw new TemplateError(text, start, "comment ends before closing delimiter");
  return close;
}

function lexAction(text: string, open: number, start: number, tokens: Token[]): AfterAction {
  tokens.push({ kind: "open", offset: open, text: "{{" });
  let depth = 0;
  let offset = start;
  for (;;) {
    const close = closeAt(text, offset);
    if (close !== undefined) {
      if (depth > 0) throw new TemplateError(text, offset, "unclosed left paren");
      tokens.push({ kind: "close", offset, text: "}}" });
      return close;
    }
    if (offset >= text.length) throw new TemplateError(text, open, "unclosed action");
    const token = nextToken(text, offset);
    if (token.kind === "leftParen") depth++;
    if (token.kind === "rightParen" && --depth < 0) throw new TemplateError(text, offset, "unexpected right paren");
    tokens.push(token);
    offset += token.text.length;
  }
}

function nextToken(text: string, offset: number): Token {
  const space = matchAt(SPACE, text, offset);
  if (space !== undefined) return { kind: "space", offset, text: space };
  for (const { kind, mark } of MARKS) if (text.startsWith(mark, offset)) return { kind, offset, text: mark };
  for (const { kind, first, pattern, missing } of QUOTED) {
    if (!text.startsWith(first, offset)) continue;
    const found = matchAt(pattern, text, offset);
    if (found === undefined) throw new TemplateError(text, offset, missing);
    return { kind, offset, text: found };
  }
  if (matchAt(NUMBER_START, text, offset) !== undefined) return numberToken(text, offset);
  return wordToken(text, offset) ?? punctuation(text, offset);
}

function numberToken(text: string, offset: number): Token {
  const digits = matchAt(NUMBER, text, offset) ?? "";
  const end = offset + digits.length;
  if (matchAt(WORD_START, text, end) !== undefined)
    throw new TemplateError(text, offset, `bad number syntax: "${text.slice(offset, end + 1)}"`);
  if (digits.endsWith("i") || "+-".includes(text.charAt(end) || "x"))
    throw new TemplateError(text, offset, "complex numbers are not supported");
  return { kind: "number", offset, text: digits };
}

function wordToken(text: string, offset: number): Token | undefined {
  for (const { kind, pattern } of WORDS) {
    const word = matchAt(pattern, text, offset);
    if (word === undefined) continue;
    const end = offset + word.length;
    if (matchAt(TERMINATOR, text, end) === undefined)
      throw new TemplateError(text, end, `bad character ${named(text, end)}`);
    return { kind: kindOfWord(kind, word), offset, text: word };
  }
  return undefined;
}

function kindOfWord(kind: TokenKind, word: string): TokenKind {
  if (word === ".") return "dot";
  if (kind !== "identifier") return kind;
  if (KEYWORDS.has(word)) return "keyword";
  if (word === "nil") return "nil";
  return word === "true" || word === "false" ? "bool" : "identifier";
}

function punctuation(text: string, offset: number): Token {
  const char = text.charAt(offset);
  if (char === ":") throw new TemplateError(text, offset, "expected :=");
  if (!/[!-~]/.test(char))
    throw new TemplateError(text, offset, `unrecognized character in action: ${named(text, offset)}`);
  return { kind: "punctuation", offset, text: char };
}

function named(text: string, offset: number): string {
  const code = text.codePointAt(offset) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")} '${String.fromCodePoint(code)}'`;
}
