/** A change of what is decided that was meant, with the decision record that says why. */
export interface Explanation {
  /** Whose, by its name; `any` where it is the same in all. */
  readonly history: string;
  /** Counted from 0; without it, every step in which this changed. */
  readonly step?: number;
  /** As the replay words it between quotes, for example `Baking → Retreating, not Baking`. */
  readonly change: string;
  /** A file in docs/decisions. */
  readonly adr: string;
}

/** Taken out again once the histories in question were recorded anew. */
export const EXPLAINED: readonly Explanation[] = [];
