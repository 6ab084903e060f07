import type { Cancel, Clock } from "../../runtime/clock.ts";
import { ScrapedTarget, type TargetIdentity } from "../../simulator/promql/scrape.ts";
import type { SeriesStore } from "../../simulator/promql/seriesStore.ts";

/** A page of metrics that is asked for again and again. */
export interface ScrapeTarget extends TargetIdentity {
  /** Where the page is; in a playground without a network, whatever `fetchPage` understands. */
  readonly url: string;
}

/** Gets a page. Rejects when there is none, and when the signal says that it took too long. */
export type FetchPage = (target: ScrapeTarget, signal: AbortSignal) => Promise<string>;

export interface ScraperOptions {
  readonly store: SeriesStore;
  readonly clock: Clock;
  readonly intervalMillis: number;
  /** The targets of the moment: asked for before each round, so that they may come and go. */
  readonly targets: () => readonly ScrapeTarget[];
  readonly fetchPage: FetchPage;
}

/** How a target fares. */
export interface TargetReport {
  readonly labels: Readonly<Record<string, string>>;
  readonly url: string;
  readonly isUp: boolean;
  readonly lastError: string | undefined;
  readonly lastScrape: number | undefined;
  readonly durationSeconds: number | undefined;
}

interface Tended {
  readonly target: ScrapeTarget;
  readonly scraped: ScrapedTarget;
  isBusy: boolean;
  lastScrape: number | undefined;
  durationSeconds: number | undefined;
}

/** Scrapes every target once per interval. A page that takes longer than that counts as none. */
export class Scraper {
  readonly #options: ScraperOptions;
  readonly #tended = new Map<string, Tended>();
  readonly #closed = new AbortController();
  #cancel: Cancel | undefined;

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  /** The first round at once, then one per interval. */
  start(): void {
    this.#schedule(this.#options.clock.monotonic());
  }

  close(): void {
    this.#closed.abort();
    this.#cancel?.();
  }

  /** One round over all targets, for those who keep time themselves. */
  async round(): Promise<void> {
    this.#followTargets();
    await Promise.all([...this.#tended.values()].filter(({ isBusy }) => !isBusy).map((tended) => this.#scrape(tended)));
  }

  reports(): readonly TargetReport[] {
    return [...this.#tended.values()].map(({ target, scraped, lastScrape, durationSeconds }) => ({
      labels: scraped.labels.toRecord(),
      url: target.url,
      isUp: scraped.lastError === undefined,
      lastError: scraped.lastError,
      lastScrape,
      durationSeconds,
    }));
  }

  /** Rounds begin at multiples of the interval after the first, however long each takes: rates like even distances. */
  #schedule(due: number): void {
    if (this.#closed.signal.aborted) return;
    const { clock, intervalMillis } = this.#options;
    this.#cancel = clock.setTimer(Math.max(0, due - clock.monotonic()), () => {
      void this.round();
      const late = Math.max(0, clock.monotonic() - due);
      this.#schedule(due + intervalMillis * (Math.floor(late / intervalMillis) + 1));
    });
  }

  #followTargets(): void {
    const { store, clock, targets } = this.#options;
    const wanted = new Map(targets().map((target) => [`${target.job}\u0000${target.instance}`, target]));
    for (const [key, { scraped }] of this.#tended) {
      if (wanted.has(key)) continue;
      scraped.end(clock.now());
      this.#tended.delete(key);
    }
    for (const [key, target] of wanted) {
      if (this.#tended.has(key)) continue;
      const scraped = new ScrapedTarget(target, store);
      this.#tended.set(key, { target, scraped, isBusy: false, lastScrape: undefined, durationSeconds: undefined });
    }
  }

  async #scrape(tended: Tended): Promise<void> {
    const { clock, intervalMillis, fetchPage } = this.#options;
    const at = clock.now();
    const begun = clock.monotonic();
    const late = new AbortController();
    const cancel = clock.setTimer(intervalMillis, () => late.abort(new Error("context deadline exceeded")));
    tended.isBusy = true;
    const signal = AbortSignal.any([late.signal, this.#closed.signal]);
    const outcome = await Promise.try(fetchPage, tended.target, signal).then(
      (page) => ({ kind: "page", text: page }) as const,
      (cause: unknown) => ({ kind: "failure", why: cause instanceof Error ? cause.message : String(cause) }) as const,
    );
    cancel();
    tended.isBusy = false;
    // A target that went while its page was on the way has ended already.
    if (this.#closed.signal.aborted || ![...this.#tended.values()].includes(tended)) return;
    tended.lastScrape = at;
    tended.durationSeconds = (clock.monotonic() - begun) / 1000;
    tended.scraped.record({ ...outcome, durationSeconds: tended.durationSeconds }, at);
  }
}
