import { type Labels, METRIC_NAME } from "./labels.ts";
import type { Matcher } from "./matcher.ts";
import { Samples } from "./samples.ts";
import { Timeline } from "./timeline.ts";

/** What one series of a group has beside the labels of all: the name of its metric, and a label of its own if it needs one. */
export interface Member {
  readonly name: string;
  readonly own?: readonly [name: string, value: string];
}

/**
 * Series that are appended to together, as those of one histogram are. They are made when somebody asks for them, which
 * for most nobody ever does; until then a row of numbers is all that is kept.
 */
export class SeriesGroup {
  readonly labels: Labels;
  readonly timeline: Timeline;
  readonly #members: readonly Member[];
  readonly #names: readonly string[];
  isHeld = true;

  /** The members may be shared by groups; their own labels must not be among the labels of all. */
  constructor(labels: Labels, members: readonly Member[]) {
    this.labels = labels;
    this.#members = members;
    this.#names = [...new Set(members.map(({ name }) => name))];
    this.timeline = new Timeline(members.length);
  }

  /** Equal for groups of the same labels and metrics. */
  get key(): string {
    return `${this.labels.key}${this.#names.join()}`;
  }

  /** Whether one of its series may be meant. */
  mayMatch(matchers: readonly Matcher[]): boolean {
    return matchers.every(({ name, matches }) => {
      if (name === METRIC_NAME) return this.#names.some(matches);
      return this.#members.some(({ own }) => own?.[0] === name) || matches(this.labels.get(name));
    });
  }

  /** Its series, in the order of the members. */
  series(): readonly { readonly labels: Labels; readonly samples: Samples }[] {
    const named = new Map(this.#names.map((name) => [name, this.labels.with(METRIC_NAME, name)]));
    return this.#members.map(({ name, own }, column) => {
      const shared = named.get(name) ?? this.labels;
      const labels = own === undefined ? shared : shared.with(...own);
      // Sets of the same names share the list of these.
      if (own !== undefined) named.set(name, labels);
      return { labels, samples: new Samples(this.timeline, column) };
    });
  }
}
