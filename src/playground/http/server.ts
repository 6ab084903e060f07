import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Method } from "../../runtime/transport.ts";
import type { ApiServer } from "../../simulator/api/apiServer.ts";
import { ApiError } from "../../simulator/api/errors.ts";
import type { ApiRequest, ApiResponse } from "../../simulator/api/exchange.ts";
import { EventPrinter } from "./eventPrinter.ts";
import { WatchStream } from "./watchStream.ts";

export interface ApiFrontOptions {
  readonly api: ApiServer;
  /** 0, and where it is taken already, is any free port. */
  readonly port?: number;
  readonly host?: string;
}

const LARGEST_BODY = 3 * 1024 * 1024;

/** The API server on a port of this machine, so that kubectl and an unchanged controller can talk to it. */
export class ApiFront {
  readonly #api: ApiServer;
  readonly #server: Server;
  readonly #printer = new EventPrinter();
  readonly #streams = new Set<WatchStream>();

  private constructor(api: ApiServer) {
    this.#api = api;
    this.#server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
      this.#handle(request, response).catch((error: unknown) => answerFailure(response, error));
    });
    // Clients of watches come a thousand at a time.
    this.#server.maxConnections = 20_000;
  }

  static async listen({ api, port = 0, host = "127.0.0.1" }: ApiFrontOptions): Promise<ApiFront> {
    const front = new ApiFront(api);
    await front.#listen(port, host).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE" || port === 0) throw error;
      return front.#listen(0, host);
    });
    return front;
  }

  /** For example `http://127.0.0.1:40123`. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  /** End every watch and every connection. */
  async close(): Promise<void> {
    for (const stream of this.#streams) stream.end();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, 4_096, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request instanceof ApiError) return answer(response, { status: request.code, body: request.body });
    const watch = request.query?.["watch"];
    // Of a single object there is no stream: it is simply shown.
    const isWatch = (watch === "true" || watch === "1") && this.#api.isCollection(request.path);
    if (request.method === "GET" && isWatch) return this.#watch(request, response);
    answer(response, this.#api.request(request));
  }

  #watch(request: ApiRequest, response: ServerResponse): void {
    const stream = new WatchStream(response, this.#printer);
    try {
      stream.begin(this.#api.watch(request, stream));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answer(response, { status: error.code, body: error.body });
      return;
    }
    this.#streams.add(stream);
    response.once("close", () => {
      this.#streams.delete(stream);
      stream.end();
    });
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ApiRequest | ApiError> {
  const { method = "GET", url = "/", headers } = incoming;
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const body = await readBody(incoming);
  if (body instanceof ApiError) return body;
  return {
    method: method as Method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    body,
    contentType: headers["content-type"],
    accept: headers.accept,
    user: headers["user-agent"],
  };
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined | ApiError> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) {
      return new ApiError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${LARGEST_BODY}`);
    }
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  return Buffer.concat(chunks);
}

function answer(response: ServerResponse, { status, body, contentType, warnings = [] }: ApiResponse): void {
  const isText = typeof body === "string";
  const content = isText || body instanceof Uint8Array ? body : `${JSON.stringify(body)}\n`;
  if (warnings.length > 0) {
    response.setHeader(
      "warning",
      warnings.map((warning) => `299 - ${JSON.stringify(warning)}`),
    );
  }
  response.writeHead(status, {
    "content-type": contentType ?? (isText ? "text/plain; charset=utf-8" : "application/json"),
    "content-length": Buffer.byteLength(content),
    "cache-control": "no-cache, private",
  });
  response.end(content);
}

/** A fault of ours, or a client that went away in the middle of its request. */
function answerFailure(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (response.headersSent) response.destroy();
  else answer(response, { status: 500, body: new ApiError(500, "InternalError", message).body });
}
