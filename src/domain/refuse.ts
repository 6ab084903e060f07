import type { Problem, Status } from "./status.ts";

/**
 * The status of a Canary whose spec cannot be understood at all: what is wrong is told, and everything else stays as it
 * is, in the status and in the cluster. The previous state keeps serving.
 */
export function refuse(status: Status, generation: number, problems: readonly Problem[]): Status {
  const isKnown = JSON.stringify(status.problems) === JSON.stringify(problems);
  return isKnown && status.observedGeneration === generation ? status : { ...status, observedGeneration: generation, problems };
}
