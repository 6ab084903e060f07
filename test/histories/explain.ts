import type { Explanation } from "./explained.ts";
import type { Difference } from "./replay.ts";

export interface Judgement {
  /** Differences that nobody meant, as far as is written. */
  readonly unexplained: readonly Difference[];
  /** What is wrong with the explanations themselves. */
  readonly faults: readonly string[];
}

/** Which differences are explained, and whether each explanation is needed and names one of the decision records. */
export function judge(
  differences: readonly Difference[],
  explanations: readonly Explanation[],
  records: readonly string[],
): Judgement {
  return {
    unexplained: differences.filter((found) => !explanations.some((explanation) => explains(explanation, found))),
    faults: explanations.flatMap((explanation) => {
      const told = `test/histories/explained.ts: ${explanation.history}, "${explanation.change}"`;
      const isNeeded = differences.some((found) => explains(explanation, found));
      return [
        ...(isNeeded ? [] : [`${told} explains nothing (any more): take it out`]),
        ...(records.includes(explanation.adr) ? [] : [`${told}: there is no docs/decisions/${explanation.adr}`]),
      ];
    }),
  };
}

/** For people: what differs, and what to do about it. Not longer than a screen. */
export function tell({ unexplained, faults }: Judgement, most = 8): string {
  const shown = unexplained.slice(0, most).map(({ report }) => report);
  const rest = unexplained.slice(most);
  if (rest.length > 0) shown.push(`… and ${rest.length} more: ${counted(rest)}`);
  if (unexplained.length > 0) shown.push(ADVICE);
  return ["", ...faults, ...shown].join("\n\n");
}

function explains(explanation: Explanation, found: Difference): boolean {
  const { history, step, change } = explanation;
  return (
    (history === "any" || history === found.history) &&
    (step === undefined || step === found.step) &&
    change === found.change
  );
}

function counted(differences: readonly Difference[]): string {
  const byChange = Map.groupBy(differences, ({ change }) => change);
  return [...byChange].map(([change, found]) => `"${change}" ${found.length} times`).join(", ");
}

const ADVICE = `What a real controller once decided in this place is not what is decided now. Either
  - it is a mistake: mend it;
  - only the wording of sentences changed: npm run histories:record -- --words, and review the diff;
  - it was meant: say why in a new file in docs/decisions, and name that file, with what stands between quotes above, in
    test/histories/explained.ts. When the history has been recorded anew (npm run histories:record -- NAME), take it out again.`;
