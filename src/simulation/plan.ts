/** What a life is to be, drawn from its seed alone: the topology, and what people will do and when. */
import type { Random } from "../runtime/random.ts";
import { between, Dice, pick } from "../simulator/weather/dice.ts";
import type { AppPlan, CanaryPlan } from "./app.ts";
import { chance, drawDeeds } from "./author.ts";
import { drawAutoscaling } from "./autoscaling.ts";
import { drawCrowds } from "./crowds.ts";
import type { Deed } from "./deeds.ts";

export interface LifePlan {
  readonly seed: number;
  /** Of the controller. One, or several of which one leads. */
  readonly replicas: number;
  readonly apps: readonly AppPlan[];
  /** In the order of their times. */
  readonly deeds: readonly Deed[];
  /**
   * What is done when everything has come to rest after the storm: only where the last run begins from rest must every life
   * of a seed end alike, whatever the storm did to the runs before.
   */
  readonly last: readonly Deed[];
  /** Since the life began: when the last deed is done and the last fault strikes. */
  readonly stormMillis: number;
}

export function drawPlan(seed: number): LifePlan {
  const dice = new Dice(seed);
  const random = dice.stream("topology");
  const replicas = pick(random, [1, 2, 2, 2, 2, 3]);
  const names = random.next() < 0.2 ? ["web", "shop"] : ["web"];
  const stormMillis = Math.round(between(random, 4, 12)) * 60_000;
  const apps = names.map((name) => {
    const autoscaling = drawAutoscaling(dice.stream(`autoscaling of ${name}`));
    return {
      ...drawApp(name, dice.stream(`app ${name}`)),
      crowds: drawCrowds(dice.stream(`crowds of ${name}`), stormMillis),
      ...(autoscaling === undefined ? {} : { autoscaling }),
    };
  });
  const drawn = apps.map((app) => drawDeeds(app, dice.stream(`deeds ${app.name}`), stormMillis));
  const deeds = drawn.flatMap((each) => each.deeds).sort((one, other) => one.atMillis - other.atMillis);
  return { seed, replicas, apps, deeds, last: drawn.flatMap(({ last }) => last), stormMillis };
}

function drawApp(name: string, random: Random): Omit<AppPlan, "crowds" | "autoscaling"> {
  return {
    name,
    replicas: pick(random, [1, 2, 2, 3, 4]),
    startSeconds: pick(random, [0, 1, 2, 5, 15]),
    shutdownSeconds: pick(random, [0, 0, 1, 5]),
    maxSurge: pick(random, ["25%", "25%", 1, "100%"]),
    maxUnavailable: pick(random, ["25%", "25%", 0]),
    hasConfig: chance(random, 0.3),
    canary: drawCanary(random),
    hasEntrance: chance(random, 0.3),
  };
}

function drawCanary(random: Random): CanaryPlan {
  return {
    intervalSeconds: pick(random, [5, 10, 15, 30]),
    threshold: pick(random, [1, 2, 3, 5]),
    progressDeadlineSeconds: pick(random, [30, 60, 120]),
    steps: drawSteps(random),
    skipAnalysis: chance(random, 0.08),
    revertOnDeletion: chance(random, 0.5),
  };
}

function drawSteps(random: Random): CanaryPlan["steps"] {
  const home = chance(random, 0.4) ? { stepWeightPromotion: pick(random, [20, 50, 100]) } : {};
  const ways: readonly [CanaryPlan["steps"], ...CanaryPlan["steps"][]] = [
    {},
    { stepWeights: [50] },
    { stepWeights: [10, 50, 100] },
    { stepWeights: [5, 20, 60] },
    { stepWeight: 20, maxWeight: 60 },
    { stepWeight: 50 },
  ];
  return { ...pick(random, ways), ...home };
}
