import { type BackoffPolicy, backoffMillis } from "./backoff.ts";
import type { Clock } from "./clock.ts";
import { type Counter, type Gauge, type Histogram, type Meters, noMeters } from "./meters.ts";
import type { Random } from "./random.ts";
import { Timers } from "./timers.ts";

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Called with one key at a time per key. What it throws is reported, and the key retried with patience. */
  readonly work: (key: string) => Promise<void>;
  /** How many keys are worked on at once. */
  readonly workers: number;
  /** How long `retry` waits; from 1 s to 5 min unless told otherwise. */
  readonly backoff?: BackoffPolicy;
  /** Told of what `work` throws. */
  readonly report: (key: string, error: unknown) => void;
  readonly meters?: Meters;
}

const PATIENCE: BackoffPolicy = { baseMillis: 1000, capMillis: 300_000 };

/**
 * Keys to work on, each at most once in line. Two workers never hold the same key: a key that is added while it is worked
 * on waits, and is worked on once more afterwards, so that nothing that happened meanwhile is missed.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #work: (key: string) => Promise<void>;
  readonly #report: (key: string, error: unknown) => void;
  readonly #workers: number;
  readonly #backoff: BackoffPolicy;
  /** In line, first in first out: a Set keeps the order and refuses doubles. */
  readonly #ready = new Set<string>();
  readonly #processing = new Set<string>();
  /** Added again while processing. */
  readonly #dirty = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #later: Timers;
  readonly #depth: Gauge;
  readonly #retries: Counter;
  readonly #seconds: Histogram;
  #state: "stopped" | "running" | "draining" = "stopped";
  #drained: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    const { clock, random, work, workers, report, backoff = PATIENCE, meters = noMeters() } = options;
    this.#clock = clock;
    this.#random = random;
    this.#work = work;
    this.#workers = Math.max(1, workers);
    this.#report = report;
    this.#backoff = backoff;
    // The monotonic scale: a wall clock that is set back must not hold up a retry.
    this.#later = new Timers({ clock, scale: "monotonic", onDue: (key) => this.add(key) });
    this.#depth = meters.gauge({ name: "serin_queue_depth", help: "Keys that wait for a worker" });
    this.#retries = meters.counter({ name: "serin_queue_retries_total", help: "Keys put off after a failure" });
    this.#seconds = meters.histogram({ name: "serin_queue_work_seconds", help: "Time spent on one key" });
  }

  /** Keys in line, not counting those that wait for their time. */
  get length(): number {
    return this.#ready.size + this.#dirty.size;
  }

  /** Whether nobody works and nobody is in line. Keys that wait for their time do not count. */
  get isIdle(): boolean {
    return this.length === 0 && this.#processing.size === 0;
  }

  /** Begin to hand out keys. Those added before are kept in line. */
  start(): void {
    if (this.#state === "draining") return;
    this.#state = "running";
    this.#pump();
  }

  /** Put the key in line, unless it is there already. */
  add(key: string): void {
    if (this.#state === "draining") return;
    if (this.#processing.has(key)) this.#dirty.add(key);
    else this.#ready.add(key);
    this.#pump();
  }

  /** Put the key in line after a while. Where it waits already, the earlier of the two counts. */
  addAfter(key: string, delayMillis: number): void {
    if (this.#state === "draining") return;
    const due = this.#clock.monotonic() + Math.max(0, delayMillis);
    if (due < (this.#later.dueAt(key) ?? Number.POSITIVE_INFINITY)) this.#later.at(key, due);
  }

  /** Put the key in line again, ever more patiently. Answers the milliseconds it will wait. */
  retry(key: string): number {
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    const delayMillis = backoffMillis(this.#backoff, failures, this.#random);
    this.#retries.add();
    this.addAfter(key, delayMillis);
    return delayMillis;
  }

  /** How often in a row `retry` was asked for. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key is well: the next retry is quick again. Also to be called when its object is gone. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Start nothing more, and resolve when the work in hand is done. */
  drain(): Promise<void> {
    this.#state = "draining";
    this.#later.stop();
    this.#ready.clear();
    this.#dirty.clear();
    this.#failures.clear();
    if (this.#processing.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #pump(): void {
    for (const key of this.#ready) {
      if (this.#state !== "running" || this.#processing.size >= this.#workers) break;
      this.#ready.delete(key);
      this.#processing.add(key);
      void this.#process(key);
    }
    this.#depth.set(this.length);
  }

  async #process(key: string): Promise<void> {
    const startedAt = this.#clock.monotonic();
    try {
      // Whoever adds a key is in the middle of something, a change to a cache for example: let that finish first.
      await Promise.resolve();
      await this.#work(key);
    } catch (error) {
      this.#report(key, error);
      this.retry(key);
    } finally {
      this.#finish(key, startedAt);
    }
  }

  #finish(key: string, startedAt: number): void {
    this.#seconds.observe((this.#clock.monotonic() - startedAt) / 1000);
    this.#processing.delete(key);
    // To the end of the line: a key that never rests must not keep others from their turn.
    if (this.#dirty.delete(key)) this.#ready.add(key);
    if (this.#state === "draining" && this.#processing.size === 0) for (const done of this.#drained.splice(0)) done();
    this.#pump();
  }
}
