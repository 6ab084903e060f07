import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import type { Rollout } from "./rollouts.ts";

/** Which stage may follow which, as docs/architecture.md draws it. A deletion leads from anywhere to Terminating. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  New: ["Copying", "GivingBack"],
  Copying: ["Copying", "Adopting", "Warming"],
  Adopting: ["Steady"],
  Steady: ["Warming", "Copying"],
  Warming: ["Warming", "Baking", "Handing", "Retreating", "Copying"],
  Baking: ["Baking", "Handing", "Replacing", "Warming", "Retreating", "Copying"],
  Handing: ["Replacing", "Warming", "Retreating", "Copying"],
  Replacing: ["Returning", "Draining", "Stranded", "Retreating", "Warming"],
  Returning: ["Returning", "Draining", "Stranded", "Retreating"],
  Draining: ["Steady", "Stranded", "Retreating"],
  Retreating: ["Failed", "Steady", "Warming", "Copying"],
  Failed: ["Warming", "Copying"],
  Stranded: ["Draining", "Replacing", "Retreating"],
  Terminating: ["GivingBack"],
  GivingBack: [],
};

/** Where a run may begin with another revision than the one before. */
const BEGINS = new Set(["Copying", "Warming", "Replacing", "Retreating", "Steady", "Failed"]);

/** A rollout's history goes one way: what one replica wrote is never undone by another that had not read it. */
export class StagesInOrder implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote({ kind, user, before, after, atMillis }: WriteSeen): void {
    if (kind !== "Canary" || before === undefined || after === undefined) return;
    if (this.#bench.roleOf(user) !== "controller") return;
    const [from, to] = [this.#bench.rollouts.read(before), this.#bench.rollouts.read(after)];
    const fault = faultIn(from, to);
    if (fault !== undefined) this.#tell(`the status of ${to.key} ${fault}`, atMillis);
  }
}

function faultIn({ says: from }: Rollout, { says: to }: Rollout): string | undefined {
  const hasMoved = from.stage !== to.stage;
  const mayFollow = to.stage === "Terminating" || NEXT[from.stage]?.includes(to.stage) === true;
  if (hasMoved && !mayFollow) return `goes from ${from.stage} to ${to.stage}`;
  const isOther = from.revision !== to.revision;
  if (isOther && !BEGINS.has(to.stage)) return `changes its revision in ${to.stage}`;
  const begins = to.stage === "Warming" || to.stage === "Copying";
  if (from.failedChecks > to.failedChecks && !begins) {
    return `forgets failed checks: ${from.failedChecks}, then ${to.failedChecks}`;
  }
  if (hasMoved || isOther) return undefined;
  const isSameStep = from.weight === to.weight && from.step === to.step && to.stage !== "Copying";
  // Who resumes begins where it was left: what passed meanwhile does not count.
  if (isSameStep && !from.suspended && from.stageSince !== to.stageSince) {
    return `begins ${to.stage} at ${to.weight}% again: since ${from.stageSince}, then since ${to.stageSince}`;
  }
  if (to.stage === "Baking" && to.weight < from.weight) return `bakes at ${to.weight}% after ${from.weight}%`;
  if (to.stage === "Returning" && to.weight > from.weight) return `goes back out to ${to.weight}% on its way home`;
  return undefined;
}
