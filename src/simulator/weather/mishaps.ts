import { between, spreadBetween } from "./dice.ts";
import type { Fault, Strike } from "./faults.ts";
import type { Spell, SpellShape } from "./spells.ts";
import type { Storm } from "./storm.ts";

/** Something that is to happen to a replica at a time. Whoever makes it happen says so with `struck`. */
export interface Mishap extends Pick<Fault, "id" | "user"> {
  readonly kind: "replicaStall" | "replicaSuspend" | "replicaKill";
  /** Since the epoch. */
  readonly atMillis: number;
  /** How long it stands still, or until it is started again. Never beyond the storm's end. */
  readonly forMillis: number;
}

/** A replica dies as it sends a request. */
export interface RequestKill {
  /** `before`: the request is never sent. `after`: it takes effect, and nobody is there to hear the answer. */
  readonly moment: "before" | "after";
  /** Until it is started again. Never beyond the storm's end. */
  readonly downMillis: number;
}

/** Machines that keep their time with NTP. */
export const MOST_SKEW_MILLIS = 2_000;
/** A machine that lost its time. */
export const MOST_JUMP_MILLIS = 120_000;

/** From a garbage collection to a machine that was suspended for longer than a lease. */
const STALL: SpellShape = { everyMillis: 60_000, shortestMillis: 100, longestMillis: 45_000 };
const SUSPENSION: SpellShape = { everyMillis: 80_000, shortestMillis: 1_000, longestMillis: 120_000 };
const KILL: SpellShape = { everyMillis: 80_000, shortestMillis: 500, longestMillis: 30_000 };
const JUMP: SpellShape = { everyMillis: 90_000, shortestMillis: 5_000, longestMillis: 120_000 };
const WORDS: Readonly<Record<Mishap["kind"], string>> = {
  replicaStall: "stands still",
  replicaSuspend: "is suspended with its machine",
  replicaKill: "is killed, and stays away",
};
const READ_KILL_CHANCE = 0.01;
const WRITE_KILL_CHANCE = 0.05;
const READ_STALL_CHANCE = 0.005;
const WRITE_STALL_CHANCE = 0.05;

/** What befalls the replicas of the controller themselves. */
export class Mishaps {
  readonly #storm: Storm;

  constructor(storm: Storm) {
    this.#storm = storm;
  }

  /** All that will befall it at given times, in their order: drawn when the storm began. */
  of(replica: string): readonly Mishap[] {
    const stalls = this.#storm.spells("replicaStall", replica, STALL).all;
    const suspensions = this.#storm.spells("replicaSuspend", replica, SUSPENSION).all;
    const kills = this.#storm.spells("replicaKill", replica, KILL).all;
    return [...stalls, ...suspensions, ...kills].map(mishapOf).sort((one, other) => one.atMillis - other.atMillis);
  }

  struck({ id, kind, user, forMillis }: Mishap): void {
    this.#storm.tell({ id, kind, user }, `${WORDS[kind]} for ${(forMillis / 1000).toFixed(1)} s`);
  }

  /** To be asked once for each request. Undefined: it lives. */
  killOnRequest(replica: string, method: string): RequestKill | undefined {
    const chance = method === "GET" ? READ_KILL_CHANCE : WRITE_KILL_CHANCE;
    const strike = this.#storm.roll("killAtRequest", replica, chance);
    if (strike === undefined) return undefined;
    const moment = strike.random.next() < 0.5 ? "before" : "after";
    const down = Math.round(spreadBetween(strike.random, KILL.shortestMillis, KILL.longestMillis));
    const downMillis = Math.min(down, this.#storm.leftMillis);
    const when = moment === "before" ? "before it is sent" : "after it took effect";
    this.#storm.tell(
      strike,
      `is killed at a ${method}, ${when}, and stays away for ${(downMillis / 1000).toFixed(1)} s`,
    );
    return { moment, downMillis };
  }

  /** For how many milliseconds it stands still before it has the answer: to be asked once for each request that it sends. */
  stallAtRequest(replica: string, method: string): number | undefined {
    const chance = method === "GET" ? READ_STALL_CHANCE : WRITE_STALL_CHANCE;
    const strike = this.#storm.roll("stallAtRequest", replica, chance);
    if (strike === undefined) return undefined;
    const length = Math.round(spreadBetween(strike.random, STALL.shortestMillis, STALL.longestMillis));
    const millis = Math.min(length, this.#storm.leftMillis);
    this.#storm.tell(strike, `stands still at a ${method}, before its answer, for ${(millis / 1000).toFixed(1)} s`);
    return millis;
  }

  /** How far its wall clock is ahead of the world's, now. Changes with time, and is 0 when the storm is over. */
  skewMillis(replica: string): number {
    if (this.#storm.isOver) return 0;
    const jump = this.#storm.spells("clockJump", replica, JUMP).at(this.#storm.clock.now());
    if (jump !== undefined) return this.#offsetOf(jump, MOST_JUMP_MILLIS);
    const skew = this.#storm.constant("clockSkew", replica);
    return skew === undefined ? 0 : this.#offsetOf(skew, MOST_SKEW_MILLIS);
  }

  #offsetOf(strike: Strike, most: number): number {
    // From the beginning of its dice each time: it is the same whenever it is asked.
    const { random } = this.#storm.again(strike);
    const millis = Math.round(between(random, -most, most));
    this.#storm.tellOnce(strike, () => `its clock is off by ${(millis / 1000).toFixed(1)} s`);
    return millis;
  }
}

function mishapOf({ id, kind, user, from, to }: Spell): Mishap {
  const known = kind === "replicaStall" || kind === "replicaSuspend" ? kind : "replicaKill";
  return { id, kind: known, user, atMillis: from, forMillis: to - from };
}
