/**
 * What a pod does to requests as it ages. On top of what the plane's and the playground's pods obey (`src/simulator/pods/behaviour.ts`),
 * these variables of the container's environment are read:
 *
 * - `CLUMP_PERCENT`, `CLUMP_EVERY_SECONDS` (60), `CLUMP_SECONDS` (5): errors that come in clumps, one in each stretch, at a moment
 *   that is the same for all pods of a version.
 * - `LEAK_AFTER_SECONDS` (0), `LEAK_PERCENT_PER_MINUTE`, `LEAK_MILLIS_PER_MINUTE`: errors and latency that grow with the age of the container.
 * - `FLAP_WELL_SECONDS` (30), `FLAP_ILL_SECONDS`, `FLAP_PERCENT`: well and ill in turns. Ill means so many errors; without a percentage,
 *   that it refuses connections and is not ready.
 * - `CRASH_AFTER_SECONDS`: the container ends at that age, and is started again after a pause that doubles.
 * - `SPIKE_AFTER_SECONDS` (60), `SPIKE_SECONDS`, `SPIKE_PERCENT`, `SPIKE_MILLIS`: bad once, for a while.
 */
import { objectsAt, textAt } from "../api/json.ts";
import { type Behaviour, behaviourOf } from "../pods/behaviour.ts";
import type { PodObject } from "../pods/podObject.ts";
import type { PodBehaviour } from "../workloads/node/podBehaviour.ts";
import { isInWindow } from "./chance.ts";

export interface PodProfile extends Behaviour {
  readonly clumps: Clumps | undefined;
  readonly leak: Leak | undefined;
  readonly flap: Flap | undefined;
  readonly crashAfterSeconds: number | undefined;
  readonly spike: Spike | undefined;
}

export interface Clumps {
  readonly percent: number;
  readonly everySeconds: number;
  readonly lastsSeconds: number;
}

export interface Leak {
  readonly afterSeconds: number;
  readonly percentPerMinute: number;
  readonly millisPerMinute: number;
}

export interface Flap {
  readonly wellSeconds: number;
  readonly illSeconds: number;
  /** Undefined: while it is ill it refuses connections. */
  readonly percent: number | undefined;
}

export interface Spike {
  readonly afterSeconds: number;
  readonly lastsSeconds: number;
  readonly percent: number;
  readonly addedMillis: number;
}

/** How a pod answers at one moment. */
export interface Mood {
  /** 0 to 1. */
  readonly errorShare: number;
  /** The median. */
  readonly latencyMillis: number;
}

/** What the manifest alone says. */
export function profileInManifest(pod: PodObject): PodProfile {
  const behaviour = behaviourOf(pod);
  const variables = new Map(
    objectsAt(pod, "spec", "containers")
      .flatMap((container) => objectsAt(container, "env"))
      .map((variable) => [textAt(variable, "name") ?? "", textAt(variable, "value") ?? ""] as const),
  );
  const find = (name: string): number | undefined => {
    const number = Number.parseFloat(variables.get(name) ?? "");
    return number >= 0 ? number : undefined;
  };
  const get = (name: string, otherwise = 0): number => find(name) ?? otherwise;
  const any = (...names: readonly string[]): boolean => names.some((name) => find(name) !== undefined);
  const preStop = preStopSeconds(pod);
  return {
    ...behaviour,
    ...(preStop > 0 ? { shutdown: "graceful", shutdownSeconds: preStop } : {}),
    clumps: any("CLUMP_PERCENT")
      ? {
          percent: get("CLUMP_PERCENT"),
          everySeconds: get("CLUMP_EVERY_SECONDS", 60),
          lastsSeconds: get("CLUMP_SECONDS", 5),
        }
      : undefined,
    leak: any("LEAK_PERCENT_PER_MINUTE", "LEAK_MILLIS_PER_MINUTE")
      ? {
          afterSeconds: get("LEAK_AFTER_SECONDS"),
          percentPerMinute: get("LEAK_PERCENT_PER_MINUTE"),
          millisPerMinute: get("LEAK_MILLIS_PER_MINUTE"),
        }
      : undefined,
    flap: any("FLAP_ILL_SECONDS")
      ? {
          wellSeconds: get("FLAP_WELL_SECONDS", 30),
          illSeconds: get("FLAP_ILL_SECONDS"),
          percent: find("FLAP_PERCENT"),
        }
      : undefined,
    crashAfterSeconds: find("CRASH_AFTER_SECONDS"),
    spike: any("SPIKE_SECONDS")
      ? {
          afterSeconds: get("SPIKE_AFTER_SECONDS", 60),
          lastsSeconds: get("SPIKE_SECONDS"),
          percent: get("SPIKE_PERCENT"),
          addedMillis: get("SPIKE_MILLIS"),
        }
      : undefined,
  };
}

