import type { Cancel, Clock } from "./clock.ts";

export interface LimiterOptions {
  readonly clock: Clock;
  /** Requests a second in the long run. Zero or less means no limit, as with client-go. */
  readonly qps: number;
  /** Requests that may go at once after a quiet time. */
  readonly burst: number;
}

interface Waiter {
  readonly go: () => void;
}

/** A token bucket: first come, first served, so nobody starves behind a busy neighbour. */
export class Limiter {
  readonly #clock: Clock;
  readonly #qps: number;
  readonly #burst: number;
  readonly #waiters = new Set<Waiter>();
  #tokens: number;
  #filledAt: number;
  #cancelTimer: Cancel | undefined;

  constructor({ clock, qps, burst }: LimiterOptions) {
    this.#clock = clock;
    this.#qps = qps;
    this.#burst = Math.max(1, burst);
    this.#tokens = this.#burst;
    this.#filledAt = clock.monotonic();
  }

  /** How many wait for a token. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Resolves when it is our turn. Rejects with the signal's reason when that is aborted first, and takes no token. */
  async acquire(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#qps <= 0) return;
    if (this.#waiters.size === 0 && this.#take()) return;
    await this.#queue(signal);
  }

  #queue(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter);
        reject(signal?.reason);
      };
      const go = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const waiter: Waiter = { go };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiters.add(waiter);
      this.#arm();
    });
  }

  #take(): boolean {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) * this.#qps) / 1000);
    this.#filledAt = now;
    // Sums of fractions fall a hair short of a whole token; without the allowance the timer would spin.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }

  #arm(): void {
    if (this.#cancelTimer !== undefined || this.#waiters.size === 0) return;
    const millisToToken = Math.max(0, ((1 - this.#tokens) * 1000) / this.#qps);
    this.#cancelTimer = this.#clock.setTimer(millisToToken, () => {
      this.#cancelTimer = undefined;
      for (const waiter of this.#waiters) {
        if (!this.#take()) break;
        this.#waiters.delete(waiter);
        waiter.go();
      }
      this.#arm();
    });
  }
}
