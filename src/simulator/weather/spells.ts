import type { Random } from "../../runtime/random.ts";
import { spreadBetween, waitOf } from "./dice.ts";
import type { Strike } from "./faults.ts";

/** How often something begins on average, counted from the end of the one before, and how long it lasts. */
export interface SpellShape {
  readonly everyMillis: number;
  readonly shortestMillis: number;
  readonly longestMillis: number;
}

interface Stretch {
  /** Since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** A stretch of time in which something is wrong. */
export type Spell = Stretch & Strike;

/** Stretches of time, one after the other, that never touch. */
export class Spells {
  readonly all: readonly Spell[];

  constructor(all: readonly Spell[]) {
    this.all = all;
  }

  static draw(random: Random, shape: SpellShape, begin: number, end: number): readonly Stretch[] {
    const stretches: Stretch[] = [];
    let at = begin;
    for (;;) {
      const from = Math.round(at + 1 + waitOf(random, shape.everyMillis));
      const lasts = Math.round(spreadBetween(random, shape.shortestMillis, shape.longestMillis));
      if (from >= end) return stretches;
      const to = Math.min(end, from + lasts);
      stretches.push({ from, to });
      at = to;
    }
  }

  /** The one that holds at that time. */
  at(millis: number): Spell | undefined {
    return this.all.find(({ from, to }) => from <= millis && millis < to);
  }

  /** The first that begins after that time. */
  after(millis: number): Spell | undefined {
    return this.all.find(({ from }) => from > millis);
  }
}
