import { isDeepStrictEqual } from "node:util";
import type { Decision } from "../../src/domain/decision.ts";
import type { Observation } from "../../src/domain/observation.ts";
import type { Phase } from "../../src/domain/phase.ts";
import type { Decided, History, Step } from "./history.ts";
import { isFields, type Json, plain } from "./json.ts";

export type Decide = (seen: Observation) => Decision;

/** Where today's `decide` decides otherwise than the one that was recorded. */
export interface Difference {
  readonly history: string;
  readonly step: number;
  /** What changed in a few words, the same for all steps in which the same changed; explanations go by it. */
  readonly change: string;
  /** For people, in three lines. */
  readonly report: string;
}

export function answer(decide: Decide, seen: Observation): Decided {
  const decision = decide(seen);
  return plain({ ...decision, isWritten: decision.status !== seen.status }) as unknown as Decided;
}

/** Everything is compared, to the millisecond: the status, the levels, the round, the announcements, when to look again. */
export function replay(history: History, decide: Decide): readonly Difference[] {
  return history.steps.flatMap((step, at) => {
    const now = answer(decide, step.seen);
    return isDeepStrictEqual(now, step.decided) ? [] : [difference(history, at, step, now)];
  });
}

function difference({ name, steps }: History, at: number, { seen, decided }: Step, now: Decided): Difference {
  const changes = changedParts(plain(decided), plain(now), "");
  const [from, then, today] = [seen.status.phase.name, decided.status.phase.name, now.status.phase.name];
  const areas = [...new Set(changes.map(({ path }) => areaOf(path)))].toSorted().join(", ");
  const change = then === today ? `${from} → ${today}: ${areas}` : `${from} → ${today}, not ${then}`;
  const elapsed = ((seen.now - (steps[0]?.seen.now ?? seen.now)) / 1000).toFixed(1);
  const [first, second] = changes;
  const more = changes.length > 2 ? `, and ${changes.length - 2} more` : "";
  const parts = [first, second].map((part) => part && `${part.path}: was ${part.before}, is ${part.after}`);
  const report = [
    `${name}, step ${at} of ${steps.length}, ${elapsed} s in, seen in ${phrase(seen.status.phase)}: "${change}"`,
    `  decided then: ${inWords(decided, seen)}`,
    `  decided now:  ${inWords(now, seen)}`,
    `  ${parts.filter((part) => part !== undefined).join("; ")}${more}`,
  ].join("\n");
  return { history: name, step: at, change, report };
}

/** The place of a change: of the status the field, of everything else the part of the decision. */
const areaOf = (path: string): string => /^status\.\w+/.exec(path)?.[0] ?? /^\w+/.exec(path)?.[0] ?? path;

function inWords({ status, levels, announcements, wakeAt }: Decided, seen: Observation): string {
  const wake = wakeAt === undefined ? "at rest" : `look again in ${((wakeAt - seen.now) / 1000).toFixed(1)} s`;
  const weight = levels.traffic === undefined ? "" : `, route ${levels.traffic.split.canary} %`;
  const said = announcements.map(({ message }) => `, says "${short(message)}"`).join("");
  return `${phrase(status.phase)}${weight}, target ${levels.target}, ${wake}${said}`;
}

const phrase = (phase: Phase): string => ("weight" in phase ? `${phase.name} at ${phase.weight} %` : phase.name);

interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

function changedParts(before: Json | undefined, after: Json | undefined, path: string): readonly Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [one, other] = [branches(before), branches(after)];
  if (one === undefined || other === undefined) return [{ path, before: show(before), after: show(after) }];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].flatMap((name) => changedParts(one[name], other[name], path === "" ? name : `${path}.${name}`));
}

function branches(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  if (Array.isArray(value)) return Object.fromEntries(value.entries());
  return isFields(value) ? value : undefined;
}

const show = (value: Json | undefined): string => (value === undefined ? "none" : short(JSON.stringify(value)));
const short = (text: string): string => (text.length > 90 ? `${text.slice(0, 87)}…` : text);
