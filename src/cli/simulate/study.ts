/** Which lives are run for a Canary, and what came of them: nothing here is told yet. */
import type { CanarySpec, MetricSpec } from "../../domain/spec.ts";
import {
  type Conditions,
  type Held,
  type Release,
  runTrial,
  type Stage,
  type Trial,
} from "../../simulation/scenario/trial.ts";
import { type Scenario, type ScenarioName, scenarioOf } from "../../simulator/traffic/scenarios.ts";
import type { SimulateOptions } from "./options.ts";

/** One life that is told from its beginning to its end. */
export interface Story {
  readonly scenario: Scenario;
  readonly trial: Trial;
}

/** Many lives of one scenario, with seeds of their own. */
export interface Ensemble {
  readonly name: string;
  readonly about: string;
  readonly trials: readonly Trial[];
}

export interface Study {
  readonly stories: readonly Story[];
  readonly healthy: Ensemble;
  readonly bad: Ensemble;
  /** Only a little worse than the success rate allows; undefined where there is none to measure, or `bad` is such. */
  readonly marginal: Marginal | undefined;
  readonly probes: Probes;
}

/** One life each of versions that are as bad as can be. */
export interface Probes {
  /** Fails nine requests of ten. */
  readonly failing: Trial;
  /** Fails every request. */
  readonly dead: Trial;
  /** Its image cannot be pulled. */
  readonly imageMissing: Trial;
}

export interface Marginal extends Ensemble {
  readonly metric: MetricSpec;
  readonly errorPercent: number;
}

export const conditionsOf = (options: SimulateOptions): Conditions => ({
  ratePerSecond: options.requestsPerSecond,
  errorPercent: options.baseErrorPercent,
  latencyMillis: options.baseLatencyMillis,
  scrapeSeconds: options.scrapeSeconds,
  weather: options.weather,
});

/** Told of each life that is over, with how many there will be as far as is known. */
export type Progress = (done: number, all: number) => void;

const HARMLESS: readonly ScenarioName[] = ["good", "no-traffic"];

/** Every life of a study, the same for the same options. Or why there can be none. */
export async function study(stage: Stage, options: SimulateOptions, progress: Progress): Promise<Study | Held> {
  const lives = new Lives(stage, options, progress);
  const stories: Story[] = [];
  for (const name of options.scenarios) {
    const scenario = scenarioFor(name, options);
    const trial = await lives.run(name, scenario, options.seed);
    if (trial.end === "held") return trial;
    stories.push({ scenario, trial });
  }
  const probes = await probe(lives, options.seed);
  if ("end" in probes) return probes;
  const harmful = options.scenarios.find((name) => !HARMLESS.includes(name)) ?? "bad";
  const marginal = marginalOf(stage.setting.spec, options);
  const count = options.runs ?? runsWithin(stories, marginal === undefined ? 2 : 3);
  lives.expect(count * (marginal === undefined ? 2 : 3));
  const healthy = await lives.many("good", scenarioFor("good", options), count);
  const bad = await lives.many(harmful, scenarioFor(harmful, options), count);
  if (marginal === undefined) return { stories, healthy, bad, marginal, probes };
  const { metric, errorPercent } = marginal;
  const release = releaseWith({ errorPercent });
  const about = `${errorPercent} % of the new version's answers are errors`;
  const many = await lives.many("marginal", { ...release, about }, count);
  return { stories, healthy, bad, marginal: { ...many, metric, errorPercent }, probes };
}

async function probe(lives: Lives, seed: number): Promise<Probes | Held> {
  const failing = await lives.run("failing", releaseWith({ errorPercent: 90 }), seed);
  if (failing.end === "held") return failing;
  const dead = await lives.run("dead", releaseWith({ errorPercent: 100 }), seed);
  if (dead.end === "held") return dead;
  const imageMissing = await lives.run("image missing", releaseWith({ fate: "image missing" }), seed);
  return imageMissing.end === "held" ? imageMissing : { failing, dead, imageMissing };
}

function scenarioFor(name: ScenarioName, { errorPercent, addedMillis }: SimulateOptions): Scenario {
  return scenarioOf(name, {
    ...(errorPercent === undefined ? {} : { errorPercent }),
    ...(addedMillis === undefined ? {} : { addedMillis }),
  });
}

const releaseWith = (profile: Release["profile"]): Release => ({ profile, shapeOf: (shape) => shape });

/** Lives, each run once. */
class Lives {
  readonly #stage: Stage;
  readonly #options: SimulateOptions;
  readonly #progress: Progress;
  readonly #known = new Map<string, Trial | Held>();
  #done = 0;
  #expected = 0;

  constructor(stage: Stage, options: SimulateOptions, progress: Progress) {
    this.#stage = stage;
    this.#options = options;
    this.#progress = progress;
  }

  expect(more: number): void {
    this.#expected = this.#done + more;
  }

  async run(name: string, release: Release, seed: number): Promise<Trial | Held> {
    const key = `${name} ${seed}`;
    const known = this.#known.get(key);
    const trial = known ?? (await runTrial(this.#stage, conditionsOf(this.#options), release, seed));
    this.#known.set(key, trial);
    this.#done += 1;
    this.#progress(this.#done, Math.max(this.#done, this.#expected));
    return trial;
  }

  async many(name: string, release: Release & { readonly about: string }, count: number): Promise<Ensemble> {
    const trials: Trial[] = [];
    for (let number = 0; number < count; number += 1) {
      const trial = await this.run(name, release, this.#options.seed + number);
      if (trial.end !== "held") trials.push(trial);
    }
    return { name, about: release.about, trials };
  }
}

const FEWEST_RUNS = 5;
const MOST_RUNS = 40;
const PATIENCE_MILLIS = 7000;
/** Of CPU, on a machine that is not fast. */
const MILLIS_A_LIFE = 85;
const MILLIS_A_SIMULATED_SECOND = 0.05;

/** How many of each ensemble there is time for. Taken from what was simulated and not from a clock: the same on every machine. */
function runsWithin(stories: readonly Story[], ensembles: number): number {
  const seconds = stories.reduce((sum, { trial }) => sum + trial.lastedMillis / 1000, 0) / stories.length;
  const each = MILLIS_A_LIFE + seconds * MILLIS_A_SIMULATED_SECOND;
  return Math.max(FEWEST_RUNS, Math.min(MOST_RUNS, Math.floor(PATIENCE_MILLIS / (each * ensembles))));
}

/** So much worse than allowed that its owner would want it gone. */
const TIMES_ALLOWED = 3;

/** The success rate that has a bound, and what lies a little beyond. */
function marginalOf(
  spec: CanarySpec | undefined,
  { errorPercent }: SimulateOptions,
): Pick<Marginal, "metric" | "errorPercent"> | undefined {
  const metric = spec === undefined ? undefined : successRateOf(spec);
  const allowed = 100 - (metric?.bounds.min ?? 100);
  if (metric === undefined || errorPercent !== undefined || allowed >= 100 / TIMES_ALLOWED) return undefined;
  return { metric, errorPercent: allowed > 0 ? round(allowed * TIMES_ALLOWED) : 1 };
}

/** The first built-in one with a lower bound. */
export function successRateOf({ analysis, skipAnalysis }: CanarySpec): MetricSpec | undefined {
  if (skipAnalysis) return undefined;
  return analysis.metrics.find(
    ({ source, bounds }) =>
      source.kind === "builtin" && source.name === "request-success-rate" && (bounds.min ?? 0) > 0,
  );
}

const round = (value: number): number => Number(value.toPrecision(6));
