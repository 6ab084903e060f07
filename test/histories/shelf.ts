/** Where histories are kept. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type History, print, read } from "./history.ts";
import { plain } from "./json.ts";

const SHELF = join(import.meta.dirname, "recorded");
const ENDING = ".jsonl";

export function namesOnShelf(): readonly string[] {
  return readdirSync(SHELF)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => file.slice(0, -ENDING.length))
    .toSorted();
}

/** As `read`, and throws where there is none of that name. */
export function take(name: string): History {
  return read(readFileSync(join(SHELF, name + ENDING), "utf8"), name);
}

/** Answers its size in bytes. Throws, and keeps nothing, where it names this machine or would not be read as it was. */
export function put(history: History): number {
  const text = print(history);
  const ownNames = [hostname(), homedir(), process.cwd()].filter((word) => word.length > 3);
  const found = ownNames.find((word) => text.includes(word));
  if (found !== undefined) throw new Error(`${history.name} would tell the name ${found} of this machine`);
  if (!isDeepStrictEqual(read(text, history.name), plain(history))) {
    throw new Error(`${history.name} would not be read as it was`);
  }
  mkdirSync(SHELF, { recursive: true });
  writeFileSync(join(SHELF, history.name + ENDING), text);
  return Buffer.byteLength(text);
}
