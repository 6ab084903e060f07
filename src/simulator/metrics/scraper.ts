import type { Cancel, Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { SeriesStore } from "../promql/seriesStore.ts";
import type { CountedPod, PodCounters } from "./podCounters.ts";
import { ScrapedPod } from "./scrapedPod.ts";

/** What may go wrong between a pod and the metrics server. */
export interface ScrapeWeather {
  /** Asked once for each scrape that is due, by `namespace/pod`. */
  scrape(target: string): "scraped" | "missed";
}

export interface PodScraperOptions {
  readonly store: SeriesStore;
  readonly clock: Clock;
  /** Draws phases, and how long a page takes. */
  readonly random: Random;
  /** Of the pods that there are. Asked whenever targets are looked for. */
  readonly counters: () => readonly PodCounters[];
  readonly weather?: ScrapeWeather | undefined;
  readonly intervalMillis: number;
}

interface Target {
  readonly name: string;
  readonly scraped: ScrapedPod;
  /** Where in each interval it is scraped, in milliseconds. */
  readonly phaseMillis: number;
  /** Ends the wait for the next scrape. */
  cancel: Cancel;
}

/** How often Prometheus takes over what its discovery found. */
const DISCOVERY_MILLIS = 5000;
/** Of the page of a proxy; most take a small part of the longest. */
const SHORTEST_PAGE_MILLIS = 2;
const LONGEST_PAGE_MILLIS = 60;
/** From when a target would have been scraped next until it is given up, in intervals: it may have been found anew. */
const PATIENCE_INTERVALS = 1.1;

/**
 * Scrapes pods as Prometheus does: each once per interval, at a phase of its own; samples bear the time at which the
 * scrape began, and are there when the page is, a little later. A pod that is gone is given up after two intervals.
 */
export class PodScraper {
  readonly #options: PodScraperOptions;
  /** By address. */
  readonly #targets = new Map<string, Target>();
  readonly #endings = new Set<Cancel>();
  #cancel: Cancel | undefined;

  constructor(options: PodScraperOptions) {
    this.#options = options;
  }

  /** Looks for targets at once, and again every few seconds. */
  start(): void {
    this.#follow();
    this.#cancel = this.#options.clock.setTimer(DISCOVERY_MILLIS, () => this.start());
  }

  /** For good. */
  stop(): void {
    this.#cancel?.();
    for (const { cancel } of this.#targets.values()) cancel();
    for (const cancel of this.#endings) cancel();
  }

  #follow(): void {
    const found = new Map(this.#options.counters().map((counters) => [counters.pod.address, counters]));
    for (const [address, target] of this.#targets)
      if (!isOf(target, found.get(address)?.pod)) this.#giveUp(address, target);
    for (const [address, counters] of found) {
      const target = this.#targets.get(address);
      if (target === undefined) this.#take(address, counters);
      else target.scraped.counters = counters;
    }
  }

  #take(address: string, counters: PodCounters): void {
    const { store, random, intervalMillis } = this.#options;
    const { namespace, name } = counters.pod;
    const phaseMillis = Math.floor(random.next() * intervalMillis);
    const target = {
      name: `${namespace}/${name}`,
      scraped: new ScrapedPod(counters, store),
      phaseMillis,
      cancel: NONE,
    };
    this.#targets.set(address, target);
    this.#schedule(target);
  }

  #schedule(target: Target): void {
    const { clock, random, intervalMillis } = this.#options;
    const at = this.#nextScrape(target);
    // Prometheus gives a page as long as there is until the next, and none takes that long here.
    const drawn = SHORTEST_PAGE_MILLIS + (LONGEST_PAGE_MILLIS - SHORTEST_PAGE_MILLIS) * random.next() ** 4;
    const pageMillis = Math.min(intervalMillis / 2, Math.round(drawn));
    target.cancel = clock.setTimer(at - clock.now() + pageMillis, () => this.#scrape(target, at, pageMillis / 1000));
  }

  #scrape(target: Target, at: number, durationSeconds: number): void {
    const { weather } = this.#options;
    if ((weather?.scrape(target.name) ?? "scraped") === "scraped") target.scraped.take(at, durationSeconds);
    else target.scraped.miss(at, durationSeconds);
    this.#schedule(target);
  }

  /** Whole milliseconds since the epoch, later than now. */
  #nextScrape({ phaseMillis }: Target): number {
    const { clock, intervalMillis } = this.#options;
    return phaseMillis + intervalMillis * (Math.floor((clock.now() - phaseMillis) / intervalMillis) + 1);
  }

  /** Its series end when it would have been scraped next, which is written when nobody can have come back. */
  #giveUp(address: string, target: Target): void {
    const { clock, intervalMillis } = this.#options;
    target.cancel();
    this.#targets.delete(address);
    const at = this.#nextScrape(target);
    const cancel = clock.setTimer(at - clock.now() + intervalMillis * PATIENCE_INTERVALS, () => {
      this.#endings.delete(cancel);
      target.scraped.end(at);
    });
    this.#endings.add(cancel);
  }
}

const NONE: Cancel = () => {};

/** An address may have gone to another pod meanwhile. */
function isOf({ scraped: { counters } }: Target, pod: CountedPod | undefined): boolean {
  const { namespace, name } = counters.pod;
  return pod?.name === name && pod.namespace === namespace;
}
