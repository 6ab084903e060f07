/** The program in a pod: real HTTP on the pod's own address. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Behaviour } from "./behaviour.ts";
import type { Sidecar } from "./sidecarMetrics.ts";

/** A request that came with `x-remember`, as it arrived; read at `/-/requests`. */
interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
}

const mostRemembered = 1000;

export class PodServer {
  readonly #name: string;
  readonly #behaviour: () => Behaviour;
  readonly #sidecar: Sidecar;
  readonly #servers: Server[] = [];
  readonly #received: Received[] = [];
  #served = 0;
  #closing = false;

  constructor(name: string, behaviour: () => Behaviour, sidecar: Sidecar) {
    this.#name = name;
    this.#behaviour = behaviour;
    this.#sidecar = sidecar;
  }

  async listen(address: string, ports: readonly number[]): Promise<void> {
    for (const port of ports) {
      const server = createServer((request, response) => void this.#answer(request, response));
      // Closing an idle connection under the gateway's hand would lose requests that no rollout lost.
      Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
      this.#servers.push(server);
      server.listen(port, address);
      await once(server, "listening");
    }
  }

  /** From now on connections are refused; those in use close after their response. */
  close(): void {
    this.#closing = true;
    for (const server of this.#servers) server.close();
  }

  /** Nothing of it is left afterwards. */
  destroy(): void {
    this.close();
    for (const server of this.#servers) server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    if (request.url === "/-/requests") return void response.end(JSON.stringify(this.#received));
    if (request.headers["x-remember"] && this.#received.length < mostRemembered) this.#received.push(glance(request));
    const { errorPercent, latencyMillis, version } = this.#behaviour();
    // What one request wants of the pod: `status=503`, `latency=200`, `reset`.
    const play = String(request.headers["x-play"] ?? "");
    if (play.includes("reset")) return void request.socket.destroy();
    // Exactly the share that was asked for, evenly spread: tests that count must not also have to gamble.
    const served = this.#served++;
    const fails = Math.floor(((served + 1) * errorPercent) / 100) > Math.floor((served * errorPercent) / 100);
    const code = Number(/status=(\d+)/.exec(play)?.[1] ?? (fails ? 500 : 200));
    request.resume();
    const wait = Number(/latency=(\d+)/.exec(play)?.[1] ?? latencyMillis);
    if (wait > 0) await sleep(wait);
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "x-version": version,
      "x-pod": this.#name,
    };
    if (this.#closing) headers["connection"] = "close";
    response.writeHead(code, headers).end(JSON.stringify({ version, pod: this.#name }));
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    this.#sidecar.record({ host, code, millis: performance.now() - started });
  }
}

function glance({ method, url, headers }: IncomingMessage): Received {
  return { method, url, headers };
}
