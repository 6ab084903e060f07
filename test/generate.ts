import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { definitions } from "../src/resources/crds.ts";
import { printYaml } from "../src/resources/yaml.ts";

/**
 * `npm run generate` writes what is made from the sources. With `--check` it writes nothing, lists the files that are
 * not what they should be, and fails if there are any.
 */

const ROOT = join(import.meta.dirname, "..");
const HEAD = "# Generated from src/resources by `npm run generate`. Do not edit.\n";
const FOLDERS = ["crds", "charts/serin/crds"];

interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

function generated(): readonly GeneratedFile[] {
  return definitions().flatMap(({ fileName, crd }) =>
    FOLDERS.map((folder) => ({ path: join(folder, fileName), text: HEAD + printYaml(crd) })),
  );
}

function isStale({ path, text }: GeneratedFile): boolean {
  try {
    return readFileSync(join(ROOT, path), "utf8") !== text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return true;
    throw error;
  }
}

function write({ path, text }: GeneratedFile): void {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}

const stale = generated().filter(isStale);
if (process.argv.includes("--check")) {
  for (const { path } of stale) console.error(`stale: ${path} (run npm run generate)`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const file of stale) {
    write(file);
    console.log(`wrote ${file.path}`);
  }
}
