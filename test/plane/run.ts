/** `node test/plane/run.ts FILES… [-- node options]`: runs test files on the real plane, one after the other in one room. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { planeBinaries } from "./binaries.ts";
import { inNamespace } from "./enter.ts";

const help = `Usage: node test/plane/run.ts [NODE TEST OPTIONS] [FILES…]

Runs the test files (all of test/plane/*.test.ts when none is named) in a network of their own, where they may start a real plane.
Options such as --test-name-pattern=… go to node's test runner. Build the plane first: npm run plane:build

  SERIN_PLANE_LOGS=FOLDER   keep what every part of the plane wrote
`;

/** Files take turns, since each plane uses the same addresses; to run two planes at once, run this program twice. */
export async function runOnPlane(args: readonly string[]): Promise<number> {
  const result = await planeBinaries();
  if ("missing" in result) {
    console.error(`the real plane lacks:\n  ${result.missing.join("\n  ")}`);
    return 3;
  }
  const options = args.filter((arg) => arg.startsWith("-"));
  const named = args.filter((arg) => !arg.startsWith("-"));
  const files = named.length > 0 ? named : await allTests();
  // A test that failed before it could stop its plane must not hold up the rest; the plane dies with its process.
  return inNamespace(["--test", "--test-concurrency=1", "--test-force-exit", ...options, ...files]);
}

async function allTests(): Promise<string[]> {
  const names = await readdir(import.meta.dirname);
  return names.filter((name) => name.endsWith(".test.ts")).map((name) => join(import.meta.dirname, name));
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(help);
    return 0;
  }
  return runOnPlane(args);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
