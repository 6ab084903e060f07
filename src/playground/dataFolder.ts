/** The folder that a playground's data are in: made where it is not there, and used by one process at a time. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseOwner, printOwner, stateOf, thisProcess } from "./processes.ts";

/** It cannot be used, and says what to do. */
export class DataFolderError extends Error {
  override readonly name = "DataFolderError";
}

const LOCK = "in-use";

export function makeFolder(path: string): void {
  try {
    make(path);
  } catch (error) {
    throw new DataFolderError(`${path} cannot be made: ${because(error)}. Name another folder`);
  }
  if (!statSync(path).isDirectory()) throw new DataFolderError(`${path} is a file: name a folder`);
}

/** One after the other: Node's own `recursive` never ends in file systems such as /proc, where a folder is there but takes none. */
function make(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  const parent = dirname(path);
  if (parent !== path) make(parent);
  mkdirSync(path);
}

/** Answers how to give it back. */
export function takeFolder(directory: string): () => void {
  const lock = join(directory, LOCK);
  const own = printOwner(thisProcess());
  try {
    if (!isNew(lock, own)) {
      refuseUnlessGone(directory, lock);
      writeFileSync(lock, own);
    }
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    throw new DataFolderError(`${directory} cannot be used: ${because(error)}. Name another folder`);
  }
  return () => rmSync(lock, { force: true });
}

function isNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function refuseUnlessGone(directory: string, lock: string): void {
  const owner = parseOwner(readFileSync(lock, "utf8"));
  const state = stateOf(owner);
  if (state === "is gone") return;
  const who = state === "runs" ? `process ${owner.pid} uses` : `process ${owner.pid} of another container may use`;
  throw new DataFolderError(
    `${directory} is in use: ${who} it. End that, or name another folder; if it is no playground, delete ${lock}`,
  );
}

const because = (error: unknown): string => (error instanceof Error ? error.message : String(error));
