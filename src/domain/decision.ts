import type { RoundId } from "./observation.ts";
import type { Status } from "./status.ts";
import type { Duration, Instant } from "./time.ts";
import type { TrafficPlan } from "./traffic.ts";

/** What follows from an observation: a status to commit first, then levels to hold, questions to ask, things to tell. */
export interface Decision {
  readonly status: Status;
  readonly levels: Levels;
  readonly round: Round | undefined;
  readonly announcements: readonly Announcement[];
  /** When to look again if nothing changes before; undefined at rest. */
  readonly wakeAt: Instant | undefined;
}

/** What should be so while the phase lasts. Never deltas: making it so twice changes nothing. */
export interface Levels {
  /** Which generated routing objects exist: none, those of the two versions, the route over them, or the apex Service too. */
  readonly scaffold: "none" | "backends" | "route" | "all" | "givenBack";
  /** What traffic goes where; undefined leaves the route as it stands. */
  readonly traffic: TrafficPlan | undefined;
  readonly primary: PrimaryLevel;
  /** The target's replicas: as they are, enough to take traffic, or none. */
  readonly target: "asIs" | "up" | "zero";
  readonly finalizer: "present" | "absent" | "asIs";
}

export type PrimaryLevel =
  | { readonly kind: "asIs" }
  /** It exists and runs the target's template, which must be of this revision. */
  | { readonly kind: "runs"; readonly revision: string };

/** One evaluation round to start: every metric, looking back at most `window` from `at`. */
export interface Round {
  readonly id: RoundId;
  readonly window: Duration;
}

export interface Announcement {
  readonly type: "Normal" | "Warning";
  readonly message: string;
}
