import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Clock } from "../../runtime/clock.ts";
import { Limiter } from "../../runtime/limiter.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
  type WatchEvent,
  WatchRefusedError,
  type WatchRequest,
} from "../../runtime/transport.ts";
import { type ConfigSource, CredentialSource, type Credentials, loadConfig } from "./credentials.ts";
import { Deadline, sleep, unlessAborted } from "./deadline.ts";
import { WatchLines } from "./watchLines.ts";

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly source: ConfigSource;
  /** For example `serin/0.1.0`. */
  readonly userAgent: string;
  /** Requests a second in the long run, and at once after a quiet time. No limit where qps is zero. */
  readonly qps: number;
  readonly burst: number;
}

interface Route {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly prefix: string;
  readonly fingerprint: string;
}

interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query: Readonly<Record<string, string>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** What is read of the body of a watch that was refused. */
const LONGEST_REFUSAL = 2_000;

/** The Transport of production: client-node's configuration and authentication, one shared pool of connections. */
export class Connection implements Transport {
  readonly #clock: Clock;
  readonly #userAgent: string;
  readonly #limiter: Limiter;
  readonly #credentials: CredentialSource;
  #route: Route | undefined;

  /** Reads the configuration; throws where there is none. Connects when first asked. */
  constructor({ clock, source, userAgent, qps, burst }: ConnectionOptions) {
    this.#clock = clock;
    this.#userAgent = userAgent;
    this.#limiter = new Limiter({ clock, qps, burst });
    this.#credentials = new CredentialSource({ clock, load: () => loadConfig(source) });
  }

  /** The namespace that the configuration names, if any. */
  get namespace(): string | undefined {
    return this.#credentials.namespace;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const { method, path, query, body, contentType = "application/json", accept = "application/json" } = request;
    const dueAt = this.#clock.monotonic() + request.timeoutMillis;
    const deadline = new Deadline(this.#clock, request.signal);
    deadline.set(request.timeoutMillis, "deadline passed");
    const headers = body === undefined ? { accept } : { accept, "content-type": contentType };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const call: Call = { method, path, query, headers, body: text, signal: deadline.signal };
    try {
      for (;;) {
        const response = await read(await this.#send(call));
        // The server asks for patience and has done nothing: granted, within the time that we have.
        const waitMillis = (response.retryAfterSeconds ?? 0) * 1000;
        const isTime = this.#clock.monotonic() + waitMillis < dueAt;
        if (response.status !== 429 || waitMillis === 0 || !isTime) return response;
        await sleep(this.#clock, waitMillis, deadline.signal);
      }
    } catch (error) {
      throw asTransportError(error, `${method} ${path}`);
    } finally {
      deadline.end();
    }
  }

  async *watch({ path, query, accept, idleTimeoutMillis, signal }: WatchRequest): AsyncGenerator<WatchEvent, void> {
    const deadline = new Deadline(this.#clock, signal);
    deadline.set(idleTimeoutMillis, "the watch is silent");
    const headers = { accept: accept ?? "application/json" };
    const call: Call = {
      method: "GET",
      path,
      query: { ...query, watch: "1" },
      headers,
      body: undefined,
      signal: deadline.signal,
    };
    try {
      const answer = await this.#send(call);
      if (answer.statusCode !== 200) throw await refusal(path, answer);
      const lines = new WatchLines();
      for await (const chunk of answer.body) {
        // Silence is the server's. However long our own consumer takes must not count.
        deadline.pause();
        yield* lines.feed(chunk);
        deadline.set(idleTimeoutMillis, "the watch is silent");
      }
      lines.finish();
    } catch (error) {
      throw error instanceof WatchRefusedError ? error : asTransportError(error, `watch ${path}`);
    } finally {
      deadline.end();
    }
  }

  /** Close all connections. What is under way fails. */
  async close(): Promise<void> {
    const route = this.#route;
    this.#route = undefined;
    await route?.dispatcher.destroy();
  }

  async #send(call: Call): Promise<Dispatcher.ResponseData> {
    await this.#limiter.acquire(call.signal);
    const credentials = await unlessAborted(this.#credentials.current(), call.signal);
    const answer = await this.#dispatch(call, credentials);
    if (answer.statusCode !== 401) return answer;
    // The token may have been replaced since it was read. The server has done nothing, so once more is safe.
    this.#credentials.refused(credentials);
    await answer.body.dump();
    return this.#dispatch(call, await unlessAborted(this.#credentials.current(), call.signal));
  }

  #dispatch(
    { method, path, query, headers, body, signal }: Call,
    credentials: Credentials,
  ): Promise<Dispatcher.ResponseData> {
    const { dispatcher, origin, prefix } = this.#routeFor(credentials);
    const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
    return dispatcher.request({
      origin,
      path: `${prefix}${path}${search}`,
      method,
      headers: { ...headers, ...credentials.headers, "user-agent": this.#userAgent },
      body: body ?? null,
      signal,
      // Every call has a deadline of its own, so undici's would only be a second opinion.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  #routeFor({ server, proxyUrl, tls, fingerprint }: Credentials): Route {
    if (this.#route?.fingerprint === fingerprint) return this.#route;
    const { origin, pathname } = new URL(server);
    // Calls under way keep the connections they have; close() lets them finish.
    void this.#route?.dispatcher.close();
    // Undici's own delay of a minute loses the race against load balancers that drop idle connections after one.
    const connect = { ...tls, keepAlive: true, keepAliveInitialDelay: 30_000 };
    // HTTP/1.1: a watch has its connection to itself, and a stalled or dropped connection takes one call down, not all.
    const options = { connect, allowH2: false, keepAliveTimeout: 30_000 };
    const dispatcher =
      proxyUrl === undefined ? new Agent(options) : new ProxyAgent({ ...options, uri: proxyUrl, requestTls: tls });
    this.#route = { dispatcher, origin, prefix: pathname.replace(/\/$/, ""), fingerprint };
    return this.#route;
  }
}

async function read({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<TransportResponse> {
  const text = await body.text();
  const retryAfterSeconds = retryAfter(headers);
  return {
    status: statusCode,
    body: parseBody(text),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Proxies, and the API server when it is in trouble, answer in plain text; the status says the rest.
    return text;
  }
}

async function refusal(
  path: string,
  { statusCode, headers, body }: Dispatcher.ResponseData,
): Promise<WatchRefusedError> {
  const text = (await body.text()).slice(0, LONGEST_REFUSAL);
  return new WatchRefusedError(`watch ${path}: ${statusCode} ${text}`, statusCode, retryAfter(headers));
}

function retryAfter(headers: Dispatcher.ResponseData["headers"]): number | undefined {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function asTransportError(error: unknown, what: string): TransportError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TransportError(`${what}: ${reason}`, { cause: error });
}
