import { spreadBetween } from "./dice.ts";
import type { SpellShape } from "./spells.ts";
import type { Storm } from "./storm.ts";

/** How late a proxy hears of a change when nothing is wrong. */
export const CALM_PROXY_LAG_MILLIS = 50;

/**
 * No proxy is later than this, unless told otherwise. A controller loses no request only if its settle time is longer: what
 * is not known to be bounded cannot be waited for.
 */
export const MOST_PROXY_LAG_MILLIS = 5_000;

/** A proxy's own lag, whatever else happens. */
const MOST_USUAL_MILLIS = 500;
const EVERY_MILLIS = 20_000;

/** How late each proxy hears of what changes now. */
export class Proxies {
  readonly #storm: Storm;
  readonly #most: number;
  readonly #usual = new Map<number, number>();

  constructor(storm: Storm, mostLagMillis: number) {
    this.#storm = storm;
    this.#most = mostLagMillis;
  }

  /** Milliseconds. Changes keep their order: a later one never arrives before an earlier one. */
  lagMillis(proxy: number): number {
    const calm = Math.min(CALM_PROXY_LAG_MILLIS, this.#most);
    const { clock, endsAtMillis } = this.#storm;
    if (!this.#storm.isOn("proxyLag")) return calm;
    const now = clock.now();
    const usual = this.#usualMillis(proxy);
    // What was sent last in the storm must not be overtaken by what is sent first after it.
    if (now >= endsAtMillis) return Math.max(calm, endsAtMillis + usual - now);
    const spell = this.#storm.spells("proxyLag", `proxy ${proxy}`, this.#shape(usual)).at(now);
    if (spell === undefined) return usual;
    this.#storm.tellOnce(spell, () => `hears nothing for ${((spell.to - spell.from) / 1000).toFixed(1)} s`);
    return spell.to - now + usual;
  }

  #usualMillis(proxy: number): number {
    const known = this.#usual.get(proxy);
    if (known !== undefined) return known;
    const strike = this.#storm.constant("proxyLag", `proxy ${proxy}`);
    const most = Math.min(MOST_USUAL_MILLIS, this.#most / 2);
    const usual = strike === undefined ? 0 : Math.round(spreadBetween(strike.random, Math.min(10, most), most));
    const millis = Math.max(Math.min(CALM_PROXY_LAG_MILLIS, this.#most), usual);
    this.#usual.set(proxy, millis);
    return millis;
  }

  #shape(usual: number): SpellShape {
    const longestMillis = Math.floor(this.#most - usual);
    return { everyMillis: EVERY_MILLIS, shortestMillis: Math.min(200, longestMillis), longestMillis };
  }
}
