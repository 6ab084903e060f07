import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

export interface ShutdownOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** For all parts together. Kubernetes kills after terminationGracePeriodSeconds, 30 s by default: stay below. */
  readonly deadlineMillis: number;
  /** Ends the process with a code. */
  readonly exit: (code: number) => void;
}

interface Part {
  readonly name: string;
  readonly stop: () => Promise<void> | void;
}

/** What each part that still waits is left, however slow the one before it is: enough to release a lease. */
const RESERVE_MILLIS = 1_000;

/** Stops the parts of the process in the reverse order of their start, within a deadline. */
export class Shutdown {
  readonly #options: ShutdownOptions;
  readonly #parts: Part[] = [];
  #run: Promise<void> | undefined;

  constructor(options: ShutdownOptions) {
    this.#options = options;
  }

  /** Stop this part too, before all that were added earlier. */
  add(name: string, stop: () => Promise<void> | void): void {
    this.#parts.push({ name, stop });
  }

  /** Run on SIGTERM and SIGINT. A second signal exits at once, for people at a keyboard. Answers the way to stop listening. */
  listen(signals: NodeJS.EventEmitter): () => void {
    const onSignal = (signal: string): void => {
      if (this.#run !== undefined) this.#options.exit(1);
      else void this.run(signal);
    };
    signals.on("SIGTERM", onSignal).on("SIGINT", onSignal);
    return () => void signals.off("SIGTERM", onSignal).off("SIGINT", onSignal);
  }

  /** Stop everything, then exit: with 0 when all went well, with 1 when a part failed or was too slow. Runs once. */
  run(reason: string): Promise<void> {
    this.#run ??= this.#stopAll(reason);
    return this.#run;
  }

  async #stopAll(reason: string): Promise<void> {
    const { clock, log, deadlineMillis, exit } = this.#options;
    log.info({ reason }, "stopping");
    const due = clock.monotonic() + deadlineMillis;
    let failures = 0;
    for (const [index, part] of this.#parts.toReversed().entries()) {
      const waiting = this.#parts.length - index - 1;
      const left = Math.max(0, due - clock.monotonic());
      const limit = Math.max(left - waiting * RESERVE_MILLIS, left / (waiting + 1));
      if (!(await this.#stop(part, limit))) failures++;
    }
    log.info({ failures }, "stopped");
    exit(failures === 0 ? 0 : 1);
  }

  async #stop({ name, stop }: Part, limitMillis: number): Promise<boolean> {
    const { clock, log } = this.#options;
    const late = Promise.withResolvers<never>();
    const cancel = clock.setTimer(limitMillis, () => late.reject(new Error(`not stopped within ${limitMillis} ms`)));
    try {
      await Promise.race([stop(), late.promise]);
      return true;
    } catch (error) {
      log.error({ part: name, error }, "a part did not stop well");
      return false;
    } finally {
      cancel();
    }
  }
}
