/** Kinds of lives: as the seed draws them, or bent so that one situation is sure to come. Each follows from its seed alone. */
import type { AppPlan } from "../../src/simulation/app.ts";
import type { Act, Deed } from "../../src/simulation/deeds.ts";
import { drawPlan, type LifePlan } from "../../src/simulation/plan.ts";
import type { FaultKind } from "../../src/simulator/weather/faults.ts";

export interface LifeKind {
  readonly plan: LifePlan;
  /** As the seed draws them where they are not said. */
  readonly kinds?: readonly FaultKind[];
  readonly intensity?: number;
  /** What people do last falls into the storm, so the weather has a say in how it ends: it is not compared. */
  readonly endsByWeather?: boolean;
}

const MINUTE_MILLIS = 60_000;

/** One app, or several, of which nothing is drawn that would keep a release from its analysis. */
function plainApps(seed: number, names: readonly string[]): readonly AppPlan[] {
  const [drawn] = drawPlan(seed).apps;
  if (drawn === undefined) throw new Error(`seed ${seed} draws no app`);
  const canary = { ...drawn.canary, intervalSeconds: 5, progressDeadlineSeconds: 30, skipAnalysis: false };
  return names.map((name) => ({ ...drawn, name, startSeconds: Math.min(2, drawn.startSeconds), crowds: [], canary }));
}

function deedsOf(app: AppPlan, acts: readonly (readonly [atMillis: number, act: Act])[]): readonly Deed[] {
  return acts.map(([atMillis, act], number) => ({ id: `${app.name} ${number + 1}`, atMillis, app, act }));
}

const release = (number: number, fate: "good" | "bad" = "good"): Act => ({
  kind: "release",
  tag: `1.${number}.0`,
  fate,
});

/** Releases one after the other, so that there is a rollout under way nearly always. */
function busy(seed: number, names: readonly string[], minutes: number): LifePlan {
  const stormMillis = minutes * MINUTE_MILLIS;
  const apps = plainApps(seed, names);
  const times = Array.from({ length: minutes }, (_, minute) => (minute + 1) * MINUTE_MILLIS);
  const deeds = apps.flatMap((app) =>
    deedsOf(
      app,
      times.map((atMillis, number) => [atMillis, release(number + 1)]),
    ),
  );
  return { seed, replicas: 2, apps, deeds, last: [], stormMillis };
}

export const LIVES = {
  "as drawn": (seed) => ({ plan: drawPlan(seed) }),
  "one rollout": (seed) => {
    const drawn = drawPlan(seed);
    const stormMillis = 3 * MINUTE_MILLIS;
    const isOverInTime = ({ toMillis }: { readonly toMillis: number }): boolean => toMillis <= stormMillis;
    const apps = drawn.apps.slice(0, 1).map((app) => ({ ...app, crowds: app.crowds.filter(isOverInTime) }));
    const fate = seed % 3 === 0 ? "bad" : "good";
    const deeds = apps.flatMap((app) => deedsOf(app, [[MINUTE_MILLIS, release(1, fate)]]));
    return { plan: { ...drawn, apps, deeds, last: [], stormMillis }, endsByWeather: true };
  },
  "a bad release that stays": (seed) => {
    const apps = plainApps(seed, ["web"]);
    const stormMillis = 15 * MINUTE_MILLIS;
    const deeds = apps.flatMap((app) =>
      deedsOf(app, [
        [MINUTE_MILLIS, release(1, "bad")],
        [stormMillis, release(2)],
      ]),
    );
    return { plan: { seed, replicas: 1, apps, deeds, last: [], stormMillis }, kinds: [] };
  },
  "clients who stay away": (seed) => {
    const plan = busy(seed, ["web"], 4);
    const crowds = plan.deeds.map(({ atMillis }) => ({ fromMillis: atMillis, toMillis: atMillis + 50_000, factor: 0 }));
    const apps = plan.apps.map((app) => ({ ...app, crowds }));
    return { plan: { ...plan, apps }, kinds: [] };
  },
  "metrics that fail": (seed) => ({
    plan: busy(seed, ["web"], 4),
    kinds: ["queryRefused", "queryTimeout", "metricsOutage"],
    intensity: 1,
  }),
  "answers that get lost": (seed) => ({
    plan: busy(seed, ["web"], 5),
    kinds: ["timeoutAfter", "serverErrorAfter", "resetAfter", "lateWrite", "watchLag", "bookmarksOnly"],
    intensity: 1,
  }),
  "leaders that stand still": (seed) => ({
    plan: busy(seed, ["web", "shop"], 6),
    kinds: ["replicaStall"],
    intensity: 1,
  }),
  "leaders that stand still at a request": (seed) => ({
    plan: busy(seed, ["web", "shop"], 6),
    kinds: ["stallAtRequest"],
    intensity: 1,
  }),
  "machines that are suspended": (seed) => ({
    plan: busy(seed, ["web", "shop"], 6),
    kinds: ["replicaSuspend"],
    intensity: 1,
  }),
  "successors who hear late": (seed) => ({
    plan: busy(seed, ["web", "shop"], 6),
    kinds: ["bookmarksOnly", "watchLag", "replicaKill", "killAtRequest"],
    intensity: 1,
  }),
  "watches that break": (seed) => ({
    plan: { ...busy(seed, ["web"], 4), replicas: 1 },
    kinds: ["watchCut"],
    intensity: 1,
  }),
} as const satisfies Readonly<Record<string, (seed: number) => LifeKind>>;

export type LifeName = keyof typeof LIVES;

export const LIFE_NAMES = Object.keys(LIVES) as readonly LifeName[];
