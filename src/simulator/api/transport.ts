import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
  type WatchEvent,
  WatchRefusedError,
  type WatchRequest,
} from "../../runtime/transport.ts";
import type { ApiServer } from "./apiServer.ts";
import { ApiError } from "./errors.ts";
import { copyUnfrozen } from "./json.ts";

/** A client that reads more slowly than this many events come is cut off, and starts over. */
const MOST_WAITING = 20_000;

/** The runtime's seam to an API server in the same process, for one user. */
export function transportTo(api: ApiServer, user: string): Transport {
  return {
    request: (request) => requestOf(api, user, request),
    watch: (request) => watchOf(api, user, request),
  };
}

async function requestOf(api: ApiServer, user: string, request: TransportRequest): Promise<TransportResponse> {
  const { method, path, query = {}, body, contentType, accept, signal } = request;
  if (signal?.aborted) throw new TransportError(`${method} ${path}: aborted`);
  // What the client does with its own object afterwards must not reach what is stored.
  const response = api.request({ method, path, query, body: copyUnfrozen(body), contentType, accept, user });
  return { status: response.status, body: response.body };
}

async function* watchOf(api: ApiServer, user: string, request: WatchRequest): AsyncGenerator<WatchEvent, void> {
  const { path, query = {}, accept, signal } = request;
  const queue = new EventQueue();
  let close = (): void => {};
  const stop = (): void => {
    // At once, whether or not anybody still reads.
    close();
    queue.fail(new TransportError(`watch ${path}: aborted`));
  };
  if (signal?.aborted) stop();
  try {
    close = api.watch({ path, query, accept, user }, queue);
    signal?.addEventListener("abort", stop, { once: true });
    for (;;) {
      const event = await queue.next();
      if (event === undefined) return;
      yield event;
    }
  } catch (error) {
    throw error instanceof ApiError ? new WatchRefusedError(`watch ${path}: ${error.message}`, error.code) : error;
  } finally {
    signal?.removeEventListener("abort", stop);
    close();
  }
}

/** What a watch has told and its reader has not yet heard. */
class EventQueue {
  #waiting: WatchEvent[] = [];
  #isOver = false;
  #error: Error | undefined;
  #wake: () => void = () => {};

  event(event: WatchEvent): void {
    if (this.#isOver) return;
    this.#waiting.push(event);
    if (this.#waiting.length > MOST_WAITING) this.fail(new TransportError("the reader of a watch is too slow"));
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#waiting = [];
    this.end();
  }

  /** The next event, or undefined after the last one. */
  async next(): Promise<WatchEvent | undefined> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const event = this.#waiting.shift();
      if (event !== undefined || this.#isOver) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
