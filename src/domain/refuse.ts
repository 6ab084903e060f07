import { withConditionTimes } from "./conditions.ts";
import { clipped } from "./sentence.ts";
import type { Problem, Status } from "./status.ts";
import type { Instant } from "./time.ts";

/** What is known of a Canary whose spec cannot be understood. */
export interface Refused {
  readonly generation: number;
  readonly problems: readonly Problem[];
  readonly now: Instant;
}

/**
 * The status of a Canary whose spec cannot be understood at all: what is wrong is told, and everything else stays as it
 * is, in the status and in the cluster. The previous state keeps serving.
 */
export function refuse(status: Status, { generation, problems: found, now }: Refused): Status {
  const problems = found.map((problem) => ({ ...problem, message: clipped(problem.message) }));
  const isKnown = JSON.stringify(status.problems) === JSON.stringify(problems);
  if (isKnown && status.observedGeneration === generation) return status;
  return withConditionTimes({ ...status, observedGeneration: generation, problems }, { kind: "Deployment", now });
}
