/** A number from 0 up to, but not including, 1: always the same for the same seed and index, in whatever order they are asked for. */
export function chanceAt(seed: number, index: number): number {
  let mixed = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(index + 1, 0x6d2b79f5)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
}

/** A seed of its own for each text. */
export function seedOf(text: string, seed = 0): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Something that happens once in each stretch of `everyMillis`, at a moment that is drawn for each. */
export interface Recurring {
  readonly everyMillis: number;
  readonly lastsMillis: number;
}

/** When it happens in the stretch that holds this moment, both in milliseconds on the same scale. */
export function windowAround(
  { everyMillis, lastsMillis }: Recurring,
  seed: number,
  atMillis: number,
): readonly [number, number] {
  const stretch = Math.floor(atMillis / everyMillis);
  const room = Math.max(0, everyMillis - lastsMillis);
  const start = stretch * everyMillis + Math.floor(chanceAt(seed, stretch) * room);
  return [start, start + Math.min(lastsMillis, everyMillis)];
}

export function isInWindow(recurring: Recurring, seed: number, atMillis: number): boolean {
  const [start, end] = windowAround(recurring, seed, atMillis);
  return atMillis >= start && atMillis < end;
}
