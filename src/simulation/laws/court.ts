import type { RequestBatch, RequestSeen, Watcher, WriteSeen } from "../../simulator/happening.ts";
import type { Ending } from "./ending.ts";
import type { Bench, Law, Role, Tell, Timing } from "./law.ts";
import { LAWS, type LawName } from "./laws.ts";
import { Objects } from "./objects.ts";
import { Rollouts } from "./rollouts.ts";

/** A law that was broken in a life. */
export interface Breach {
  readonly law: LawName;
  /** What happened, in one sentence. */
  readonly sentence: string;
  /** When, in milliseconds since the epoch. */
  readonly atMillis: number;
  /** After how many writes of the life, counted from 1. */
  readonly write: number;
}

export interface CourtOptions {
  readonly roleOf: (user: string) => Role;
  readonly timing: Timing;
  /** The laws to judge by; all of them unless told otherwise. */
  readonly laws?: readonly LawName[];
}

/** Watches one life and judges it by the laws. Keeps the first breach of each. */
export class Court implements Watcher {
  readonly #objects = new Objects();
  readonly #laws: readonly Law[];
  readonly #breaches = new Map<LawName, Breach>();
  #writes = 0;

  constructor({ roleOf, timing, laws = LAW_NAMES }: CourtOptions) {
    const bench: Bench = { objects: this.#objects, rollouts: new Rollouts(this.#objects), roleOf, timing };
    this.#laws = laws.map((name) => LAWS[name].make(bench, this.#tell(name)));
  }

  get breaches(): readonly Breach[] {
    return [...this.#breaches.values()];
  }

  wrote(write: WriteSeen): void {
    this.#writes++;
    this.#objects.note(write);
    for (const law of this.#laws) law.wrote?.(write);
  }

  served(batch: RequestBatch): void {
    for (const law of this.#laws) law.served?.(batch);
  }

  asked(request: RequestSeen): void {
    for (const law of this.#laws) law.asked?.(request);
  }

  /** The life is over. */
  ended(atMillis: number, ending: Ending): void {
    for (const law of this.#laws) law.ended?.(atMillis, ending);
  }

  #tell(law: LawName): Tell {
    return (sentence, atMillis) => {
      if (!this.#breaches.has(law)) this.#breaches.set(law, { law, sentence, atMillis, write: this.#writes });
    };
  }
}

export const LAW_NAMES = Object.keys(LAWS) as readonly LawName[];
