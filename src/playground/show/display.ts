/** Shows views on a terminal in place, or tells what is new where there is none. */
import type { WriteStream } from "node:tty";
import { draw } from "./frame.ts";
import { news } from "./news.ts";
import type { View } from "./view.ts";

export interface Display {
  show(view: View): void;
  /** Lines that stay; what is shown later is shown below them. */
  keep(lines: readonly string[]): void;
  /** Leaves what was shown last, and the terminal as it was. Safe to repeat. */
  end(): void;
}

export const showCursor = "\u001b[?25h\u001b[?7h";
const hideCursor = "\u001b[?25l";
// Off while a frame is written: a line that is as wide as the terminal must not begin another.
const noWrap = "\u001b[?7l";
const wrapAgain = "\u001b[?7h";
const toEndOfLine = "\u001b[K";
const toEndOfScreen = "\u001b[J";

export function displayOn(stream: WriteStream): Display {
  return stream.isTTY && process.env["TERM"] !== "dumb"
    ? inPlace(stream)
    : plainLines((line) => stream.write(`${line}\n`));
}

function inPlace(stream: WriteStream): Display {
  const colour = process.env["NO_COLOR"] ? "without colour" : "in colour";
  // All that has a place of its own, and the last few Events: a warning must be seen.
  const leastRows = 20;
  let drawn: readonly string[] = [];
  let keptRows = 0;
  let isHidden = false;
  const rowsOf = (lines: readonly string[]) =>
    // A terminal that became narrower has broken what was drawn wider.
    lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(visible(line) / stream.columns)), 0);
  const upTo = (rows: number) => (rows > 0 ? `\u001b[${rows}A\r` : "\r");
  return {
    show(view) {
      const rows = Math.max(leastRows, stream.rows - 1 - keptRows);
      const lines = draw(view, { columns: stream.columns, rows: Math.min(rows, stream.rows - 1) }, colour);
      // Erased before it is written: after a line as wide as the terminal, its last character would go.
      const text = lines.map((line) => `${toEndOfLine}${line}\n`).join("");
      stream.write(`${isHidden ? "" : hideCursor}${upTo(rowsOf(drawn))}${noWrap}${text}${wrapAgain}${toEndOfScreen}`);
      isHidden = true;
      drawn = lines;
    },
    keep(lines) {
      drawn = [];
      keptRows += rowsOf(lines);
      stream.write(`${lines.join("\n")}\n`);
    },
    end() {
      if (isHidden) stream.write(showCursor);
      isHidden = false;
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are such characters.
const visible = (line: string): number => line.replaceAll(/\u001b\[[\d;]*m/g, "").length;

function plainLines(write: (line: string) => unknown): Display {
  let before: View | undefined;
  return {
    show(view) {
      for (const line of news(before, view)) write(`${new Date(view.now).toISOString()} ${line}`);
      before = view;
    },
    keep(lines) {
      for (const line of lines) write(line);
    },
    end() {},
  };
}
