/** The only source of chance. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
}

/** Chance as the machine gives it. Not fit for secrets. */
export function systemRandom(): Random {
  return { next: () => Math.random() };
}

/** The same numbers for the same seed, for tests and for simulated lives (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next };
}
