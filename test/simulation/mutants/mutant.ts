import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { LawName } from "../../../src/simulation/laws/laws.ts";
import type { LifeName } from "../lives.ts";

/** A mistake that somebody could make in the controller, as text: what stands there, and what would stand there. */
export interface Mutant {
  readonly name: string;
  /** The law that must find it. */
  readonly law: LawName;
  /** Whether no other law finds it in the same lives. */
  readonly only?: true;
  /** A life in which it is found, so that it need not be looked for. */
  readonly seed: number;
  /** The kind of lives that it is looked for in; as drawn unless told otherwise. */
  readonly life?: LifeName;
  readonly edits: readonly Edit[];
}

export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

const repository = new URL("../../../", import.meta.url);

const addressOf = ({ file }: Edit): string => new URL(file, repository).href;

/** The file with the mistake in it. Throws where the text is not there exactly once: then the mutant is out of date. */
export function edited(source: string, { file, find, put }: Edit): string {
  const count = source.split(find).length - 1;
  if (count !== 1) throw new Error(`${file} has ${count} times, not once: ${find}`);
  return source.replace(find, () => put);
}

/** Throws where an edit does not fit its file any more. */
export function check({ edits }: Mutant): void {
  for (const edit of edits) edited(readFileSync(fileURLToPath(addressOf(edit)), "utf8"), edit);
}

/**
 * From now on, files that this thread loads have the mistake. To be called before any of them is loaded. Answers the
 * files that were not loaded yet, so that a mutant that is nowhere in use does not pass for one that was not found.
 */
export function infect({ edits }: Mutant): () => readonly string[] {
  const waiting = new Set(edits.map(({ file }) => file));
  registerHooks({
    load(url, context, nextLoad) {
      const own = edits.filter((edit) => addressOf(edit) === url);
      if (own.length === 0) return nextLoad(url, context);
      const source = own.reduce(edited, readFileSync(fileURLToPath(url), "utf8"));
      for (const { file } of own) waiting.delete(file);
      return { format: "module-typescript", source, shortCircuit: true };
    },
  });
  return () => [...waiting];
}
