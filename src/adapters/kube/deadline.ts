import type { Cancel, Clock } from "../../runtime/clock.ts";
import { TransportError } from "../../runtime/transport.ts";

/** One signal for whatever may end a call: the caller's own signal, or time. */
export class Deadline {
  readonly #clock: Clock;
  readonly #outer: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #abort = (): void => this.#controller.abort(this.#outer?.reason);
  #cancel: Cancel | undefined;

  constructor(clock: Clock, outer: AbortSignal | undefined) {
    this.#clock = clock;
    this.#outer = outer;
    if (outer?.aborted) this.#abort();
    else outer?.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** End the call in so many milliseconds. Replaces what was set before. */
  set(millis: number, reason: string): void {
    this.#cancel?.();
    this.#cancel = this.#clock.setTimer(millis, () => this.#controller.abort(new TransportError(reason)));
  }

  /** No time limit until the next `set`. */
  pause(): void {
    this.#cancel?.();
  }

  /** The call is over: let go of the timer and of the caller's signal. */
  end(): void {
    this.#cancel?.();
    this.#outer?.removeEventListener("abort", this.#abort);
  }
}

/** The promise, or a rejection with the signal's reason, whichever is first. What the promise does later is nobody's. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  return promise;
}

/** Wait so many milliseconds, or until aborted: then rejects with the signal's reason. */
export async function sleep(clock: Clock, millis: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.setTimer(millis, resolve);
  await unlessAborted(promise, signal).finally(cancel);
}
