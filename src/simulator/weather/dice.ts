import { type Random, seededRandom } from "../../runtime/random.ts";

/**
 * Many independent streams of chance from one seed, each known by its name: to take a fault away, or to add a client,
 * does not change what the others meet.
 */
export class Dice {
  readonly #seed: number;
  readonly #streams = new Map<string, Random>();

  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  /** The stream of that name: it goes on where it was left. */
  stream(name: string): Random {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    const made = this.fresh(name);
    this.#streams.set(name, made);
    return made;
  }

  /** The stream of that name, from its beginning. */
  fresh(name: string): Random {
    return seededRandom(hash(this.#seed, name));
  }
}

/** FNV-1a over the name, begun from the seed, and mixed: similar names must not begin similar streams. */
function hash(seed: number, name: string): number {
  let mixed = (0x811c9dc5 ^ seed) >>> 0;
  for (let place = 0; place < name.length; place++) mixed = Math.imul(mixed ^ name.charCodeAt(place), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

export const between = (random: Random, low: number, high: number): number => low + random.next() * (high - low);

/** As likely between 1 and 10 as between 10 and 100: most are small, and large ones come. */
export const spreadBetween = (random: Random, low: number, high: number): number => low * (high / low) ** random.next();

/** How long until something that happens every `mean` on average happens next. */
export const waitOf = (random: Random, mean: number): number => -Math.log(1 - random.next()) * mean;

/** One of a list that has some. */
export function pick<T>(random: Random, [first, ...rest]: readonly [T, ...T[]]): T {
  const place = Math.floor(random.next() * (rest.length + 1));
  return rest[place - 1] ?? first;
}
