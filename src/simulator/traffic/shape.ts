/** How many requests clients send, over a day, in bursts and not at all. */
import { isInWindow, type Recurring, windowAround } from "./chance.ts";

/** Times are milliseconds since the epoch. */
export interface Shape {
  /** Requests per second in the mean of a day, before bursts and silences. */
  readonly ratePerSecond: number;
  /** Up and down over 24 hours: by `swing` of the mean, 0 to 1, with the top at this hour of UTC. */
  readonly day?: { readonly swing: number; readonly peakHour: number };
  /** `factor` times as many. */
  readonly bursts?: Recurring & { readonly factor: number };
  /** Nobody comes. */
  readonly silences?: Recurring;
  /** Known stretches with so many times as many; 0 for a silence. Where two meet, both count. */
  readonly episodes?: readonly Episode[];
  /** Draws the moments of bursts and silences. */
  readonly seed?: number;
}

export interface Episode {
  readonly fromMillis: number;
  readonly toMillis: number;
  readonly factor: number;
}

const DAY_MILLIS = 86_400_000;
const HOUR_MILLIS = 3_600_000;
/** So that bursts and silences are drawn apart. */
const SILENT = 0x51;

/** The same rate all day. */
export const steady = (ratePerSecond: number): Shape => ({ ratePerSecond });

/** Requests per second at this moment. */
export function rateAt(shape: Shape, atMillis: number): number {
  const { ratePerSecond, day, bursts, silences, episodes = [], seed = 0 } = shape;
  if (silences !== undefined && isInWindow(silences, seed ^ SILENT, atMillis)) return 0;
  let rate = ratePerSecond;
  if (day !== undefined) {
    const sinceTop = ((atMillis - day.peakHour * HOUR_MILLIS) / DAY_MILLIS) * 2 * Math.PI;
    rate *= 1 + day.swing * Math.cos(sinceTop);
  }
  if (bursts !== undefined && isInWindow(bursts, seed, atMillis)) rate *= bursts.factor;
  for (const { fromMillis, toMillis, factor } of episodes)
    if (atMillis >= fromMillis && atMillis < toMillis) rate *= factor;
  return rate;
}

/** How many requests are to be expected between two moments. Exact but for the day's curve, which is taken in the middle of each piece. */
export function expectedRequests(shape: Shape, fromMillis: number, toMillis: number): number {
  const { bursts, silences, episodes } = shape;
  if (bursts === undefined && silences === undefined && episodes === undefined)
    return piece(shape, fromMillis, toMillis);
  let expected = 0;
  let start = fromMillis;
  while (start < toMillis) {
    const end = Math.min(toMillis, nextEdge(shape, start));
    expected += piece(shape, start, end);
    start = end;
  }
  return expected;
}

function piece(shape: Shape, fromMillis: number, toMillis: number): number {
  return (rateAt(shape, (fromMillis + toMillis) / 2) * (toMillis - fromMillis)) / 1000;
}

/** The first moment after this one at which something may begin or end. */
function nextEdge({ bursts, silences, episodes = [], seed = 0 }: Shape, afterMillis: number): number {
  let next = Number.POSITIVE_INFINITY;
  const see = (edge: number): void => {
    if (edge > afterMillis && edge < next) next = edge;
  };
  const seeRecurring = (recurring: Recurring, ownSeed: number): void => {
    for (const edge of windowAround(recurring, ownSeed, afterMillis)) see(edge);
    see((Math.floor(afterMillis / recurring.everyMillis) + 1) * recurring.everyMillis);
  };
  if (bursts !== undefined) seeRecurring(bursts, seed);
  if (silences !== undefined) seeRecurring(silences, seed ^ SILENT);
  for (const { fromMillis, toMillis } of episodes) {
    see(fromMillis);
    see(toMillis);
  }
  return next;
}