/** A container that sleeps before it is told to end serves on meanwhile: what most manifests do against lost requests. */
function preStopSeconds(pod: PodObject): number {
  const asked = objectsAt(pod, "spec", "containers").map((container) => {
    const hook = (container as { readonly lifecycle?: { readonly preStop?: PreStop } }).lifecycle?.preStop;
    const words = (hook?.exec?.command ?? []).join(" ");
    return hook?.sleep?.seconds ?? Number(/\bsleep\s+(\d+)/.exec(words)?.[1] ?? 0);
  });
  return Math.max(0, ...asked);
}

interface PreStop {
  readonly sleep?: { readonly seconds?: number };
  readonly exec?: { readonly command?: readonly string[] };
}

/** The same pod in the words of a node that keeps it. */
export function nodeBehaviourOf({ startSeconds, fate, shutdown, shutdownSeconds }: PodProfile): PodBehaviour {
  const endsAfterMillis = shutdown === "graceful" ? shutdownSeconds * 1000 : 0;
  return { readyAfterMillis: startSeconds * 1000, fate, endsAfterMillis };
}

/** How it answers while it does. Clumps come at moments that the seed draws. */
export function moodAt(
  profile: PodProfile,
  at: { readonly ageMillis: number; readonly nowMillis: number; readonly seed: number },
): Mood {
  const { clumps, leak, flap, spike } = profile;
  const ageSeconds = at.ageMillis / 1000;
  let wellShare = 1 - percent(profile.errorPercent);
  let { latencyMillis } = profile;
  if (clumps !== undefined) {
    const recurring = { everyMillis: clumps.everySeconds * 1000, lastsMillis: clumps.lastsSeconds * 1000 };
    if (isInWindow(recurring, at.seed, at.nowMillis)) wellShare *= 1 - percent(clumps.percent);
  }
  if (leak !== undefined && ageSeconds > leak.afterSeconds) {
    const minutes = (ageSeconds - leak.afterSeconds) / 60;
    wellShare *= 1 - percent(leak.percentPerMinute * minutes);
    latencyMillis += leak.millisPerMinute * minutes;
  }
  if (flap?.percent !== undefined && isIll(flap, ageSeconds)) wellShare *= 1 - percent(flap.percent);
  if (spike !== undefined && ageSeconds >= spike.afterSeconds && ageSeconds < spike.afterSeconds + spike.lastsSeconds) {
    wellShare *= 1 - percent(spike.percent);
    latencyMillis += spike.addedMillis;
  }
  return { errorShare: 1 - wellShare, latencyMillis };
}

/** Whether it is the same at any age. */
export function isEven({ clumps, leak, flap, spike }: PodProfile): boolean {
  return clumps === undefined && leak === undefined && flap?.percent === undefined && spike === undefined;
}

const percent = (value: number): number => Math.min(100, Math.max(0, value)) / 100;

function isIll({ wellSeconds, illSeconds }: Flap, ageSeconds: number): boolean {
  return ageSeconds % (wellSeconds + illSeconds) >= wellSeconds;
}

/** What becomes of a running container by itself next. */
export interface Turn {
  readonly atAgeMillis: number;
  /** `ends`: the container is over. `refuses` and `accepts`: it listens no longer, or again. */
  readonly kind: "ends" | "refuses" | "accepts";
}

/** The first turn from this age on; undefined where it goes on as it is. */
export function nextTurn({ crashAfterSeconds, flap }: PodProfile, ageMillis: number): Turn | undefined {
  const end = crashAfterSeconds === undefined ? Number.POSITIVE_INFINITY : crashAfterSeconds * 1000;
  const flip = flap === undefined || flap.percent !== undefined ? undefined : nextFlip(flap, ageMillis);
  if (flip !== undefined && flip.atAgeMillis < end) return flip;
  // One that is older than it can be ends now.
  return Number.isFinite(end) ? { atAgeMillis: Math.max(end, ageMillis), kind: "ends" } : undefined;
}

function nextFlip({ wellSeconds, illSeconds }: Flap, ageMillis: number): Turn | undefined {
  const period = (wellSeconds + illSeconds) * 1000;
  if (illSeconds <= 0 || period <= 0) return undefined;
  const start = Math.floor(ageMillis / period) * period;
  const falls = start + wellSeconds * 1000;
  return ageMillis < falls ? { atAgeMillis: falls, kind: "refuses" } : { atAgeMillis: start + period, kind: "accepts" };
}
