/** How many of many: draws whose cost does not grow with the numbers. */
import type { Random } from "../../runtime/random.ts";

/** Below this mean a distribution is walked through from 0 up; above it, rejection (Hörmann's PTRS and BTRS) takes over. */
const WALKED_MEAN = 12;

/** How many of independent happenings come about where so many are to be expected. Exact for any mean; below 0 none come. */
export function poisson(mean: number, dice: Random): number {
  if (!(mean > 0)) return 0;
  return mean < WALKED_MEAN ? poissonByWalk(mean, dice) : poissonByRejection(mean, dice);
}

/** How many of `count` come about where each does so with the chance `share`, 0 to 1. */
export function binomial(count: number, share: number, dice: Random): number {
  if (count <= 0 || !(share > 0)) return 0;
  if (share >= 1) return count;
  if (share > 0.5) return count - binomial(count, 1 - share, dice);
  return count * share < WALKED_MEAN ? binomialByWalk(count, share, dice) : binomialByRejection(count, share, dice);
}

function poissonByWalk(mean: number, dice: Random): number {
  let left = dice.next();
  let chance = Math.exp(-mean);
  let drawn = 0;
  while (left > chance && chance > 0) {
    left -= chance;
    drawn += 1;
    chance *= mean / drawn;
  }
  return drawn;
}

function binomialByWalk(count: number, share: number, dice: Random): number {
  const odds = share / (1 - share);
  let left = dice.next();
  let chance = (1 - share) ** count;
  let drawn = 0;
  while (left > chance && drawn < count) {
    left -= chance;
    drawn += 1;
    chance *= ((count - drawn + 1) / drawn) * odds;
  }
  return drawn;
}

function poissonByRejection(mean: number, dice: Random): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const sure = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = dice.next() - 0.5;
    const v = dice.next();
    const edge = 0.5 - Math.abs(u);
    const drawn = Math.floor(((2 * a) / edge + b) * u + mean + 0.43);
    if (edge >= 0.07 && v <= sure) return drawn;
    if (drawn < 0 || (edge < 0.013 && v > edge)) continue;
    const bound = drawn * Math.log(mean) - mean - logFactorial(drawn);
    if (Math.log((v * inverseAlpha) / (a / (edge * edge) + b)) <= bound) return drawn;
  }
}

function binomialByRejection(count: number, share: number, dice: Random): number {
  const spread = Math.sqrt(count * share * (1 - share));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * share;
  const centre = count * share + 0.5;
  const sure = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((count + 1) * share);
  for (;;) {
    const u = dice.next() - 0.5;
    const v = dice.next();
    const edge = 0.5 - Math.abs(u);
    const drawn = Math.floor(((2 * a) / edge + b) * u + centre);
    if (drawn < 0 || drawn > count) continue;
    if (edge >= 0.07 && v <= sure) return drawn;
    const ways = logFactorial(mode) + logFactorial(count - mode) - logFactorial(drawn) - logFactorial(count - drawn);
    const bound = ways + (drawn - mode) * Math.log(share / (1 - share));
    if (Math.log((v * alpha) / (a / (edge * edge) + b)) <= bound) return drawn;
  }
}

const LOG_FACTORIALS = [1, 1, 2, 6, 24, 120, 720, 5_040, 40_320, 362_880].map(Math.log);
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Stirling's series, good to eleven digits from 10 on. */
function logFactorial(number: number): number {
  const known = LOG_FACTORIALS[number];
  if (known !== undefined) return known;
  const next = number + 1;
  const series = (1 / 12 - (1 / 360 - 1 / 1260 / (next * next)) / (next * next)) / next;
  return (number + 0.5) * Math.log(next) - next + HALF_LOG_TWO_PI + series;
}
