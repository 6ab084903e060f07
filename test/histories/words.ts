import { isDeepStrictEqual } from "node:util";
import type { Decided, History } from "./history.ts";
import { answer, type Decide } from "./replay.ts";

/** The history with the sentences that today's `decide` has for the same decisions, and how many steps have new ones. */
export function reworded(history: History, decide: Decide): { readonly history: History; readonly count: number } {
  let count = 0;
  const steps = history.steps.map((step) => {
    const now = answer(decide, step.seen);
    const isSame = isDeepStrictEqual(now, step.decided);
    if (isSame || !isDeepStrictEqual(wordless(now), wordless(step.decided))) return step;
    count++;
    return { ...step, decided: now };
  });
  return { history: { ...history, steps }, count };
}

/** How many there are still counts, what they say does not. */
function wordless(decided: Decided): Decided {
  const { status, announcements } = decided;
  const mute = <Part>(parts: readonly Part[], field: keyof Part) => parts.map((part) => ({ ...part, [field]: "" }));
  return {
    ...decided,
    announcements: mute(announcements, "message"),
    status: {
      ...status,
      reason: status.reason === undefined ? undefined : "",
      problems: mute(status.problems, "message"),
      measurements: mute(status.measurements, "message"),
      history: mute(status.history, "reason"),
    },
  };
}
