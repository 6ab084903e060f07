import type { KubeObject } from "../../runtime/transport.ts";
import type { PodGroup, Tally } from "./counters.ts";
import { isEven, type Mood, moodAt, type PodProfile } from "./profile.ts";

export interface LivePodOptions {
  readonly object: KubeObject;
  readonly address: string;
  readonly group: PodGroup;
  readonly profile: PodProfile;
  readonly tally: Tally;
  /** Draws the moments of clumps; the same for all pods of a group. */
  readonly seed: number;
}

/** How often metrics-server asks. */
const RESOLUTION_MILLIS = 15_000;

/** A pod as its clients find it, whatever the API server has heard of it. */
export class LivePod {
  readonly address: string;
  readonly group: PodGroup;
  readonly profile: PodProfile;
  readonly tally: Tally;
  readonly #seed: number;
  readonly #evenMood: Mood | undefined;
  #measured = { atMillis: 0, total: 0 };
  #perSecond: number | undefined;
  object: KubeObject;
  /** On the monotonic scale: when its container began to listen. Undefined: it does not run. */
  startedAtMillis: number | undefined;
  /** Whether the running container refuses, for a reason of its own. */
  isRefusing = false;
  /** Told to go, and it has stopped listening. */
  isEnded = false;
  /** How often its container ended by itself. */
  restarts = 0;

  constructor({ object, address, group, profile, tally, seed }: LivePodOptions) {
    this.object = object;
    this.address = address;
    this.group = group;
    this.profile = profile;
    this.tally = tally;
    this.#seed = seed;
    this.#evenMood = isEven(profile) ? moodAt(profile, { ageMillis: 0, nowMillis: 0, seed }) : undefined;
  }

  /** Whether a connection to it is accepted. */
  get isServing(): boolean {
    return this.startedAtMillis !== undefined && !this.isRefusing && !this.isEnded;
  }

  /** Whether there is a proxy beside its container that can be asked: from the first start on, until it is told to go. */
  get hasSidecar(): boolean {
    return !this.isEnded && (this.startedAtMillis !== undefined || this.restarts > 0);
  }

  /** How it answers at a moment, given on the monotonic scale and as the time of day. */
  moodAt(monotonicMillis: number, nowMillis: number): Mood {
    if (this.#evenMood !== undefined) return this.#evenMood;
    const ageMillis = Math.max(0, monotonicMillis - (this.startedAtMillis ?? monotonicMillis));
    return moodAt(this.profile, { ageMillis, nowMillis, seed: this.#seed });
  }

  /** Requests per second as the cluster's metrics have it: over a stretch of some seconds, and old by as much. Undefined at first. */
  loadAt(monotonicMillis: number): number | undefined {
    const { atMillis, total } = this.#measured;
    const began = Math.max(atMillis, this.startedAtMillis ?? monotonicMillis);
    if (monotonicMillis - began < RESOLUTION_MILLIS) return this.#perSecond;
    this.#perSecond = ((this.tally.total - total) * 1000) / (monotonicMillis - began);
    this.#measured = { atMillis: monotonicMillis, total: this.tally.total };
    return this.#perSecond;
  }
}
