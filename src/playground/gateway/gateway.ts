/** The way into the playground's cluster: one HTTP server that does what Istio's objects say, as an ingress gateway would. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { RouteTable } from "../../simulator/mesh/table.ts";
import type { ScrapeTarget } from "../pods/scrapeTarget.ts";
import { Exchange } from "./exchange.ts";
import { GatewayMetrics } from "./gatewayMetrics.ts";
import { Loads } from "./loads.ts";
import { MeshWatch, type MeshWatchOptions } from "./meshWatch.ts";
import { Upstream } from "./upstream.ts";

export interface GatewayOptions extends MeshWatchOptions {
  /** The port of loopback where a pod's port is; undefined where a connection would be refused. */
  readonly resolve: (address: string, port: number) => number | undefined;
  /** Of loopback; any free one unless told otherwise. */
  readonly port?: number;
  readonly adminPort?: number;
  /** Here the gateway is the sidecar of a client in the mesh: `Host` names a Service and its port. */
  readonly meshPort?: number;
  /** The port of the Gateway object that clients mean; the lowest that any Gateway serves unless told otherwise. */
  readonly serves?: number;
}

const LOOPBACK = "127.0.0.1";
const MOST_BODY_BYTES = 16 * 2 ** 20;
const USUAL_PORT = 80;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #watch: MeshWatch;
  readonly #upstream: Upstream;
  readonly #metrics = new GatewayMetrics();
  readonly #loads = new Loads();
  readonly #servers: { readonly ingress: Server; readonly mesh: Server; readonly admin: Server };

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#watch = new MeshWatch(options);
    this.#upstream = new Upstream(options.clock);
    this.#servers = {
      ingress: createServer((request, response) => this.#take(request, response, "ingress")),
      mesh: createServer((request, response) => this.#take(request, response, "mesh")),
      admin: createServer((request, response) => this.#administer(request, response)),
    };
  }

  /** Resolves once it serves by all that is written in the cluster. Rejects when a port is taken. */
  async start(): Promise<void> {
    const { port = 0, meshPort = 0, adminPort = 0 } = this.#options;
    const { ingress, mesh, admin } = this.#servers;
    for (const server of [ingress, mesh])
      Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
    await Promise.all([listen(ingress, port), listen(mesh, meshPort), listen(admin, adminPort)]);
    await this.#watch.start();
  }

  stop(): void {
    this.#watch.stop();
    for (const server of Object.values(this.#servers)) {
      server.close();
      server.closeAllConnections();
    }
    this.#upstream.close();
  }

  get url(): string {
    return urlOf(this.#servers.ingress);
  }

  get meshUrl(): string {
    return urlOf(this.#servers.mesh);
  }

  get adminUrl(): string {
    return urlOf(this.#servers.admin);
  }

  /** What it obeys now. */
  get table(): RouteTable {
    return this.#watch.table;
  }

  /** Requests that no pod answered. */
  get lost(): number {
    return this.#metrics.lost;
  }

  /** Its one target, as Prometheus would find it by the pod that it would be. */
  scrapeTargets(): readonly ScrapeTarget[] {
    const labels = {
      job: "istio-ingressgateway",
      instance: this.#servers.admin.listening ? this.adminUrl.replace("http://", "") : "",
      namespace: "istio-system",
      pod: "istio-ingressgateway-0",
      app: "istio-ingressgateway",
    };
    return [{ labels, text: () => this.#text() }];
  }

  #take(message: IncomingMessage, response: ServerResponse, gateway: "ingress" | "mesh"): void {
    const { headers } = message;
    const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
    if (!hasBody) {
      this.#exchange(message, response, gateway, undefined);
      return;
    }
    // Kept whole, so that it can be sent again, and to a mirror.
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MOST_BODY_BYTES) chunks.push(chunk);
    });
    message.once("end", () => {
      if (bytes > MOST_BODY_BYTES) response.writeHead(413).end("Payload Too Large");
      else this.#exchange(message, response, gateway, Buffer.concat(chunks));
    });
  }

  #exchange(
    message: IncomingMessage,
    response: ServerResponse,
    gateway: "ingress" | "mesh",
    body: Buffer | undefined,
  ): void {
    const { table } = this.#watch;
    const { clock, random: dice, resolve, serves, log } = this.#options;
    const { host = "" } = message.headers;
    const asked = Number(/:(\d+)$/.exec(host)?.[1] ?? USUAL_PORT);
    const { host: _host, ...headers } = message.headers;
    const request = {
      gateway,
      port: gateway === "mesh" ? asked : (serves ?? table.ports[0] ?? USUAL_PORT),
      host,
      scheme: "http",
      method: message.method ?? "GET",
      path: message.url ?? "/",
      headers: body === undefined ? headers : { ...headers, "content-length": String(body.length) },
    };
    const around = {
      clock,
      dice,
      table,
      resolve,
      upstream: this.#upstream,
      metrics: this.#metrics,
      loads: this.#loads,
    };
    new Exchange(around, request, message, response, body).run().catch((error: unknown) => {
      log.error({ error }, "the gateway failed on a request");
      response.destroy();
    });
  }

  #administer({ url = "/" }: IncomingMessage, response: ServerResponse): void {
    const [path] = url.split("?");
    if (path === "/stats/prometheus") {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(this.#text());
    } else if (path === "/ready") response.writeHead(200).end("LIVE\n");
    else response.writeHead(404).end("only /stats/prometheus and /ready are here\n");
  }

  #text(): string {
    return this.#metrics.text(this.#watch.table.clusters.made, (endpoint) => this.#loads.active(endpoint));
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOOPBACK);
  await once(server, "listening");
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://${LOOPBACK}:${typeof address === "object" && address !== null ? address.port : 0}`;
}
