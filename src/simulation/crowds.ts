/** When the clients of a simulated life come in crowds, and when nobody comes. */
import type { Random } from "../runtime/random.ts";
import { between, pick, spreadBetween, waitOf } from "../simulator/weather/dice.ts";

export interface Crowd {
  /** Since the life began. */
  readonly fromMillis: number;
  readonly toMillis: number;
  /** Times as many clients as usual; 0 for a silence. */
  readonly factor: number;
}

/** Lives that have any at all, of a hundred. */
const PERCENT = 35;
const PAUSE_MILLIS = 90_000;
const SHORTEST_MILLIS = 5_000;
const LONGEST_MILLIS = 120_000;

/** None of them outlasts the storm: only then must every life of a seed end alike, however late its runs are. */
export function drawCrowds(random: Random, stormMillis: number): readonly Crowd[] {
  if (between(random, 0, 100) >= PERCENT) return [];
  const crowds: Crowd[] = [];
  let atMillis = 0;
  for (;;) {
    const fromMillis = Math.round(atMillis + waitOf(random, PAUSE_MILLIS));
    if (fromMillis >= stormMillis) return crowds;
    const lastsMillis = Math.round(spreadBetween(random, SHORTEST_MILLIS, LONGEST_MILLIS));
    atMillis = Math.min(stormMillis, fromMillis + lastsMillis);
    crowds.push({ fromMillis, toMillis: atMillis, factor: pick(random, [0, 0, 5]) });
  }
}
