import type { Spell, SpellShape } from "./spells.ts";
import type { Storm } from "./storm.ts";

/** What lies between one client and the API server now. */
export interface Blockade {
  readonly spell: Spell;
  /** Refused at once, answered with 503 by what stands before the server, or swallowed. */
  readonly manner: "refused" | "unavailable" | "swallowed";
}

const OUTAGE: SpellShape = { everyMillis: 100_000, shortestMillis: 1_000, longestMillis: 90_000 };
const PARTITION: SpellShape = { everyMillis: 100_000, shortestMillis: 2_000, longestMillis: 60_000 };

/** Whoever is out of reach for everybody. */
const SERVER = "API server";

/** Whether the API server can be reached, for one client. */
export class Skies {
  readonly #storm: Storm;
  readonly #user: string;

  constructor(storm: Storm, user: string) {
    this.#storm = storm;
    this.#user = user;
  }

  /** Tells of it, the first time that anybody meets it. */
  blockade(): Blockade | undefined {
    const now = this.#storm.clock.now();
    if (now >= this.#storm.endsAtMillis) return undefined;
    const outage = this.#storm.spells("apiOutage", SERVER, OUTAGE).at(now);
    if (outage !== undefined) return this.#told(outage, "the API server is down");
    const partition = this.#storm.spells("partition", this.#user, PARTITION).at(now);
    return partition && this.#told(partition, "cut off from the API server");
  }

  /** The stretches in which what was sent to this client is under way and does not arrive: streams outlive them. */
  get partitions(): readonly Spell[] {
    return this.#storm.spells("partition", this.#user, PARTITION).all;
  }

  /** When the server goes down next, which breaks every connection to it. */
  nextOutage(): Spell | undefined {
    return this.#storm.spells("apiOutage", SERVER, OUTAGE).after(this.#storm.clock.now());
  }

  /** Say that this stretch was met. */
  met(spell: Spell): void {
    this.#told(spell, spell.kind === "apiOutage" ? "the API server is down" : "cut off from the API server");
  }

  #told(spell: Spell, what: string): Blockade {
    const lasts = ((spell.to - spell.from) / 1000).toFixed(1);
    this.#storm.tellOnce(spell, () => `${what} for ${lasts} s`);
    return { spell, manner: spell.kind === "partition" ? "swallowed" : mannerOf(spell) };
  }
}

/** Derived from its times, so that everybody meets the same outage however often it is asked. */
function mannerOf({ from, to }: Spell): Blockade["manner"] {
  return (["refused", "unavailable", "swallowed"] as const)[(from + to) % 3] ?? "refused";
}
