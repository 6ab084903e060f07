/** The files of recorded histories: what a controller saw of one Canary on the real plane, pass by pass, and what it decided. */
import type { Decision } from "../../src/domain/decision.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { apply, deltaOf } from "./delta.ts";
import { decode, encode, isFields, type Json, type JsonFields, plain } from "./json.ts";
import { MIGRATIONS, type Migration, type RecordedStep } from "./migrations.ts";
import { misfits } from "./shape.ts";
import { DECISION, OBSERVATION } from "./shapes.ts";

export interface History {
  /** That of the Canary, and of the file. */
  readonly name: string;
  /** What was played, in its own words. */
  readonly scenario: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Which of the processes, counted from 0, that had this Canary one after the other. */
  readonly process: number;
  readonly seen: Observation;
  readonly decided: Decided;
}

/** As `decide` answered, and whether its status was a new one, to be written. Without anything that is undefined. */
export interface Decided extends Decision {
  readonly isWritten: boolean;
}

/** One line for the head and one for each step. Throws where it would not be read as it was. */
export function print({ name, scenario, steps }: History, schema = MIGRATIONS.length + 1): string {
  const lines: Json[] = [{ schema, name, scenario, steps: steps.length }];
  let last: RecordedStep | undefined;
  for (const { process, seen, decided } of steps) {
    const step = { process, seen: plain(seen) as JsonFields, decided: plain(decided) as JsonFields };
    const delta = {
      process: deltaOf(last?.process, process),
      seen: deltaOf(expectedAfter(last), step.seen),
      decided: deltaOf(quiet(step.seen, last), step.decided),
    };
    lines.push(plain(delta));
    last = step;
  }
  return `${lines.map(encode).join("\n")}\n`;
}

/** Throws an Error that says what to do where it is not a history, or not one of the domain as it is now. */
export function read(text: string, called: string, migrations: readonly Migration[] = MIGRATIONS): History {
  const [head, ...rest] = text.trimEnd().split("\n").map(decode);
  const { schema, name, scenario, steps: count } = isFields(head) ? head : {};
  if (typeof schema !== "number" || name !== called || typeof scenario !== "string") {
    throw new Error(`${called} does not begin as a history does; ${remedy(called)}`);
  }
  const newest = migrations.length + 1;
  if (schema < 1 || schema > newest) {
    throw new Error(
      `${called} is of schema ${schema}, and ${newest} is the newest that is known here; ${remedy(called)}`,
    );
  }
  const steps = unpacked(rest, called).map((step) =>
    migrations.slice(schema - 1).reduce((older, migration) => migration(older), step),
  );
  if (steps.length !== count) throw new Error(`${called} has ${steps.length} steps, not ${count}; ${remedy(called)}`);
  return { name, scenario, steps: steps.map((step, at) => known(step, `${called}, step ${at}`, called)) };
}

function unpacked(lines: readonly Json[], called: string): readonly RecordedStep[] {
  let last: RecordedStep | undefined;
  return lines.map((line, at) => {
    if (!isFields(line)) throw new Error(`${called}, step ${at}: is no object`);
    const process = line["process"] ?? last?.process;
    const seen = apply(expectedAfter(last), line["seen"]);
    const decided = isFields(seen) ? apply(quiet(seen, last), line["decided"]) : undefined;
    if (typeof process !== "number" || !isFields(seen) || !isFields(decided)) {
      throw new Error(`${called}, step ${at}: lacks what was seen or decided; ${remedy(called)}`);
    }
    last = { process, seen, decided };
    return last;
  });
}

/** What would be seen next if nothing changed but the status, as it was decided. */
function expectedAfter(last: RecordedStep | undefined): JsonFields | undefined {
  return last && { ...last.seen, status: last.decided["status"] ?? null };
}

/** What would be decided if nothing was to be done. */
function quiet(seen: JsonFields, last: RecordedStep | undefined): JsonFields {
  const { levels = {}, wakeAt } = last?.decided ?? {};
  const decided = { status: seen["status"] ?? {}, levels, announcements: [], isWritten: false };
  return wakeAt === undefined ? decided : { ...decided, wakeAt };
}

function known(step: RecordedStep, where: string, called: string): Step {
  const { isWritten, ...decision } = step.decided;
  const wrong = [...misfits(step.seen, OBSERVATION, "seen"), ...misfits(decision, DECISION, "decided")];
  if (typeof isWritten !== "boolean") wrong.push("decided.isWritten is missing");
  if (wrong.length > 0) {
    throw new Error(`${where} is not of the domain as it is now: ${wrong.slice(0, 5).join("; ")}.\n${remedy(called)}`);
  }
  return step as unknown as Step;
}

const remedy = (name: string): string =>
  `Record it again (npm run histories:record -- ${name}), or add a migration to test/histories/migrations.ts that makes old steps fit`;
