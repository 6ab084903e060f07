/** Which lives are run for a Canary, and what came of them: nothing here is told yet. */
import type { CanarySpec, MetricSpec } from "../../domain/spec.ts";
import type { Held, Trial } from "../../simulation/scenario/trial.ts";
import type { Scenario, ScenarioName } from "../../simulator/traffic/scenarios.ts";
import { type Life, type Released, type RunLife, scenarioFor } from "./life.ts";
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
  /** Answers `SLOW_MILLIS` later. */
  readonly slow: Trial;
  /** Its image cannot be pulled. */
  readonly imageMissing: Trial;
}

export interface Marginal extends Ensemble {
  readonly metric: MetricSpec;
  readonly errorPercent: number;
}

/** So much slower than the version before is the one that is slow. */
export const SLOW_MILLIS = 2000;

/** Told of each life that is over, with how many there will be as far as is known. */
export type Progress = (done: number, all: number) => void;

const HARMLESS: readonly ScenarioName[] = ["good", "no-traffic"];

/** Every life of a study, the same for the same options, however many run at once. Or why there can be none. */
export async function study(
  spec: CanarySpec | undefined,
  options: SimulateOptions,
  runLife: RunLife,
  progress: Progress,
): Promise<Study | Held> {
  try {
    return await studied(spec, options, new Lives(runLife, progress));
  } catch (error) {
    if (error instanceof HeldError) return error.held;
    throw error;
  }
}

async function studied(spec: CanarySpec | undefined, options: SimulateOptions, lives: Lives): Promise<Study> {
  const { seed } = options;
  // The first tells whether there can be others.
  await lives.surely({ released: options.scenarios[0] ?? "good", seed });
  const [stories, probes] = await Promise.all([
    Promise.all(options.scenarios.map((name) => storyOf(lives, name, options))),
    probe(lives, options),
  ]);
  const harmful = options.scenarios.find((name) => !HARMLESS.includes(name)) ?? "bad";
  const marginal = marginalOf(spec, options);
  const ensembles = marginal === undefined ? 2 : 3;
  const count = options.runs ?? runsWithin(stories, ensembles);
  const many = (released: Released): Promise<readonly Trial[]> => lives.many(released, seed, count);
  const ensembleOf = async (name: ScenarioName): Promise<Ensemble> => {
    return { name, about: scenarioFor(name, options).about, trials: await many(name) };
  };
  const [healthy, bad, little] = await Promise.all([
    ensembleOf("good"),
    ensembleOf(harmful),
    marginal === undefined ? undefined : many({ errorPercent: marginal.errorPercent }),
  ]);
  const told = { stories, healthy, bad, probes };
  if (marginal === undefined || little === undefined) return { ...told, marginal: undefined };
  const about = `${marginal.errorPercent} % of the new version's answers are errors`;
  return { ...told, marginal: { ...marginal, name: "marginal", about, trials: little } };
}

async function storyOf(lives: Lives, name: ScenarioName, options: SimulateOptions): Promise<Story> {
  const trial = await lives.surely({ released: name, seed: options.seed });
  return { scenario: scenarioFor(name, options), trial };
}

async function probe(lives: Lives, { seed, baseLatencyMillis }: SimulateOptions): Promise<Probes> {
  const one = (released: Released): Promise<Trial> => lives.surely({ released, seed });
  const [failing, dead, slow, imageMissing] = await Promise.all([
    one({ errorPercent: 90 }),
    one({ errorPercent: 100 }),
    one({ latencyMillis: baseLatencyMillis + SLOW_MILLIS }),
    one({ fate: "image missing" }),
  ]);
  return { failing, dead, slow, imageMissing };
}

class HeldError extends Error {
  override readonly name = "HeldError";
  readonly held: Held;

  constructor(held: Held) {
    super(held.reason);
    this.held = held;
  }
}

/** Lives, each run once. */
class Lives {
  readonly #run: RunLife;
  readonly #progress: Progress;
  readonly #known = new Map<string, Promise<Trial | Held>>();
  #done = 0;

  constructor(run: RunLife, progress: Progress) {
    this.#run = run;
    this.#progress = progress;
  }

  run(life: Life): Promise<Trial | Held> {
    const key = JSON.stringify([life.released, life.seed]);
    const known = this.#known.get(key) ?? this.#count(this.#run(life));
    this.#known.set(key, known);
    return known;
  }

  /** Throws `HeldError`. */
  async surely(life: Life): Promise<Trial> {
    const trial = await this.run(life);
    if (trial.end === "held") throw new HeldError(trial);
    return trial;
  }

  async many(released: Released, seed: number, count: number): Promise<readonly Trial[]> {
    const seeds = Array.from({ length: count }, (_, number) => seed + number);
    const trials = await Promise.all(seeds.map((one) => this.run({ released, seed: one })));
    return trials.filter((trial) => trial.end !== "held");
  }

  async #count(life: Promise<Trial | Held>): Promise<Trial | Held> {
    const trial = await life;
    this.#done += 1;
    this.#progress(this.#done, this.#known.size);
    return trial;
  }
}

const FEWEST_RUNS = 5;
const MOST_RUNS = 40;
const PATIENCE_MILLIS = 12_000;
/** Of CPU, on a machine that is not fast: less where several cores share it. */
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
