/** Stories that a new version can have, by name: what its pods do, and what the clients do. */
import type { PodProfile } from "./profile.ts";
import type { Shape } from "./shape.ts";

export const SCENARIOS = ["good", "bad", "slow-leak", "no-traffic", "flapping", "crash", "spike"] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface Scenario {
  readonly name: ScenarioName;
  /** In one sentence, for people. */
  readonly about: string;
  /** To be laid over the profile of the pods of the new version. */
  readonly profile: Partial<PodProfile>;
  /** The clients' rate under this scenario. */
  readonly shapeOf: (shape: Shape) => Shape;
}

export interface ScenarioOptions {
  /** How bad it is where it is bad, in percent of requests. */
  readonly errorPercent: number;
  /** What it costs in latency where it does. */
  readonly addedMillis: number;
}

const USUAL: ScenarioOptions = { errorPercent: 20, addedMillis: 500 };

const asItIs = (shape: Shape): Shape => shape;

export function scenarioOf(name: ScenarioName, options: Partial<ScenarioOptions> = {}): Scenario {
  const { errorPercent, addedMillis } = { ...USUAL, ...options };
  const scenario = (about: string, profile: Partial<PodProfile>, shapeOf = asItIs): Scenario => ({
    name,
    about,
    profile,
    shapeOf,
  });
  switch (name) {
    case "good":
      return scenario("the new version is as good as the old one", {});
    case "bad":
      return scenario(`${errorPercent} % of the new version's answers are errors from the first request on`, {
        errorPercent,
      });
    case "slow-leak":
      return scenario(`from its first minute on the new version fails ${errorPercent / 10} % more with every minute`, {
        leak: { afterSeconds: 60, percentPerMinute: errorPercent / 10, millisPerMinute: addedMillis / 10 },
      });
    case "no-traffic":
      return scenario("nobody sends a request", {}, (shape) => ({ ...shape, ratePerSecond: 0 }));
    case "flapping":
      return scenario(`for 20 s of every minute ${errorPercent} % of the new version's answers are errors`, {
        flap: { wellSeconds: 40, illSeconds: 20, percent: errorPercent },
      });
    case "crash":
      return scenario("each container of the new version ends after 90 s and is started again", {
        crashAfterSeconds: 90,
      });
    case "spike":
      return scenario(`once, for 30 s, the new version is slow and ${errorPercent} % of its answers are errors`, {
        spike: { afterSeconds: 60, lastsSeconds: 30, percent: errorPercent, addedMillis },
      });
  }
}
