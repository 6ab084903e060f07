/** What the demo knows at one instant: all that is drawn, and all that is told where nothing can be drawn. */

export type View = Starting | Frame;

/** Parts of the world in the order in which they were started. */
export interface Starting {
  readonly kind: "starting";
  readonly now: number;
  readonly beganAt: number;
  readonly where: string;
  readonly parts: readonly string[];
}

export interface Frame {
  readonly kind: "frame";
  readonly now: number;
  readonly beganAt: number;
  /** Of the title: `on a real Kubernetes`. */
  readonly where: string;
  /** What is being shown, in a few words. */
  readonly act: string;
  readonly primary: Side;
  readonly canary: Side;
  /** Undefined until clients are there. */
  readonly clients: Clients | undefined;
  readonly rollout: Rollout;
  /** Sentences of the controller's Events, oldest first. */
  readonly said: readonly Said[];
}

/** One of the two workloads, and its share as the route has it. */
export interface Side {
  readonly version: string | undefined;
  readonly readyPods: number;
  readonly wantedPods: number;
  readonly weight: number | undefined;
}

export interface Clients {
  readonly windowSeconds: number;
  /** Those that answered in the window, by name. */
  readonly versions: readonly VersionSeen[];
  readonly sent: number;
  readonly lost: number;
}

export interface VersionSeen {
  readonly version: string;
  readonly perSecond: number;
  readonly successPercent: number;
}

export interface Rollout {
  readonly phase: string;
  readonly stage: string;
  /** From 0; while the canary is judged. */
  readonly step: number | undefined;
  readonly steps: number;
  readonly failedChecks: number;
  readonly threshold: number;
  readonly isSuspended: boolean;
  readonly checkAt: number | undefined;
  readonly stageSince: number | undefined;
  readonly metrics: readonly MetricSeen[];
  readonly message: string;
}

export interface MetricSeen {
  readonly name: string;
  readonly value: number | undefined;
  readonly bound: string;
  readonly verdict: string;
  readonly message: string;
  readonly at: number;
}

export interface Said {
  readonly at: number;
  readonly text: string;
  readonly isWarning: boolean;
}

/** What happens next and when, as the controller's own persisted times have it. */
export function nextDecision({ rollout, primary, canary, now }: Frame): string {
  const pods = ({ readyPods, wantedPods }: Side) => `${readyPods} of ${wantedPods} pods`;
  if (rollout.isSuspended) return "held: the Canary is suspended";
  switch (rollout.stage) {
    case "Warming":
      return `traffic when the canary is ready: ${pods(canary)}`;
    case "Baking":
      return whenJudged(rollout, now);
    case "Handing":
      return "the primary is replaced once the canary has it all";
    case "Replacing":
      return `traffic home when the primary is ready: ${pods(primary)}`;
    case "Returning":
      return "the canary drains once the traffic is home";
    case "Draining":
    case "Retreating":
      return "the canary's pods go when its last requests ended";
    case "Steady":
    case "Failed":
      return "at rest until the target changes";
    default:
      return "the primary serves when it is ready";
  }
}

function whenJudged({ checkAt, stageSince, metrics }: Rollout, now: number): string {
  const again = metrics.some(({ at }) => at > (stageSince ?? 0)) ? " again" : "";
  const left = Math.ceil(((checkAt ?? now) - now) / 1000);
  // The time counts from when the route was read back, which is a little later than the status can say beforehand.
  return left > 0 ? `judged${again} in ${left} s` : `judged${again} any moment now`;
}

/** `90.00% (>= 99%)`: the unit is the bound's. */
export function measured({ value, bound, verdict }: MetricSeen): string {
  const unit = /[a-z%]*$/.exec(bound)?.[0] ?? "";
  const number = value === undefined ? (verdict === "noData" ? "no data" : "not measurable") : value.toFixed(2) + unit;
  return `${number} (${bound})`;
}
