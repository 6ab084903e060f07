/** Folders for as long as this process lives; what one left that was killed, the next one removes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseOwner, printOwner, stateOf, thisProcess } from "./processes.ts";

const OURS = /^serin-(?:playground|prometheus)-/;
const OWNER = "owner";

export interface TemporaryFolder {
  readonly path: string;
  /** Safe to repeat. */
  remove(): void;
}

export function temporaryFolder(purpose: "playground" | "prometheus"): TemporaryFolder {
  removeStale();
  const path = mkdtempSync(join(tmpdir(), `serin-${purpose}-`));
  writeFileSync(join(path, OWNER), printOwner(thisProcess()));
  const erase = (): void => rmSync(path, { recursive: true, force: true });
  // Also where this process ends without a word.
  process.once("exit", erase);
  const remove = (): void => {
    process.off("exit", erase);
    erase();
  };
  return { path, remove };
}

function removeStale(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => OURS.test(entry))) {
    try {
      const folder = join(tmpdir(), name);
      const owner = parseOwner(readFileSync(join(folder, OWNER), "utf8"));
      if (stateOf(owner) === "is gone") rmSync(folder, { recursive: true, force: true });
    } catch {
      // Being made or removed by another, or another user's: not ours to clean up.
    }
  }
}
