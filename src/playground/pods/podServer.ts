/** The program in a pod: real HTTP on a free port of loopback. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock } from "../../runtime/clock.ts";
import type { Behaviour } from "../../simulator/pods/behaviour.ts";
import type { PodMetrics } from "./podMetrics.ts";

const LOOPBACK = "127.0.0.1";
/** Of the requests that ask for it with this header, a pod remembers so many. Read them at `/-/requests`. */
const REMEMBER = "x-remember";
const MOST_REMEMBERED = 1000;
/** What one request wants of the pod: `status=503`, `latency=200`, `reset`. */
const PLAY = "x-play";

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
}

export interface PodServerOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly behaviour: () => Behaviour;
  readonly metrics: PodMetrics;
}

export class PodServer {
  readonly #options: PodServerOptions;
  readonly #received: Received[] = [];
  #server: Server | undefined;
  #served = 0;
  #isClosing = false;

  constructor(options: PodServerOptions) {
    this.#options = options;
  }

  /** The port of loopback that it listens on; undefined while it does not. */
  get port(): number | undefined {
    const address = this.#server?.listening === true ? this.#server.address() : null;
    return typeof address === "object" && address !== null ? address.port : undefined;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response));
    // Closing an idle connection under the gateway's hand would lose requests that no rollout lost.
    Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
    this.#isClosing = false;
    this.#server = server;
    server.listen(0, LOOPBACK);
    await once(server, "listening");
  }

  /** From now on connections are refused; those in use close after their response. */
  close(): void {
    this.#isClosing = true;
    this.#server?.close();
  }

  /** Nothing of it is left afterwards. */
  destroy(): void {
    this.close();
    this.#server?.closeAllConnections();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const { url = "/", method = "GET", headers } = request;
    if (url === "/metrics") return void reply(response, "text/plain; version=0.0.4", this.#options.metrics.text());
    if (url === "/-/requests") return void reply(response, "application/json", JSON.stringify(this.#received));
    if (headers[REMEMBER] !== undefined) {
      this.#received.push({ method, url, headers });
      if (this.#received.length > MOST_REMEMBERED) this.#received.shift();
    }
    const play = playOf(headers[PLAY]);
    if (play.resets) return void request.socket.destroy();
    const startedAt = this.#options.clock.monotonic();
    const { latencyMillis } = this.#options.behaviour();
    const code = play.status ?? (this.#isNextBad() ? 500 : 200);
    const wait = play.latencyMillis ?? latencyMillis;
    const finish = () => this.#finish(request, response, code, startedAt);
    if (wait > 0) this.#options.clock.setTimer(wait, finish);
    else finish();
  }

  #finish(request: IncomingMessage, response: ServerResponse, code: number, startedAt: number): void {
    const { name, behaviour, metrics, clock } = this.#options;
    const { version } = behaviour();
    const headers: Record<string, string> = { "content-type": "application/json", "x-version": version, "x-pod": name };
    if (this.#isClosing) headers["connection"] = "close";
    response.writeHead(code, headers).end(JSON.stringify({ version, pod: name }));
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    metrics.record({ host, code, method: request.method ?? "GET", millis: clock.monotonic() - startedAt });
  }

  /** Exactly the share that was asked for, evenly spread: whoever counts must not also have to gamble. */
  #isNextBad(): boolean {
    const { errorPercent } = this.#options.behaviour();
    const served = this.#served++;
    return Math.floor(((served + 1) * errorPercent) / 100) > Math.floor((served * errorPercent) / 100);
  }
}

interface Play {
  readonly resets: boolean;
  readonly status: number | undefined;
  readonly latencyMillis: number | undefined;
}

function playOf(header: string | readonly string[] | undefined): Play {
  const text = String(header ?? "");
  const number = (name: string) => {
    const found = new RegExp(`${name}=(\\d+)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return { resets: text.includes("reset"), status: number("status"), latencyMillis: number("latency") };
}

function reply(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { "content-type": type }).end(body);
}
