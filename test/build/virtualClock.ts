import type { Cancel, Clock } from "../../src/runtime/clock.ts";

interface Timer {
  readonly due: number;
  readonly order: number;
  readonly fn: () => void;
}

/** Time that stands still until told otherwise. Steps from due time to due time: no timer sees a time later than its own. */
export class VirtualClock implements Clock {
  #monotonic = 0;
  #wallOffset: number;
  #count = 0;
  readonly #timers = new Set<Timer>();

  constructor(startMillis = Date.UTC(2026, 0, 1)) {
    this.#wallOffset = startMillis;
  }

  now(): number {
    return this.#wallOffset + this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  setTimer(delayMillis: number, fn: () => void): Cancel {
    const timer: Timer = { due: this.#monotonic + Math.max(0, delayMillis), order: this.#count++, fn };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Set the wall clock forward or back, as an administrator or NTP would. Timers do not notice. */
  jump(millis: number): void {
    this.#wallOffset += millis;
  }

  /** Let so much time pass, with all that happens in it, promises included. */
  async advance(millis: number): Promise<void> {
    const end = this.#monotonic + millis;
    await settle();
    for (let next = this.#next(); next !== undefined && next.due <= end; next = this.#next()) {
      this.#timers.delete(next);
      this.#monotonic = Math.max(this.#monotonic, next.due);
      next.fn();
      await settle();
    }
    this.#monotonic = end;
  }

  /** Let time pass until the condition holds. Throws when it does not within `limitMillis`. */
  async until(holds: () => boolean, limitMillis = 3_600_000): Promise<void> {
    const end = this.#monotonic + limitMillis;
    await settle();
    while (!holds()) {
      const next = this.#next();
      if (next === undefined || next.due > end) throw new Error(`still not so after ${limitMillis} ms: ${holds}`);
      await this.advance(next.due - this.#monotonic);
    }
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** Let every promise that can go on go on. */
export async function settle(): Promise<void> {
  // Two turns of the event loop: work that one turn's promises hand to setImmediate runs in the second.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
