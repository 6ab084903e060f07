import type { Cancel, Clock } from "../../runtime/clock.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../runtime/transport.ts";

/** What becomes of one request on its way there and back. All times are milliseconds. */
export interface Course {
  /** How long it takes to the server. Undefined: it never gets there. */
  readonly thereMillis: number | undefined;
  /** What comes back: the server's answer, another one in its place, a broken connection, or nothing. */
  readonly answer: "the server's" | "reset" | "never" | TransportResponse;
  /** How long that takes, from when the request was done; from when it was sent, where it never got there. */
  readonly backMillis: number;
  /** It is done even though its client has given up by then. */
  readonly outlivesClient: boolean;
}

export const SMOOTH: Course = { thereMillis: 0, answer: "the server's", backMillis: 0, outlivesClient: false };

export interface Journey {
  readonly inner: Transport;
  readonly clock: Clock;
  /** By this time, since the epoch, everything has come to its end, as if connections that hang were reset. */
  readonly endsAtMillis: number;
  /** Asked on arrival: why the server is not there. Undefined when it is. */
  readonly obstacle: () => string | undefined;
}

/**
 * Send a request on its course. Keeps its deadline and its signal as a connection does: nothing comes back after either.
 * Rejects with `TransportError` where no answer comes.
 */
export function follow(course: Course, request: TransportRequest, journey: Journey): Promise<TransportResponse> {
  const run = new Run(course, request, journey);
  run.begin();
  return run.promise;
}

class Run {
  readonly promise: Promise<TransportResponse>;
  readonly #course: Course;
  readonly #request: TransportRequest;
  readonly #journey: Journey;
  readonly #resolve: (response: TransportResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #cancels: Cancel[] = [];
  #isOver = false;

  constructor(course: Course, request: TransportRequest, journey: Journey) {
    this.#course = course;
    this.#request = request;
    this.#journey = journey;
    const { promise, resolve, reject } = Promise.withResolvers<TransportResponse>();
    [this.promise, this.#resolve, this.#reject] = [promise, resolve, reject];
  }

  begin(): void {
    const { signal, timeoutMillis } = this.#request;
    if (signal?.aborted) {
      this.#fail("aborted");
      return;
    }
    const abort = (): void => this.#fail("aborted");
    signal?.addEventListener("abort", abort, { once: true });
    this.#cancels.push(() => signal?.removeEventListener("abort", abort));
    if (timeoutMillis <= this.#left()) this.#in(timeoutMillis, () => this.#fail("deadline passed"));
    const { thereMillis, outlivesClient } = this.#course;
    const travelMillis = Math.min(thereMillis ?? 0, this.#left());
    if (thereMillis === undefined) this.#comeBack(undefined);
    else if (travelMillis === 0) this.#arrive();
    else if (outlivesClient) this.#journey.clock.setTimer(travelMillis, () => this.#arrive());
    else this.#in(travelMillis, () => this.#arrive());
  }

  #arrive(): void {
    const { inner, obstacle } = this.#journey;
    const why = obstacle();
    if (why !== undefined) {
      this.#fail(why);
      return;
    }
    // The server does not hear that its client gives up.
    const { signal: _, ...request } = this.#request;
    inner.request(request).then(
      (response) => this.#comeBack(response),
      (error) => this.#end(() => this.#reject(error)),
    );
  }

  #comeBack(response: TransportResponse | undefined): void {
    if (this.#isOver) return;
    const { answer, backMillis } = this.#course;
    const given = answer === "the server's" ? response : answer;
    const isLost = given === undefined || given === "never";
    const wait = isLost ? this.#left() : Math.min(backMillis, this.#left());
    // Whoever waits for what never comes learns of it at the latest when the network is well again.
    const end = isLost || given === "reset" ? () => this.#fail("read ECONNRESET") : () => this.#give(given);
    if (wait === 0) end();
    else this.#in(wait, end);
  }

  #left(): number {
    const { clock, endsAtMillis } = this.#journey;
    return Math.max(0, endsAtMillis - clock.now());
  }

  #in(millis: number, then: () => void): void {
    this.#cancels.push(this.#journey.clock.setTimer(millis, then));
  }

  #give(response: TransportResponse): void {
    this.#end(() => this.#resolve(response));
  }

  #fail(why: string): void {
    const { method, path } = this.#request;
    this.#end(() => this.#reject(new TransportError(`${method} ${path}: ${why}`)));
  }

  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const cancel of this.#cancels) cancel();
    tell();
  }
}
