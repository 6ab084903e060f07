import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Clock } from "../../runtime/clock.ts";
import type { EngineOptions } from "../../simulator/promql/evaluator.ts";
import { failure, type Reply } from "../../simulator/promql/reply.ts";
import type { SeriesStore } from "../../simulator/promql/seriesStore.ts";
import { answer } from "./api.ts";
import type { TargetReport } from "./scraper.ts";

/** A metrics server that answers as Prometheus does, whatever stands behind it. */
export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface EndpointOptions {
  readonly store: SeriesStore;
  readonly clock: Clock;
  /** 0, or nothing: any that is free. */
  readonly port?: number;
  readonly engine?: Partial<EngineOptions>;
  readonly targets?: () => readonly TargetReport[];
}

const LOOPBACK = "127.0.0.1";
const MOST_BODY_BYTES = 10 << 20;

/** Prometheus's HTTP API over a store, on loopback. Rejects when the port is taken. */
export async function startEndpoint(options: EndpointOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => void serve(options, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, LOOPBACK, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://${LOOPBACK}:${port}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(options: EndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, contentType, body } = await reply(options, request).catch((error: unknown) =>
    failure(400, "bad_data", error instanceof Error ? error.message : String(error)),
  );
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

async function reply(options: EndpointOptions, request: IncomingMessage): Promise<Reply> {
  const { pathname, searchParams } = new URL(request.url ?? "/", `http://${LOOPBACK}`);
  const method = request.method ?? "GET";
  // What the body says goes before what the address says.
  const posted = method === "POST" ? [...new URLSearchParams(await readBody(request))] : [];
  const parameters = new URLSearchParams([...posted, ...searchParams]);
  const { store, engine = {}, clock, targets = () => [] } = options;
  return answer(method, pathname, parameters, { store, options: engine, now: () => clock.now(), targets });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MOST_BODY_BYTES) throw new Error("http: request body too large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
