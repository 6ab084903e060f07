import type { Distinctness } from "./distinctness.ts";
import type { Expression, RangeSelector, Selector, Subquery } from "./expression.ts";
import type { Labels } from "./labels.ts";
import type { Window } from "./rates.ts";
import type { Points } from "./timeline.ts";
import type { Sample, Value } from "./value.ts";

/** The samples of one series in a window. */
export interface Stretch {
  readonly labels: Labels;
  readonly points: Points;
}

/** A sample and its own time, which may be long before the moment it is found at. */
export interface TimedSample extends Sample {
  readonly when: number;
}

/** What a function needs to look at its arguments. */
export interface Evaluation {
  readonly distinctness: Distinctness;
  at(expression: Expression, at: number): Value;
  /** The newest sample of each series. */
  select(selector: Selector, at: number): readonly TimedSample[];
  /** What a range selector or a subquery covers, series without samples there left out. */
  stretches(
    expression: RangeSelector | Subquery,
    at: number,
  ): { readonly stretches: readonly Stretch[]; readonly window: Window };
}
