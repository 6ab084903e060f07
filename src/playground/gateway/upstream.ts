/** One try at one pod. */
import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { Clock } from "../../runtime/clock.ts";

export interface Try {
  /** Of loopback; undefined where nothing listens. */
  readonly port: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | undefined;
  readonly timeoutMillis: number | undefined;
}

export type TryResult =
  | { readonly kind: "response"; readonly response: IncomingMessage }
  | { readonly kind: "connect failure" }
  | { readonly kind: "reset" }
  | { readonly kind: "per-try timeout" };

export interface Attempt {
  readonly result: Promise<TryResult>;
  /** Give it up: its connection is closed, and its result, if there is none yet, is a reset. */
  abort(): void;
}

const LOOPBACK = "127.0.0.1";

/** Kept-alive connections to pods, as a proxy holds them. */
export class Upstream {
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  send({ port, method, path, headers, body, timeoutMillis }: Try): Attempt {
    if (port === undefined) return { result: Promise.resolve({ kind: "connect failure" }), abort: () => {} };
    const { promise, resolve } = Promise.withResolvers<TryResult>();
    const request = httpRequest({ agent: this.#agent, host: LOOPBACK, port, method, path, headers });
    let isConnected = false;
    request.once("socket", (socket) => {
      isConnected = !socket.connecting;
      if (!isConnected) socket.once("connect", () => (isConnected = true));
    });
    request.once("response", (response) => resolve({ kind: "response", response }));
    request.on("error", () => resolve({ kind: isConnected ? "reset" : "connect failure" }));
    const cancel =
      timeoutMillis === undefined
        ? undefined
        : this.#clock.setTimer(timeoutMillis, () => {
            resolve({ kind: "per-try timeout" });
            request.destroy();
          });
    if (cancel !== undefined) void promise.then(cancel);
    request.end(body);
    return { result: promise, abort: () => request.destroy() };
  }

  close(): void {
    this.#agent.destroy();
  }
}
