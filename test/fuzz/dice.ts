import { seededRandom } from "../../src/runtime/random.ts";

/** Chance for one case. The same seed throws the same. */
export interface Dice {
  /** True so many times in a hundred. */
  percent(chance: number): boolean;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** One of them. */
  of<Item>(items: readonly [Item, ...Item[]]): Item;
  /** One of any list; undefined of none. */
  any<Item>(items: readonly Item[]): Item | undefined;
  /** As many as `count` draws. */
  times<Item>(count: number, draw: () => Item): Item[];
}

export function diceOf(seed: number): Dice {
  const random = seededRandom(seed);
  // Neighbouring seeds begin alike; the first throws are thrown away.
  random.next();
  random.next();
  const whole = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));
  return {
    percent: (chance) => random.next() * 100 < chance,
    whole,
    of: (items) => items[whole(0, items.length - 1)] ?? items[0],
    any: (items) => items[whole(0, items.length - 1)],
    times: (count, draw) => Array.from({ length: count }, draw),
  };
}
