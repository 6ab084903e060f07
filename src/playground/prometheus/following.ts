import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { ScrapeTarget } from "./scraper.ts";

export interface FollowingOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMillis: number;
  /** Those of the moment. */
  readonly targets: () => readonly ScrapeTarget[];
  /** Scrape these from now on. */
  readonly follow: (targets: readonly ScrapeTarget[]) => Promise<void>;
}

/** Keeps a metrics server told of its targets. Answers how to end it. */
export function keepFollowed({ clock, log, everyMillis, targets, follow }: FollowingOptions): () => void {
  let told = "";
  let cancel = (): void => {};
  const look = (): void => {
    const now = targets();
    const names = now.map(({ url }) => url).join(" ");
    // A real server reads its targets from files, which need not be written again for nothing.
    if (names !== told) {
      told = names;
      follow(now).catch((error: unknown) => {
        // What was not heard is told again at the next look.
        told = "";
        log.warn({ error }, "the metrics server was not told of its targets");
      });
    }
    cancel = clock.setTimer(everyMillis, look);
  };
  look();
  return () => cancel();
}
