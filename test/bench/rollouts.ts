/** `npm run bench`: what rollouts cost, on a real API server. Prints figures; no test asserts a time. */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { planeBinaries } from "../plane/binaries.ts";
import { inNamespace, isInNamespace } from "../plane/enter.ts";
import { run } from "../plane/progress.ts";
import { type Figures, measure, type Run } from "./measure.ts";
import { help, OptionError, type Options, readOptions } from "./options.ts";
import { breakdown, comparison, runLine } from "./table.ts";

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.log(help);
    return 0;
  }
  if (!isInNamespace()) return prepare(args, options);
  const figures: Figures[] = [];
  for (const each of plan(options)) {
    const measured = await measure(each, options);
    console.log(`[${each.label}] ${runLine(measured)}`);
    figures.push(measured);
  }
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
  report(figures, options);
  return 0;
}

/** Outside of the room: all that needs the network or writes into the repository. */
async function prepare(args: readonly string[], { cpuProfile }: Options): Promise<number> {
  const binaries = await planeBinaries();
  if ("missing" in binaries) {
    console.error(`the real plane lacks:\n  ${binaries.missing.join("\n  ")}\nbuild it first: npm run plane:build`);
    return 3;
  }
  if (cpuProfile !== undefined) await mkdir(cpuProfile, { recursive: true });
  else console.log((await run(process.execPath, [join(import.meta.dirname, "../../build.ts")])).split("\nof these")[0]);
  return inNamespace([import.meta.filename, ...args]);
}

function plan({ canaries, runs }: Options): readonly Run[] {
  return canaries.flatMap((count, at) =>
    Array.from({ length: at === 0 ? runs : 1 }, (_, number) => ({
      canaries: count,
      isFull: number === 0 && at === 0,
      label: at === 0 && runs > 1 ? `N = ${count}, run ${number + 1} of ${runs}` : `N = ${count}`,
    })),
  );
}

function report(figures: readonly Figures[], options: Options): void {
  if (options.breakdown) {
    const bySize = new Map(figures.toReversed().map((each) => [each.canaries, each]));
    for (const each of [...bySize.values()].toReversed()) console.log(`\n${breakdown(each)}`);
  }
  const [{ model = "unknown" } = {}] = cpus();
  console.log(`\nNode ${process.version}, ${cpus().length} cores (${model}); all parts of the plane share them`);
  console.log(`\n${comparison(figures)}`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof OptionError ? `${error.message}\n\n${help}` : error);
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
