import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { FOLDER_VARIABLE } from "./raw.ts";

const repository = join(import.meta.dirname, "../../..");
const preload = new URL("preload.ts", import.meta.url).href;

/** Plays scenarios of one file on the real plane, with witnesses that write to the folder. Resolves to those that passed. */
export async function play(
  file: string,
  scenarios: readonly string[],
  folder: string,
  tell: (line: string) => void,
): Promise<ReadonlySet<string>> {
  const patterns = scenarios.map(
    (scenario) => `--test-name-pattern=${scenario.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`,
  );
  const args = ["test/plane/run.ts", `test/plane/${file}.test.ts`, "--test-reporter=tap", ...patterns];
  const options = `${process.env["NODE_OPTIONS"] ?? ""} --import=${preload}`;
  const child = spawn(process.execPath, args, {
    cwd: repository,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: options, [FOLDER_VARIABLE]: folder },
  });
  const passed = new Set<string>();
  const ended = once(child, "close");
  for await (const line of createInterface({ input: child.stdout })) {
    const result = resultOf(line);
    if (result === undefined || !scenarios.includes(result.title)) continue;
    tell(`${result.isOk ? "✔" : "✖"} ${result.title}`);
    if (result.isOk) passed.add(result.title);
  }
  await ended;
  return passed;
}

/** A line of TAP that tells how a test ended; undefined for any other, and for tests that were passed over. */
export function resultOf(line: string): { readonly isOk: boolean; readonly title: string } | undefined {
  const [, not, text] = /^ *(not )?ok \d+ - (.*)$/.exec(line) ?? [];
  if (text === undefined || / # (?:SKIP|TODO)\b/.test(text)) return undefined;
  return { isOk: not === undefined, title: text.replaceAll(/\\([\\#])/g, "$1") };
}
