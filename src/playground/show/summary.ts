/** What came of each rollout, as a table, and whether that is what had to come of it. Pure. */
import { wrap } from "./line.ts";

export interface ActResult {
  readonly version: string;
  readonly wanted: Outcome;
  /** As the Canary's history has it; undefined when it did not end in time. */
  readonly outcome: string | undefined;
  /** The canary's weights as the route held them, in order. */
  readonly weights: readonly number[];
  readonly tookMillis: number;
  readonly sent: number;
  readonly lost: number;
  /** Why it ended so, in the controller's own words. */
  readonly sentence: string;
}

export type Outcome = "promoted" | "rolledBack";

const inWords = (outcome: string | undefined): string =>
  outcome === "rolledBack" ? "rolled back" : (outcome ?? "did not end");

/** Of the whole play: also what lies between the rollouts. */
export interface Total {
  readonly tookMillis: number;
  readonly sent: number;
  readonly lost: number;
}

export function summary(results: readonly ActResult[], total: Total, columns: number): readonly string[] {
  const width = Math.max(9, ...results.map(({ version }) => version.length + 2));
  const row = ([version = "", outcome = "", weights = "", took = "", sent = "", lost = ""]: readonly string[]) =>
    version.padEnd(width) +
    outcome.padEnd(13) +
    weights.padEnd(14) +
    took.padStart(7) +
    sent.padStart(8) +
    lost.padStart(6);
  return [
    row(["rollout", "outcome", "weights", "took", "sent", "lost"]),
    ...results.flatMap((result) => [
      row([
        result.version,
        inWords(result.outcome),
        result.weights.join(" ") || "none",
        seconds(result.tookMillis),
        String(result.sent),
        String(result.lost),
      ]),
      ...wrap(result.sentence, Math.min(columns, 110) - 2).map((line) => `  ${line}`),
    ]),
    row(["all", "", "", seconds(total.tookMillis), String(total.sent), String(total.lost)]),
  ];
}

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`;

/** Where nothing is wrong, all ended as it was to end. */
export function closing(reasons: readonly string[], results: readonly ActResult[] = []): readonly string[] {
  if (reasons.length > 0) return ["Not as it should be:", ...reasons.map((reason) => `  ${reason}`)];
  const ends = results.map(({ version, outcome }) => `${version} was ${inWords(outcome)}`);
  return [`${[...ends, ends.length > 0 ? "and no request was lost" : "No request was lost"].join(", ")}.`];
}

/** Why the demo does not show what it should; none when it does. */
export function shortcomings(results: readonly ActResult[], lostBecause: Readonly<Record<string, number>>) {
  const causes = Object.entries(lostBecause).map(([cause, count]) => `${count} requests were lost: ${cause}`);
  const wrong = results
    .filter(({ outcome, wanted }) => outcome !== wanted)
    .map(({ version, outcome, wanted }) => `${version} was to be ${inWords(wanted)}: ${inWords(outcome)}`);
  return [...wrong, ...causes];
}
