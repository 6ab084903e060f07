import type { CanarySpec } from "../../domain/spec.ts";
import type { StandIn } from "../../simulation/scenario/standIns.ts";
import type { SimulateOptions } from "./options.ts";
import type { Study } from "./study.ts";

/** Something in the manifest that makes a rollout go as it goes. */
export interface Cause {
  /** What kind of cause it is: a word that stays the same. */
  readonly id: string;
  /** The field to look at. */
  readonly path: string;
  /** Whether its owner should think about it. */
  readonly tone: "bad" | "neutral";
  /** Begins with the field. */
  readonly sentence: string;
}

/** What a cause is computed from. */
export interface Facts {
  readonly spec: CanarySpec;
  /** `spec` as it was written, where defaults are still to be seen. */
  readonly written: Readonly<{ [field: string]: unknown }>;
  /** Metrics whose answers are made up. */
  readonly standIns: readonly StandIn[];
  readonly study: Study;
  readonly options: SimulateOptions;
}

export function cause(id: string, path: string, tone: Cause["tone"], sentence: string): Cause {
  return { id, path, tone, sentence };
}
