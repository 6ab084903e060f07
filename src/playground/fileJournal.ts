/** Keeps what the API server holds in a folder: a file of lines, one a write, made short again now and then. */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { WireObject } from "../resources/wire.ts";
import type { Journal, JournalEntry, JournalState } from "../simulator/api/journal.ts";
import { objectKey } from "../simulator/api/storage.ts";

const FILE = "cluster.jsonl";
const LOCK = "in-use";
/** Lines that say nothing new, before the file is written anew. */
const MOST_OLD_LINES = 20_000;

export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";
}

export class FileJournal implements Journal {
  readonly #directory: string;
  readonly #objects = new Map<string, { readonly collection: string; readonly object: WireObject }>();
  #version = 0;
  #file: number;
  #lines = 0;

  /** Throws `FolderInUseError` where another process has it. */
  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    take(join(directory, LOCK));
    for (const entry of entriesOf(join(directory, FILE))) this.#note(entry);
    this.#file = this.#rewrite();
  }

  load(): JournalState {
    return { version: this.#version, objects: [...this.#objects.values()] };
  }

  append(entry: JournalEntry): void {
    this.#note(entry);
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    this.#lines += 1;
    if (this.#lines < this.#objects.size + MOST_OLD_LINES) return;
    closeSync(this.#file);
    this.#file = this.#rewrite();
  }

  close(): void {
    closeSync(this.#file);
    rmSync(join(this.#directory, LOCK), { force: true });
  }

  #note({ version, collection, object, key }: JournalEntry): void {
    this.#version = version;
    if (object === undefined) this.#objects.delete(`${collection} ${key}`);
    else this.#objects.set(`${collection} ${keyOf(object)}`, { collection, object });
  }

  /** Written beside and renamed, so that half a file is never read. */
  #rewrite(): number {
    const path = join(this.#directory, FILE);
    // The version may be that of an object that is gone.
    const entries = [...this.#objects.values()].map((one) => ({ version: this.#version, ...one }));
    const last = { version: this.#version, collection: "", key: "" };
    writeFileSync(`${path}.new`, [...entries, last].map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    renameSync(`${path}.new`, path);
    this.#lines = entries.length;
    return openSync(path, "a");
  }
}

function keyOf(object: WireObject): string {
  const { namespace, name = "" } = object["metadata"] as { readonly namespace?: string; readonly name?: string };
  return objectKey(namespace, name);
}

/** A last line that was cut off was never answered. */
function entriesOf(path: string): readonly JournalEntry[] {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalEntry);
}

function take(lock: string): void {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const owner = Number(readFileSync(lock, "utf8"));
    if (owner !== process.pid && isAlive(owner)) throw new FolderInUseError(`process ${owner} has this folder in use`);
    writeFileSync(lock, String(process.pid));
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
