import type { WatchRequest } from "../../runtime/transport.ts";
import { between, spreadBetween } from "./dice.ts";
import type { FaultKind } from "./faults.ts";
import type { Skies } from "./skies.ts";
import type { Storm } from "./storm.ts";

/** An event is never later than this by lag alone. */
export const MOST_WATCH_LAG_MILLIS = 8_000;

/** A stretch of time in which a stream hears nothing of what happens. Times are milliseconds since the epoch. */
export interface Hush {
  readonly from: number;
  readonly to: number;
  /** Bookmarks of what it has heard already come all the same. */
  readonly isBookmarked: boolean;
  readonly met: () => void;
}

/** How a stream is to end before its time. */
export interface StreamEnd {
  readonly at: number;
  readonly manner: "cut" | "ended" | "gone";
  readonly met: () => void;
}

/** What is in store for one watch, drawn when it is opened. */
export interface StreamPlan {
  /** How late one event is; drawn for each, as a share of the stream's own lag. */
  readonly lagMillis: () => number;
  readonly hushes: readonly Hush[];
  readonly end: StreamEnd | undefined;
}

/** How often, at full intensity, for each watch. */
const EVERY = {
  watchCut: 90_000,
  watchEnd: 90_000,
  watchGone: 120_000,
  watchSilence: 240_000,
  bookmarksOnly: 180_000,
} as const satisfies Partial<Record<FaultKind, number>>;

const LAG_CHANCE = 0.8;
const BOOKMARKS_ONLY = { shortestMillis: 5_000, longestMillis: 180_000 } as const;

/** The kinds that can befall an open watch. */
export const STREAM_KINDS: readonly FaultKind[] = [
  ...(Object.keys(EVERY) as (keyof typeof EVERY)[]),
  "watchLag",
  "watchRefused",
  "apiOutage",
  "partition",
];

/** Undefined: nothing, the watch can do without anybody in between. */
export function planStream(
  request: WatchRequest,
  { storm, skies, user }: { readonly storm: Storm; readonly skies: Skies; readonly user: string },
): StreamPlan | undefined {
  const of = { user, place: `${user} ${request.path}` };
  const hushes = [silenceOf(storm, of, request), bookmarksOf(storm, of, request), ...partitionsOf(storm, skies)].filter(
    (hush) => hush !== undefined,
  );
  const end = firstOf([
    ...(["watchCut", "watchEnd", "watchGone"] as const).map((kind) => endOf(storm, of, request, kind)),
    outageOf(skies),
  ]);
  const lagMillis = lagOf(storm, of, request);
  if (lagMillis === undefined && hushes.length === 0 && end === undefined) return undefined;
  return { lagMillis: lagMillis ?? (() => 0), hushes, end };
}

interface Whose {
  readonly user: string;
  readonly place: string;
}

function lagOf(storm: Storm, { user, place }: Whose, { path }: WatchRequest): (() => number) | undefined {
  const strike = storm.roll("watchLag", user, LAG_CHANCE, place);
  if (strike === undefined) return undefined;
  const { random } = strike;
  const lag = spreadBetween(random, 20, MOST_WATCH_LAG_MILLIS / 1.5);
  storm.tell(strike, `watch ${path}: events come ${(lag / 1000).toFixed(1)} s late`);
  return () => Math.round(lag * between(random, 0.5, 1.5));
}

function silenceOf(storm: Storm, { user, place }: Whose, { path }: WatchRequest): Hush | undefined {
  const strike = storm.next("watchSilence", user, EVERY.watchSilence, place);
  if (strike === undefined) return undefined;
  const met = (): void => storm.tellOnce(strike, () => `watch ${path}: silent from now on`);
  return { from: strike.at, to: storm.endsAtMillis, isBookmarked: false, met };
}

function bookmarksOf(storm: Storm, { user, place }: Whose, { path }: WatchRequest): Hush | undefined {
  const strike = storm.next("bookmarksOnly", user, EVERY.bookmarksOnly, place);
  if (strike === undefined) return undefined;
  const { shortestMillis, longestMillis } = BOOKMARKS_ONLY;
  const lasts = Math.round(spreadBetween(strike.random, shortestMillis, longestMillis));
  const met = (): void => storm.tellOnce(strike, () => `watch ${path}: bookmarks only for ${lasts / 1000} s`);
  return { from: strike.at, to: Math.min(storm.endsAtMillis, strike.at + lasts), isBookmarked: true, met };
}

function partitionsOf(storm: Storm, skies: Skies): readonly Hush[] {
  const now = storm.clock.now();
  return skies.partitions
    .filter(({ to }) => to > now)
    .map((spell) => ({ from: spell.from, to: spell.to, isBookmarked: false, met: () => skies.met(spell) }));
}

const ENDS = {
  watchCut: { manner: "cut", what: "the connection broke" },
  watchEnd: { manner: "ended", what: "ended by the server before its time" },
  watchGone: { manner: "gone", what: "410" },
} as const;

function endOf(
  storm: Storm,
  { user, place }: Whose,
  { path }: WatchRequest,
  kind: keyof typeof ENDS,
): StreamEnd | undefined {
  const strike = storm.next(kind, user, EVERY[kind], place);
  if (strike === undefined) return undefined;
  const { manner, what } = ENDS[kind];
  return { at: strike.at, manner, met: () => storm.tell(strike, `watch ${path}: ${what}`) };
}

function outageOf(skies: Skies): StreamEnd | undefined {
  const spell = skies.nextOutage();
  return spell && { at: spell.from, manner: "cut", met: () => skies.met(spell) };
}

function firstOf(ends: readonly (StreamEnd | undefined)[]): StreamEnd | undefined {
  return ends.filter((end) => end !== undefined).sort((one, other) => one.at - other.at)[0];
}
