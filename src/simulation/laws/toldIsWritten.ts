import { textAt } from "../../simulator/api/json.ts";
import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import type { Says } from "./rollouts.ts";

/** Sentences that people and tools know, and what the status must have said by then; `$1` is the first number. */
const SENTENCES: readonly (readonly [RegExp, (says: Says, number: number) => boolean])[] = [
  [/^New revision detected! /, ({ stage }) => stage === "Warming"],
  [/^Starting canary analysis for /, ({ stage }) => stage === "Baking"],
  [/^Advance \S+ canary weight (\d+)$/, ({ stage, weight }, number) => stage === "Baking" && weight === number],
  [
    /^Advance \S+ primary weight (\d+)$/,
    ({ stage, weight }, number) => stage === "Returning" && weight === 100 - number,
  ],
  [/^Routing all traffic to canary$/, ({ stage }) => stage === "Handing"],
  [/^Copying \S+ template spec to /, ({ stage }) => stage === "Replacing"],
  [/^Routing all traffic to primary$/, ({ stage }) => stage === "Draining"],
  [/^Rolling back /, ({ stage }) => stage === "Retreating"],
  [/^Canary failed! /, ({ phase, stage }) => phase === "Failed" && stage === "Failed"],
  [/^Initialization done! /, ({ phase }) => phase === "Initialized"],
  [/^Promotion completed! /, ({ phase }) => phase === "Succeeded"],
  [/^Run abandoned, /, ({ stage }) => stage === "Steady"],
  [/^Promotion of \S+ failed, /, ({ stage }) => stage === "Stranded"],
  [/^\S+ is missing, copying /, ({ stage }) => stage === "Copying"],
  [/^Terminating canary /, ({ stage }) => stage === "Terminating"],
  [/^Terminated canary /, ({ stage }) => stage === "GivingBack"],
  [/^skipping canary run as object is suspended$/, ({ suspended }) => suspended],
];

/** What people are told, in Events, has been in the status first. */
export class ToldIsWritten implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  /** By uid of the Canary: everything that its status ever said. */
  readonly #said = new Map<string, Set<Says>>();

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote({ kind, user, after, atMillis }: WriteSeen): void {
    if (after === undefined) return;
    if (kind === "Canary") this.#note(after);
    if (kind !== "Event" || this.#bench.roleOf(user) !== "controller") return;
    const said = this.#said.get(textAt(after, "involvedObject", "uid") ?? "");
    for (const sentence of (textAt(after, "message") ?? "").split("\n")) {
      if (said === undefined || ![...said].some((says) => isSaidBy(says, sentence))) {
        this.#tell(`people are told ${JSON.stringify(sentence)}, which no status ever said`, atMillis);
      }
    }
  }

  #note(canary: NonNullable<WriteSeen["after"]>): void {
    const { uid, says } = this.#bench.rollouts.read(canary);
    const said = this.#said.get(uid) ?? new Set<Says>();
    this.#said.set(uid, said.add(says));
  }
}

function isSaidBy(says: Says, sentence: string): boolean {
  const known = SENTENCES.find(([pattern]) => pattern.test(sentence));
  if (known !== undefined) return known[1](says, Number(known[0].exec(sentence)?.[1]));
  const [, reason] = /^Halt (?:\S+ )?advancement (.*)$/s.exec(sentence) ?? [];
  if (reason !== undefined) return says.message === reason;
  return says.problems.some((problem) => problem.startsWith(sentence.replace(/…$/, "")));
}
