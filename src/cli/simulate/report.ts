/** What a study is told as: the shape of `--output json`, from which the other outputs are drawn. Times are in seconds. */
import { mostWeight } from "../../simulation/scenario/record.ts";
import { type Counts, gathered } from "../../simulation/scenario/slices.ts";
import type { Stage, Trial } from "../../simulation/scenario/trial.ts";
import type { Cause } from "./cause.ts";
import { causesOf } from "./causes.ts";
import type { SimulateOptions } from "./options.ts";
import { median, shareInterval, worst } from "./statistics.ts";
import type { Ensemble, Story, Study } from "./study.ts";

/** Grows by one when a field changes its meaning or goes; new fields may come at any time. */
export const FORMAT = "serin-simulation/1";

export interface Report {
  readonly format: typeof FORMAT;
  /** `namespace/name`. */
  readonly canary: string;
  readonly settings: Settings;
  /** What was made up, passed over or cannot be simulated. */
  readonly assumptions: readonly string[];
  /** Metrics that are taken to pass each time: `spec.analysis.metrics[0] (own)`. */
  readonly notSimulated: readonly string[];
  /** What the API server drops, and what the controller says of fields that it does not follow. */
  readonly warnings: readonly string[];
  readonly stories: readonly StoryTold[];
  readonly chances: {
    readonly healthy: EnsembleTold;
    readonly bad: EnsembleTold;
    readonly marginal: EnsembleTold | null;
  };
  readonly causes: readonly Cause[];
}

export interface Settings {
  readonly seed: number;
  readonly runs: number;
  readonly requestsPerSecond: number;
  readonly baseErrorPercent: number;
  readonly baseLatencyMillis: number;
  readonly scrapeSeconds: number;
  readonly weather: "calm" | "storm";
}

export interface StoryTold {
  readonly scenario: string;
  readonly about: string;
  readonly end: Trial["end"];
  readonly reason: string;
  /** From the release until all was at rest again. */
  readonly lastedSeconds: number;
  readonly requests: Counts & { readonly hurt: number; readonly hurtPercent: number };
  readonly mostExposed: Exposure | null;
  readonly timeline: readonly Line[];
  readonly weights: readonly { readonly atSeconds: number; readonly weightPercent: number }[];
  readonly series: { readonly sliceSeconds: number; readonly slices: readonly Counts[] };
}

/** The half minute in which most requests were hurt. */
export interface Exposure {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** The most in it. */
  readonly weightPercent: number;
  readonly hurtPercent: number;
}

export interface Line {
  readonly atSeconds: number;
  /** The last time that it was said again, where it was. */
  readonly untilSeconds: number;
  readonly times: number;
  readonly kind: "said" | "verdict";
  readonly tone: "good" | "bad" | "neutral";
  /** Once this holds; of a verdict, at which it was measured. */
  readonly weightPercent: number;
  readonly failedChecks: number;
  readonly sentence: string;
}

export interface EnsembleTold {
  readonly scenario: string;
  readonly about: string;
  readonly runs: number;
  readonly promoted: Share;
  readonly rolledBack: Share;
  /** Neither: stranded, not begun, or not over. */
  readonly otherwise: number;
  /** From the release until no user met the new version any more; null where it never was rolled back. */
  readonly secondsToRollback: Spread | null;
  /** Failed by the new version, or lost. */
  readonly hurt: Spread;
}

export interface Share {
  readonly count: number;
  readonly percent: number;
  /** At 95 %. */
  readonly lowPercent: number;
  readonly highPercent: number;
}

export interface Spread {
  readonly median: number;
  readonly worst: number;
}

/** The report on a study. `dropped` are the API server's warnings. */
export function reportOf(stage: Stage, study: Study, options: SimulateOptions, dropped: readonly string[]): Report {
  const { setting, standIns } = stage;
  const advice = new Set(study.stories.flatMap(({ trial }) => trial.advice));
  const { marginal, healthy, bad } = study;
  const unmeasured = standIns.map(
    ({ metric, lacks }) =>
      `${metric.path} (${metric.name}) cannot be simulated: ${lacks}, which this world does not have; it is taken to pass each time`,
  );
  return {
    format: FORMAT,
    canary: `${setting.namespace}/${setting.canary.metadata.name}`,
    settings: {
      seed: options.seed,
      runs: healthy.trials.length,
      requestsPerSecond: options.requestsPerSecond,
      baseErrorPercent: options.baseErrorPercent,
      baseLatencyMillis: options.baseLatencyMillis,
      scrapeSeconds: options.scrapeSeconds,
      weather: options.weather,
    },
    assumptions: [...setting.assumptions, ...unmeasured],
    notSimulated: standIns.map(({ metric }) => `${metric.path} (${metric.name})`),
    warnings: [...dropped, ...advice],
    stories: study.stories.map(storyOf),
    chances: {
      healthy: ensembleOf(healthy),
      bad: ensembleOf(bad),
      marginal: marginal === undefined ? null : ensembleOf(marginal),
    },
    causes: causesOf(stage, study, options),
  };
}

