/** What the demo can show. The image's tag says what its pods do: see docs/playground/gateway.md. */
import type { Outcome } from "../show/summary.ts";

export interface Scenario {
  /** For --help and for the title of the act. */
  readonly title: string;
  readonly version: string;
  readonly wanted: Outcome;
  /** A rest in which the last Event comes, and a reader may look: the controller gathers normal ones for 5 s, warnings for one. */
  readonly restMillis: number;
}

export const SCENARIOS = {
  good: { title: "a good release", version: "2.0.0", wanted: "promoted", restMillis: 5500 },
  bad: { title: "a bad release, 30 % errors", version: "3.0.0-errors30", wanted: "rolledBack", restMillis: 2000 },
  slow: { title: "a slow release, 800 ms", version: "3.1.0-latency800", wanted: "rolledBack", restMillis: 2000 },
} as const satisfies Readonly<Record<string, Scenario>>;

export type ScenarioName = keyof typeof SCENARIOS;

export const USUAL: readonly ScenarioName[] = ["good", "bad"];

export const isScenario = (name: string): name is ScenarioName => Object.hasOwn(SCENARIOS, name);
