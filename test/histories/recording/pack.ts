import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Decided, History, Step } from "../history.ts";
import { decode } from "../json.ts";
import type { RawStep } from "./raw.ts";

/** What witnesses wrote of this Canary, as a history. Throws where they wrote nothing, or a line is broken. */
export function pack(folder: string, name: string, scenario: string): History {
  const lines = readFileSync(join(folder, `${name}.jsonl`), "utf8")
    .trimEnd()
    .split("\n");
  const raw = own(lines.map((line) => decode(line) as unknown as RawStep));
  const processes = [...new Set(raw.map(({ process }) => process))];
  const steps = raw.map(({ process, seen, decision, isWritten }): Step => {
    const decided: Decided = { ...decision, isWritten };
    return { process: processes.indexOf(process), seen, decided };
  });
  return { name, scenario, steps };
}

/** Without the controllers of the scenarios after it, which find the Canary as it was left and do nothing about it. */
function own(raw: readonly RawStep[]): readonly RawStep[] {
  const last = raw.findLast(({ isWritten }) => isWritten)?.process;
  return raw.slice(0, raw.findLastIndex(({ process }) => process === last) + 1);
}
