import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { PrometheusMeters } from "./meters.ts";

/** Whether this instance is fit to serve, and if not, what it waits for. */
export interface Readiness {
  /** `leader` or `standby` once every cache is filled. */
  readonly role: "leader" | "standby";
  /** Kinds whose caches are not filled yet; empty means ready. */
  readonly waitingFor: readonly string[];
}

export interface HttpOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly meters: PrometheusMeters;
  readonly readiness: () => Readiness;
}

/** Serve /healthz, /readyz and /metrics. Rejects when the port is taken. Answers the port and how to stop. */
export async function serveHttp(options: HttpOptions): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      response.writeHead(500).end(error instanceof Error ? error.message : "failed");
    });
  });
  await listening(server, options.port);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, options: HttpOptions): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  switch (new URL(request.url ?? "/", "http://localhost").pathname) {
    case "/healthz":
      return text(response, 200, "OK");
    case "/readyz":
      return ready(response, options.readiness());
    case "/metrics": {
      const { contentType, text: body } = await options.meters.render();
      response.writeHead(200, { "content-type": contentType }).end(body);
      return;
    }
    default:
      return text(response, 404, "not found; there are /healthz, /readyz and /metrics");
  }
}

function ready(response: ServerResponse, { role, waitingFor }: Readiness): void {
  if (waitingFor.length === 0) text(response, 200, `ready: ${role}`);
  else text(response, 503, `not ready: waiting for ${waitingFor.join(", ")}`);
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${body}\n`);
}