/** Requests that the new version answered with an error, or that nobody answered. */
export const hurtIn = ({ failedByNew, lost }: Counts): number => failedByNew + lost;

const inSeconds = (millis: number): number => Math.round(millis / 100) / 10;
const shareOf = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((100_000 * part) / whole) / 1000;

/** As many points as a plot has room for. */
const MOST_SLICES = 90;
const LEAST_SLICE_SECONDS = 10;

function storyOf({ scenario, trial }: Story): StoryTold {
  const { total } = trial.requests;
  const sliceSeconds = Math.max(LEAST_SLICE_SECONDS, Math.ceil(trial.lastedMillis / 1000 / MOST_SLICES));
  return {
    scenario: scenario.name,
    about: scenario.about,
    end: trial.end,
    reason: trial.reason,
    lastedSeconds: inSeconds(trial.lastedMillis),
    requests: { ...total, hurt: hurtIn(total), hurtPercent: shareOf(hurtIn(total), total.sent) },
    mostExposed: exposureOf(trial) ?? null,
    timeline: trial.entries.map((entry) => ({
      atSeconds: inSeconds(entry.atMillis),
      untilSeconds: inSeconds(entry.untilMillis),
      times: entry.times,
      kind: entry.kind,
      tone: entry.tone,
      weightPercent: entry.weight,
      failedChecks: entry.failedChecks,
      sentence: entry.sentence,
    })),
    weights: trial.weights.map(({ atMillis, weight }) => ({ atSeconds: inSeconds(atMillis), weightPercent: weight })),
    series: { sliceSeconds, slices: gathered(trial.requests, sliceSeconds, trial.lastedMillis) },
  };
}

const EXPOSED_SECONDS = 30;

function exposureOf({ requests, lastedMillis, weights }: Trial): Exposure | undefined {
  const slices = gathered(requests, EXPOSED_SECONDS, lastedMillis);
  const most = slices.reduce(
    (before, counts, index) => (hurtIn(counts) > hurtIn(slices[before] ?? counts) ? index : before),
    0,
  );
  const counts = slices[most];
  if (counts === undefined || hurtIn(counts) === 0) return undefined;
  const from = most * EXPOSED_SECONDS;
  const to = Math.min(from + EXPOSED_SECONDS, lastedMillis / 1000);
  const weightPercent = mostWeight(weights, from * 1000, to * 1000);
  return {
    fromSeconds: from,
    toSeconds: inSeconds(to * 1000),
    weightPercent,
    hurtPercent: shareOf(hurtIn(counts), counts.sent),
  };
}

function ensembleOf({ name, about, trials }: Ensemble): EnsembleTold {
  const promoted = trials.filter(({ end }) => end === "promoted").length;
  const back = trials.filter(({ end }) => end === "rolled back");
  const hurt = trials.map(({ requests }) => hurtIn(requests.total));
  return {
    scenario: name,
    about,
    runs: trials.length,
    promoted: share(promoted, trials.length),
    rolledBack: share(back.length, trials.length),
    otherwise: trials.length - promoted - back.length,
    secondsToRollback: spread(back.map((trial) => inSeconds(endOfTraffic(trial)))) ?? null,
    hurt: spread(hurt) ?? { median: 0, worst: 0 },
  };
}

/** When the canary's last share was taken away. */
export function endOfTraffic({ weights, lastedMillis }: Trial): number {
  const last = weights.at(-1);
  return last?.weight === 0 && last.atMillis > 0 ? last.atMillis : lastedMillis;
}

function share(hits: number, runs: number): Share {
  const { low, high } = shareInterval(hits, runs);
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  return { count: hits, percent: shareOf(hits, runs), lowPercent: rounded(low), highPercent: rounded(high) };
}

function spread(values: readonly number[]): Spread | undefined {
  const [middle, most] = [median(values), worst(values)];
  return middle === undefined || most === undefined ? undefined : { median: middle, worst: most };
}
