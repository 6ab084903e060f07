/** Stands where the line looks for `decide`: hands the question on, and writes down what was seen and what was decided. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { decide as decideIt } from "../../../src/domain/decide.ts";
import type { Decision } from "../../../src/domain/decision.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import { encode } from "../json.ts";
import { FOLDER_VARIABLE, type RawStep } from "./raw.ts";

const folder = process.env[FOLDER_VARIABLE];

/** At once and in one go, so that nothing is missing of a process that is killed on the next line. */
export function decide(seen: Observation): Decision {
  const decision = decideIt(seen);
  if (folder === undefined) return decision;
  const step: RawStep = { process: process.pid, seen, decision, isWritten: decision.status !== seen.status };
  appendFileSync(join(folder, `${seen.canary.name}.jsonl`), `${encode(step)}\n`);
  return decision;
}
