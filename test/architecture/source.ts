/** A source file as the architecture rules read it: its text, the same text without words in it, and what it imports. */
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const repository = join(import.meta.dirname, "../..");

export interface Source {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the insides of strings blanked; every character stays at its place. */
  readonly code: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly kind: "import" | "re-export";
}

/** Something that breaks a rule, and where. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export function sourceOf(path: string, text: string): Source {
  const code = withoutWords(text);
  return { path, text, code, imports: importsOf(text, code) };
}

/** Every TypeScript file of the repository. */
export async function readSources(): Promise<readonly Source[]> {
  const paths = globSync(["*.ts", "{src,test}/**/*.ts"], { cwd: repository });
  return Promise.all(paths.sort().map(async (path) => sourceOf(path, await readFile(join(repository, path), "utf8"))));
}

export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** Where `pattern` (global) matches the code of a file. */
export function findInCode(source: Source, pattern: RegExp, message: (match: string) => string): readonly Finding[] {
  return [...source.code.matchAll(pattern)].map((match) => ({
    path: source.path,
    line: lineAt(source.code, match.index),
    message: message(match[0].trim()),
  }));
}

/** An import is recognised in the blanked code, so that one in a string is none; its name is read from the text. */
function importsOf(text: string, code: string): readonly Import[] {
  const statement = /^[ \t]*(import|export)\b[^;="'`()]*?\bfrom\s*(["'])|^[ \t]*import\s*(["'])|\bimport\(\s*(["'])/gm;
  return [...code.matchAll(statement)].map((match) => {
    const quote = match[2] ?? match[3] ?? match[4] ?? "";
    const start = match.index + match[0].length;
    return {
      specifier: text.slice(start, text.indexOf(quote, start)),
      line: lineAt(text, start),
      kind: match[1] === "export" ? "re-export" : "import",
    };
  });
}

const TOKEN = new RegExp(
  [
    String.raw`\/\/[^\n]*`, //                                      comment to the end of the line
    String.raw`\/\*[\s\S]*?\*\/`, //                                comment
    String.raw`"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'`, //         string
    String.raw`(?<=[(,=:[!&|?{;>]\s*|\breturn\s+)\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*`, // regular expression
    String.raw`[\x60{}]`, //                                        where a template begins, and braces inside of one
  ].join("|"),
  "y",
);

/** What stands in the `${…}` of a template is code; the words around it are not. */
export function withoutWords(text: string): string {
  const out: string[] = [];
  const braces: number[] = []; // One count of open braces for each template whose `${` we are in.
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    const depth = braces.length - 1;
    if (token === undefined) {
      out.push(text[at] ?? "");
      at += 1;
    } else if (token === "`" || (token === "}" && braces[depth] === 0)) {
      if (token === "}") braces.pop();
      const end = endOfTemplatePart(text, at + 1);
      out.push(token, blank(text.slice(at + 1, end)), text.slice(end, end + (text[end] === "`" ? 1 : 2)));
      if (text[end] !== "`") braces.push(0);
      at = end + (text[end] === "`" ? 1 : 2);
    } else {
      if (depth >= 0 && token === "{") braces[depth] = (braces[depth] ?? 0) + 1;
      if (depth >= 0 && token === "}") braces[depth] = (braces[depth] ?? 0) - 1;
      out.push(blankToken(token));
      at += token.length;
    }
  }
  return out.join("");
}

/** Where the words of a template end: at its closing tick, or at the next `${`. */
function endOfTemplatePart(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "`" || (text[at] === "$" && text[at + 1] === "{")) return at;
  }
  return text.length;
}

function blankToken(token: string): string {
  if (token.length === 1) return token;
  const isString = token.startsWith('"') || token.startsWith("'");
  return isString ? `${token[0]}${blank(token.slice(1, -1))}${token.at(-1)}` : blank(token);
}

const blank = (words: string): string => words.replace(/[^\n]/g, " ");
