import { pass } from "./control/line.ts";
import type { Desk } from "./control/observe.ts";
import type { Key } from "./control/ports.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Log } from "./runtime/log.ts";
import type { Counter, Meters } from "./runtime/meters.ts";
import type { Random } from "./runtime/random.ts";
import { Timers } from "./runtime/timers.ts";
import { WorkQueue } from "./runtime/workQueue.ts";

/** After an outage everybody comes back at once, so within half a minute and not all together. */
const PATIENCE = { baseMillis: 1000, capMillis: 30_000 };

/** An edit mostly wakes the rollout by itself; this is for those out of our sight, such as a role that was given. */
const EDIT_MILLIS = 300_000;

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly meters: Meters;
  /** Rollouts worked on at once. */
  readonly workers: number;
  /** What a pass works with; asked for when work begins. */
  readonly desk: () => Desk;
}

/** Passes over rollouts: woken by changes and timers, each rollout by one worker at a time, put off after failures. */
export class Dispatcher {
  readonly #queue: WorkQueue;
  readonly #timers: Timers;
  readonly #log: Log;
  readonly #desk: () => Desk;
  readonly #failures: Counter;

  constructor({ clock, random, log, meters, workers, desk }: DispatcherOptions) {
    this.#log = log;
    this.#desk = desk;
    this.#failures = meters.counter({
      name: "serin_tick_failures_total",
      help: "Passes over a rollout that failed, by what follows",
      labels: ["retry"],
    });
    this.#timers = new Timers({ clock, onDue: (key) => this.wake(key) });
    const report = (key: Key, error: unknown): void => log.error({ canary: spoken(key), error }, "a pass broke");
    this.#queue = new WorkQueue({
      clock,
      random,
      workers,
      meters,
      report,
      work: (key) => this.#work(key),
      backoff: PATIENCE,
    });
  }

  /** Look at this rollout as soon as a worker is free. */
  wake(key: Key): void {
    this.#queue.add(key);
  }

  /** The Canary is gone. */
  forget(key: Key): void {
    this.#timers.cancel(key);
    this.#queue.forget(key);
  }

  start(): void {
    this.#queue.start();
  }

  /** Start nothing more and resolve when the work in hand is done. */
  stop(): Promise<void> {
    this.#timers.stop();
    return this.#queue.drain();
  }

  async #work(key: Key): Promise<void> {
    const end = await pass(key, this.#desk());
    if (end.kind === "done") {
      this.#queue.forget(key);
      if (end.wakeAt === undefined) this.#timers.cancel(key);
      else this.#timers.at(key, end.wakeAt);
      return;
    }
    const { retry, error, wakeAt } = end;
    if (wakeAt !== undefined) this.#timers.at(key, wakeAt);
    this.#failures.add({ retry: retry.kind });
    const log = this.#log.child({ canary: spoken(key) });
    switch (retry.kind) {
      case "now":
        log.debug({ error }, "facts were old");
        // What made them old wakes the key by itself; this is for the case that it did so already.
        return void this.#queue.retry(key);
      case "backoff":
        return log.warn({ error, retryMillis: this.#queue.retry(key) }, "a pass failed and is put off");
      case "edit":
        this.#queue.addAfter(key, EDIT_MILLIS);
        return log.warn({ error }, "refused until somebody edits something");
      case "never":
        return log.error({ error }, "this rollout is frozen by a broken invariant");
    }
  }
}

/** A key as people write it: `name.namespace`. */
function spoken(key: Key): string {
  const [namespace, name] = key.split("/");
  return `${name}.${namespace}`;
}
