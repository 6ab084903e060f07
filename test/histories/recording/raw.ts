import type { Decision } from "../../../src/domain/decision.ts";
import type { Observation } from "../../../src/domain/observation.ts";

/** Names the folder that witnesses write to, one file for each Canary. */
export const FOLDER_VARIABLE = "SERIN_HISTORIES_RAW";

/** One pass, as the witness writes it down. */
export interface RawStep {
  readonly process: number;
  readonly seen: Observation;
  readonly decision: Decision;
  /** Whether the status was a new one to commit, not the very same. */
  readonly isWritten: boolean;
}
