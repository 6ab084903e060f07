/** A share of the requests, in whole percent from 0 to 100. */
export type WeightPercent = number;

/** How plain requests are split between the two versions. The two always add up to 100. */
export interface Split {
  readonly primary: WeightPercent;
  readonly canary: WeightPercent;
}

/** The value of a header, a path or a query parameter, matched in one of Istio's ways. */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly regex?: string;
}

/** Requests that always go to one version, whatever the split says (A/B). */
export interface RequestMatch {
  readonly headers?: Readonly<Record<string, StringMatch>>;
  readonly queryParams?: Readonly<Record<string, StringMatch>>;
  readonly sourceLabels?: Readonly<Record<string, string>>;
}

/**
 * What traffic goes where. Strategies turn a step into a plan and routers make the plan so; a new strategy uses more
 * of the plan and leaves the machine alone.
 */
export interface TrafficPlan {
  readonly split: Split;
  /** Requests that go to the canary whole. Empty unless the strategy is A/B. */
  readonly canaryMatches: readonly RequestMatch[];
  /** The share of requests copied to the canary, answers thrown away. 0 means no mirror. */
  readonly mirrorPercent: WeightPercent;
  /** Keep a client on the version that answered it first, by this cookie. */
  readonly stickyCookie: string | undefined;
}

/** A plan that splits by weight and does nothing else. */
export function splitPlan(canary: WeightPercent): TrafficPlan {
  return { split: { primary: 100 - canary, canary }, canaryMatches: [], mirrorPercent: 0, stickyCookie: undefined };
}

export function samePlan(one: TrafficPlan, other: TrafficPlan): boolean {
  return (
    one.split.canary === other.split.canary &&
    one.split.primary === other.split.primary &&
    one.mirrorPercent === other.mirrorPercent &&
    one.stickyCookie === other.stickyCookie &&
    JSON.stringify(one.canaryMatches) === JSON.stringify(other.canaryMatches)
  );
}
