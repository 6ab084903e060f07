/** Runs one life and judges it. */

import { clusterImage, LIFE_BEGINS_MILLIS } from "../../src/simulation/clusterImage.ts";
import { phraseOf } from "../../src/simulation/deeds.ts";
import { type Breach, Court } from "../../src/simulation/laws/court.ts";
import { endingOf } from "../../src/simulation/laws/ending.ts";
import type { LawName } from "../../src/simulation/laws/laws.ts";
import { runLife } from "../../src/simulation/life.ts";
import { Chronicle, tellStory } from "../../src/simulation/story.ts";
import { roleOf } from "../../src/simulation/users.ts";
import type { ApiServer } from "../../src/simulator/api/apiServer.ts";
import type { FaultKind } from "../../src/simulator/weather/faults.ts";
import { LIVES, type LifeKind, type LifeName } from "./lives.ts";

/** As the replicas of a life are configured. */
const SETTLE_MILLIS = 1000;
const DRAIN_MILLIS = 3000;
/** Caches are as old as the weather makes them, and a controller cannot know what it has not heard. */
const NEWS_MILLIS = 60_000;

export interface JudgeOptions {
  readonly seed: number;
  /** All of them unless told otherwise. */
  readonly laws?: readonly LawName[];
  /** As drawn unless told otherwise. */
  readonly life?: LifeName;
  readonly kinds?: readonly FaultKind[];
  /** Deeds and faults, by id, that are left out. */
  readonly without?: ReadonlySet<string>;
  /** Whether the end is compared with that of the same life in fine weather, which costs a second life. */
  readonly compareEnds?: boolean;
}

export interface Judged {
  readonly seed: number;
  readonly breaches: readonly Breach[];
  readonly ticks: number;
  readonly writes: number;
  readonly requests: number;
  readonly cpuMillis: number;
  /** Of all that happened. */
  readonly digest: string;
  /** Deeds and faults that happened, by id. */
  readonly parts: readonly string[];
  readonly chronicle: Chronicle;
}

let image: Promise<ApiServer> | undefined;

/** One life under all laws. Rejects only where the life itself cannot go on. */
export async function judge(options: JudgeOptions): Promise<Judged> {
  const { seed, laws, life: lifeName = "as drawn", without, compareEnds = false } = options;
  const kind: LifeKind = LIVES[lifeName](seed);
  const kinds = options.kinds ?? kind.kinds;
  image ??= clusterImage();
  const cluster = await image;
  const begin = process.threadCpuUsage();
  // Where nothing ever goes wrong it is calm from the beginning.
  const calmAtMillis = LIFE_BEGINS_MILLIS + (kinds?.length === 0 ? 0 : kind.plan.stormMillis);
  const timing = { settleMillis: SETTLE_MILLIS, drainMillis: DRAIN_MILLIS, newsMillis: NEWS_MILLIS, calmAtMillis };
  const court = new Court({ roleOf, timing, ...(laws === undefined ? {} : { laws }) });
  const shared = { seed, plan: kind.plan, image: cluster, ...(without === undefined ? {} : { without }) };
  const chronicle = new Chronicle();
  const parts: string[] = [];
  const life = await runLife({
    ...shared,
    ...(kinds === undefined ? {} : { kinds }),
    ...(kind.intensity === undefined ? {} : { intensity: kind.intensity }),
    watchers: [court, chronicle],
    onDeed: (deed, atMillis, isDone) => {
      parts.push(deed.id);
      chronicle.deed(atMillis, `${phraseOf(deed)}${isDone ? "" : ", which is refused"}`);
    },
    onFault: (fault) => {
      parts.push(fault.id);
      chronicle.fault(fault);
    },
  });
  const endsAtMillis = LIFE_BEGINS_MILLIS + life.livedMillis;
  // The same people do the same there, and nothing goes wrong.
  court.ended(
    endsAtMillis,
    endingOf(life, compareEnds && hasOneEnd(kind) ? await runLife({ ...shared, kinds: [] }) : undefined),
  );
  const { user, system } = process.threadCpuUsage(begin);
  const { ticks, writes, requests } = life;
  const counts = { ticks, writes, requests, cpuMillis: (user + system) / 1000 };
  return { seed, breaches: court.breaches, ...counts, digest: chronicle.digest, parts, chronicle };
}

/** Autoscalers go by the load of the moment, and a canary that is given pods in mid-run may be blamed: see docs/simulator/laws.md. */
function hasOneEnd({ endsByWeather = false, plan }: LifeKind): boolean {
  return !endsByWeather && plan.apps.every(({ autoscaling }) => autoscaling === undefined);
}

/** The story of a judged life up to its breach. */
export function storyOf({ seed, chronicle }: Judged, breach: Breach, most?: number): string {
  return tellStory(chronicle.lines, breach, {
    seed,
    beginsMillis: LIFE_BEGINS_MILLIS,
    ...(most === undefined ? {} : { most }),
  });
}
