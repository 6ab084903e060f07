/** One life of a study, in words that a thread can be told. */
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

/** What is released: a scenario's version, or one that differs from a healthy one in this alone. */
export type Released = ScenarioName | Release["profile"];

export interface Life {
  readonly released: Released;
  readonly seed: number;
}

/** The same for the same life, in whichever thread. */
export type RunLife = (life: Life) => Promise<Trial | Held>;

export const livesOn =
  (stage: Stage, options: SimulateOptions): RunLife =>
  ({ released, seed }) =>
    runTrial(stage, conditionsOf(options), releaseOf(released, options), seed);

export function scenarioFor(name: ScenarioName, { errorPercent, addedMillis }: SimulateOptions): Scenario {
  return scenarioOf(name, {
    ...(errorPercent === undefined ? {} : { errorPercent }),
    ...(addedMillis === undefined ? {} : { addedMillis }),
  });
}

function releaseOf(released: Released, options: SimulateOptions): Release {
  if (typeof released === "string") return scenarioFor(released, options);
  return { profile: released, shapeOf: (shape) => shape };
}

const conditionsOf = (options: SimulateOptions): Conditions => ({
  ratePerSecond: options.requestsPerSecond,
  errorPercent: options.baseErrorPercent,
  latencyMillis: options.baseLatencyMillis,
  scrapeSeconds: options.scrapeSeconds,
  weather: options.weather,
});
