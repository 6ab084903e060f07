import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";

/** A manifest as a user would write it, with what is expected of it. */
export interface Manifest {
  readonly name: string;
  readonly object: object;
  /** From the comments at the top of the file: `# key: words`. */
  readonly notes: Readonly<Record<string, string>>;
}

/** The manifests of test/resources/manifests, by what becomes of them at apply. */
export function manifests(fate: "accepted" | "refused"): readonly Manifest[] {
  const folder = join(import.meta.dirname, "../resources/manifests", fate);
  return readdirSync(folder).map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const notes = [...text.matchAll(/^# (\w+): (.*)$/gm)].map(([, key, words]) => [key, words]);
    return { name: basename(file, ".yaml"), object: parse(text), notes: Object.fromEntries(notes) };
  });
}
