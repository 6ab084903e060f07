/** `npm run histories:record`: plays scenarios on the real plane and keeps what the controller saw and decided. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decide } from "../../src/domain/decide.ts";
import { planeBinaries } from "../plane/binaries.ts";
import { CATALOGUE } from "./catalogue.ts";
import { pack } from "./recording/pack.ts";
import { play } from "./recording/play.ts";
import { namesOnShelf, put, take } from "./shelf.ts";
import { reworded } from "./words.ts";

const help = `Usage: npm run histories:record -- [OPTIONS] [NAMES…]

Plays the scenarios of the named histories (of all when none is named: about six minutes) on the real plane, and keeps in
test/histories/recorded what the controller saw at each pass and what it decided. Build the plane first: npm run plane:build

  --raw FOLDER   keep what a controller wrote to this folder (see CONTRIBUTING.md), and play nothing
  --words        only put today's sentences in the place of those recorded, where all else is decided as it was
  --list         the names, and what is played for each
  --help         this text

A scenario that fails is played again, three times in all. Exit codes: 0 all kept, 1 some not, 2 wrong usage.
`;

const ATTEMPTS = 3;

async function main(args: readonly string[]): Promise<number> {
  const wishes = wishesOf(args);
  if (typeof wishes === "string") {
    console.error(`${wishes}\n\n${help}`);
    return 2;
  }
  const { values, names } = wishes;
  if (values.help) console.log(help);
  else if (values.list) for (const name of names) console.log(`${name.padEnd(12)}${CATALOGUE[name]?.scenario}`);
  else if (values.words) putNewWords(names);
  else return report(values.raw === undefined ? await record(names) : keep(values.raw, names));
  return 0;
}

const OPTIONS = {
  raw: { type: "string" },
  words: { type: "boolean" },
  list: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function wishesOf(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    const stranger = positionals.find((name) => CATALOGUE[name] === undefined);
    if (stranger !== undefined) return `there is no history ${stranger}; they are ${Object.keys(CATALOGUE).join(", ")}`;
    return { values, names: positionals.length > 0 ? positionals : Object.keys(CATALOGUE) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Resolves to the names of those that could not be had. */
async function record(names: readonly string[]): Promise<readonly string[]> {
  const binaries = await planeBinaries();
  if ("missing" in binaries) {
    console.error(`the real plane lacks:\n  ${binaries.missing.join("\n  ")}`);
    return names;
  }
  let missing = names;
  for (let attempt = 1; attempt <= ATTEMPTS && missing.length > 0; attempt++) {
    const byFile = Map.groupBy(missing, (name) => CATALOGUE[name]?.file ?? "");
    const left: string[] = [];
    for (const [file, own] of byFile) left.push(...(await recordFile(file, own, attempt)));
    missing = left;
  }
  return missing;
}

async function recordFile(file: string, names: readonly string[], attempt: number): Promise<readonly string[]> {
  const titles = names.map((name) => CATALOGUE[name]?.scenario ?? "");
  console.log(`${file}, attempt ${attempt}: ${names.join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "serin-histories-"));
  try {
    const passed = await play(file, titles, folder, (line) => console.log(`  ${line}`));
    const [good, failed] = [true, false].map((isGood) =>
      names.filter((name) => passed.has(CATALOGUE[name]?.scenario ?? "") === isGood),
    );
    return [...keep(folder, good ?? []), ...(failed ?? [])];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Answers the names of those that could not be kept. */
function keep(folder: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    try {
      const history = pack(folder, name, CATALOGUE[name]?.scenario ?? "");
      const bytes = put(history);
      console.log(`  kept ${name}: ${history.steps.length} steps, ${(bytes / 1000).toFixed(1)} kB`);
      return false;
    } catch (error) {
      console.error(`  ${name} was not kept: ${error instanceof Error ? error.message : String(error)}`);
      return true;
    }
  });
}

function putNewWords(names: readonly string[]): void {
  for (const name of names.filter((one) => namesOnShelf().includes(one))) {
    const { history, count } = reworded(take(name), decide);
    if (count > 0) put(history);
    console.log(`${name}: new words in ${count} of ${history.steps.length} steps`);
  }
}

function report(missing: readonly string[]): number {
  if (missing.length === 0) return 0;
  console.error(`Not recorded, what was there before is still there: ${missing.join(", ")}`);
  return 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
