/** One line of a terminal: pieces of text that know what they mean, and only at the end which colour that is. */

export type Style = "plain" | "strong" | "quiet" | "good" | "bad" | "primary" | "canary";

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

const codes: Readonly<Record<Style, string>> = {
  plain: "",
  strong: "1",
  quiet: "2",
  good: "32",
  bad: "1;31",
  primary: "34",
  canary: "33",
};

export const plain = (text: string): Span => ({ text, style: "plain" });
export const styled = (style: Style, text: string): Span => ({ text, style });

export const widthOf = (line: Line): number => line.reduce((sum, { text }) => sum + text.length, 0);

/** No wider than this, whatever it holds: a line that wraps would spoil the drawing in place. */
export function cut(line: Line, columns: number): Line {
  const kept: Span[] = [];
  let left = columns;
  for (const span of line) {
    if (left <= 0) break;
    kept.push({ ...span, text: span.text.slice(0, left) });
    left -= span.text.length;
  }
  return kept;
}

export function print(line: Line, colour: "in colour" | "without colour"): string {
  return line
    .map(({ text, style }) =>
      colour === "without colour" || style === "plain" ? text : `\u001b[${codes[style]}m${text}\u001b[0m`,
    )
    .join("")
    .trimEnd();
}

/** Broken between words, and within a word only where it alone is too wide. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    for (; line.length > columns; line = line.slice(columns)) lines.push(line.slice(0, columns));
  }
  return [...lines, line];
}
