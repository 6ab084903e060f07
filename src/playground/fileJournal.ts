/** Keeps what the API server holds in a folder: a file of lines, one a write, made short again now and then. */
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { WireObject } from "../resources/wire.ts";
import type { Journal, JournalEntry, JournalState } from "../simulator/api/journal.ts";
import { objectKey } from "../simulator/api/storage.ts";
import { DataFolderError, makeFolder, takeFolder } from "./dataFolder.ts";

const FILE = "cluster.jsonl";
/** There until all that belongs to a new cluster is in the file. */
const UNFINISHED = "unfinished";
/** Lines that say nothing new, before the file is written anew. */
const MOST_OLD_LINES = 20_000;

export class FileJournal implements Journal {
  /** Whether there was a cluster when it was opened. */
  readonly holdsCluster: boolean;
  readonly #directory: string;
  readonly #release: () => void;
  readonly #objects = new Map<string, { readonly collection: string; readonly object: WireObject }>();
  #version = 0;
  #file: number;
  #lines = 0;

  /** Throws `DataFolderError` where the folder cannot be used, and leaves it as it was. */
  constructor(directory: string) {
    this.#directory = directory;
    makeFolder(directory);
    this.#release = takeFolder(directory);
    try {
      for (const entry of entriesOf(join(directory, FILE))) this.#note(entry);
      this.holdsCluster = this.#objects.size > 0 && !existsSync(join(directory, UNFINISHED));
      if (!this.holdsCluster) writeFileSync(join(directory, UNFINISHED), "");
      this.#file = this.#rewrite();
    } catch (error) {
      this.#release();
      throw error;
    }
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

  /** All that belongs to a new cluster is there: who opens it again finds one. Safe to repeat. */
  begun(): void {
    rmSync(join(this.#directory, UNFINISHED), { force: true });
  }

  close(): void {
    closeSync(this.#file);
    this.#release();
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
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line, index) => {
    const entry = entryOf(line);
    if (entry !== undefined) return entry;
    throw new DataFolderError(
      `${path}, line ${index + 1} is damaged: it is not a write of the API server. ` +
        "Remove that line, which loses this one write, or move the file away to begin anew",
    );
  });
}

function entryOf(line: string): JournalEntry | undefined {
  try {
    const { version, collection, object, key } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    if (typeof version !== "number" || typeof collection !== "string") return undefined;
    if (object === undefined) return typeof key === "string" ? { version, collection, key } : undefined;
    const { metadata } = object as { readonly metadata?: { readonly name?: unknown } };
    return typeof metadata?.name === "string" ? { version, collection, object: object as WireObject } : undefined;
  } catch {
    return undefined;
  }
}
