import type { Cancel, Clock } from "../runtime/clock.ts";
import { type Due, pop, push } from "../runtime/dueHeap.ts";

interface Timer extends Due {
  readonly fn: () => void;
  isCancelled: boolean;
}

/** Lets every promise that can go on go on, before time does. */
export type Settle = () => Promise<void>;

/** Time that stands still until told otherwise. Steps from due time to due time: no timer sees a time later than its own. */
export class VirtualClock implements Clock {
  #monotonic = 0;
  #wallOffset: number;
  #count = 0;
  #pending = 0;
  readonly #settle: Settle;
  /** Timers that were cancelled stay until they surface. */
  #heap: Timer[] = [];

  /** `startMillis` is since the epoch. Where nothing but promises runs, `settlePromises` is a quicker way to settle. */
  constructor(startMillis = Date.UTC(2026, 0, 1), how: Settle = settle) {
    this.#wallOffset = startMillis;
    this.#settle = how;
  }

  now(): number {
    return this.#wallOffset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimer(delayMillis: number, fn: () => void): Cancel {
    const due = this.#monotonic + Math.max(0, delayMillis);
    const timer: Timer = { due, order: this.#count++, fn, isCancelled: false };
    push(this.#heap, timer);
    this.#pending += 1;
    return () => this.#cancel(timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#pending;
  }

  /** Set the wall clock forward or back, as an administrator or NTP would. Timers do not notice. */
  jump(millis: number): void {
    this.#wallOffset += millis;
  }

  /** Let so much time pass, with all that happens in it, promises included. */
  async advance(millis: number): Promise<void> {
    const end = this.#monotonic + millis;
    await this.#settle();
    for (let next = this.#next(); next !== undefined && next.due <= end; next = this.#next()) {
      this.#fire(next);
      await this.#settle();
    }
    this.#monotonic = end;
  }

  /** Let time pass until the condition holds. Throws when it does not within `limitMillis`. */
  async until(holds: () => boolean, limitMillis = 3_600_000): Promise<void> {
    const end = this.#monotonic + limitMillis;
    await this.#settle();
    while (!holds()) {
      const next = this.#next();
      if (next === undefined || next.due > end) throw new Error(`still not so after ${limitMillis} ms: ${holds}`);
      await this.advance(next.due - this.#monotonic);
    }
  }

  #fire(timer: Timer): void {
    pop(this.#heap);
    this.#pending -= 1;
    // To cancel it from now on does nothing.
    timer.isCancelled = true;
    this.#monotonic = Math.max(this.#monotonic, timer.due);
    timer.fn();
  }

  #cancel(timer: Timer): void {
    if (timer.isCancelled) return;
    timer.isCancelled = true;
    this.#pending -= 1;
    if (this.#heap.length > 64 + 2 * this.#pending) this.#rebuild();
  }

  #next(): Timer | undefined {
    while (this.#heap[0]?.isCancelled === true) pop(this.#heap);
    return this.#heap[0];
  }

  #rebuild(): void {
    const left = this.#heap.filter(({ isCancelled }) => !isCancelled);
    this.#heap = [];
    for (const timer of left) push(this.#heap, timer);
  }
}

/** Let every promise that can go on go on, and what promises hand to the event loop as well. */
export async function settle(): Promise<void> {
  // Two turns of the event loop: work that one turn's promises hand to setImmediate runs in the second.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Let every promise that can go on go on, where nothing else is under way. */
export function settlePromises(): Promise<void> {
  // Node looks at its queue of ticks only when no promise has anything left to do.
  return new Promise((resolve) => process.nextTick(resolve));
}
