import type { FaultKind } from "./faults.ts";
import type { SpellShape } from "./spells.ts";
import type { Storm } from "./storm.ts";

export type ScrapeOutcome = "scraped" | "missed";

/** `ok`: the server answers as it should. `502`, `refused` and `timeout`: it does not. `empty`: a vector of nothing. */
export type QueryOutcome = "ok" | "502" | "refused" | "timeout" | "empty";

const OUTAGE: SpellShape = { everyMillis: 100_000, shortestMillis: 5_000, longestMillis: 120_000 };
const GAP: SpellShape = { everyMillis: 80_000, shortestMillis: 10_000, longestMillis: 120_000 };
const MISS_CHANCE = 0.2;
const SERVER = "metrics server";

const QUERY_FAULTS = [
  ["queryRefused", 0.2, "502"],
  ["queryTimeout", 0.15, "timeout"],
  ["queryEmpty", 0.15, "empty"],
] as const satisfies readonly (readonly [FaultKind, number, QueryOutcome])[];

/** The way from pods to the metrics server, and from there to whoever asks. */
export class Measurements {
  readonly #storm: Storm;

  constructor(storm: Storm) {
    this.#storm = storm;
  }

  /** To be asked once for each scrape that is due. */
  scrape(target: string): ScrapeOutcome {
    if (this.#storm.isOver) return "scraped";
    if (this.#isDown()) return "missed";
    const gap = this.#storm.spells("scrapeGap", target, GAP).at(this.#storm.clock.now());
    if (gap !== undefined) {
      this.#storm.tellOnce(gap, () => `not scraped for ${seconds(gap)} s`);
      return "missed";
    }
    const strike = this.#storm.roll("scrapeMissed", target, MISS_CHANCE);
    if (strike === undefined) return "scraped";
    this.#storm.tell(strike, "not scraped once");
    return "missed";
  }

  /** To be asked once for each query. */
  query(user: string): QueryOutcome {
    if (this.#storm.isOver) return "ok";
    if (this.#isDown()) return "refused";
    for (const [kind, chance, outcome] of QUERY_FAULTS) {
      const strike = this.#storm.roll(kind, user, chance);
      if (strike === undefined) continue;
      this.#storm.tell(strike, `a query is answered with ${outcome}`);
      return outcome;
    }
    return "ok";
  }

  #isDown(): boolean {
    const outage = this.#storm.spells("metricsOutage", SERVER, OUTAGE).at(this.#storm.clock.now());
    if (outage !== undefined) this.#storm.tellOnce(outage, () => `down for ${seconds(outage)} s`);
    return outage !== undefined;
  }
}

const seconds = ({ from, to }: { readonly from: number; readonly to: number }): string =>
  ((to - from) / 1000).toFixed(1);
