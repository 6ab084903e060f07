const HTML: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\0": "\ufffd",
};
const JS: Readonly<Record<string, string>> = { "\\": "\\\\", "'": "\\'", '"': '\\"' };
const QUOTED: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");
const isPrintable = (char: string): boolean => char === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(char);

/** Text as Go's `html` function escapes it. */
export const htmlEscape = (text: string): string => text.replace(/["'&<>\0]/g, (char) => HTML[char] ?? char);

/** Text as Go's `urlquery` function escapes it: for the value of a query parameter. */
export const urlQueryEscape = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${hex(char.charCodeAt(0), 2).toUpperCase()}`)
    .replaceAll("%20", "+");

/** Text as Go's `js` function escapes it. */
export const jsEscape = (text: string): string =>
  [...text]
    .map((char) => {
      if (char >= "\x80" && isPrintable(char)) return char;
      const special = JS[char];
      if (special !== undefined) return special;
      return char >= " " && char < "\x80" && !"<>&=".includes(char)
        ? char
        : `\\u${hex(char.codePointAt(0) ?? 0, 4).toUpperCase()}`;
    })
    .join("");

/** Text or a character in quotes, as Go would write it in a program; `ascii` escapes everything beyond ASCII. */
export function goQuote(text: string, quote: '"' | "'", letters: "ascii" | "all"): string {
  const escaped = [...text].map((char) => {
    if (char === quote) return `\\${char}`;
    const simple = QUOTED[char];
    if (simple !== undefined) return simple;
    if (isPrintable(char) && (letters === "all" || char < "\x7f")) return char;
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
    return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  });
  return quote + escaped.join("") + quote;
}
