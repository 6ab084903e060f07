import type { Watcher } from "../../simulator/happening.ts";
import type { Ending } from "./ending.ts";
import type { Objects } from "./objects.ts";
import type { Rollouts } from "./rollouts.ts";

/**
 * One thing that users were promised, judged by what can be seen from outside: writes at the API server and requests of
 * clients. A law knows nothing of the code that it judges, or both would be wrong together.
 */
export interface Law extends Watcher {
  /** The life is over: what was promised to come must have come. */
  ended?(atMillis: number, ending: Ending): void;
}

/** Tell that the law is broken: what happened, in one sentence, and when. */
export type Tell = (sentence: string, atMillis: number) => void;

/** Who writes: a replica of the controller, a person, or one of the cluster's own controllers and its node. */
export type Role = "controller" | "person" | "cluster";

/** What a law may look at. Shared by all laws of a life, and brought up to date before any of them hears of a write. */
export interface Bench {
  readonly objects: Objects;
  readonly rollouts: Rollouts;
  readonly roleOf: (user: string) => Role;
  readonly timing: Timing;
}

/** What the controller was told of its world, and so what it may be held to. All in milliseconds. */
export interface Timing {
  /** Until the slowest proxy has heard of a change. */
  readonly settleMillis: number;
  /** From then until pods without traffic have answered what they had. */
  readonly drainMillis: number;
  /** News may be this old when it is acted on: the API server tells, but not at once. */
  readonly newsMillis: number;
  /** Since when nothing goes wrong any more, as milliseconds since the epoch. */
  readonly calmAtMillis: number;
}
