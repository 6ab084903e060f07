import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { PrometheusDriver } from "prometheus-query";
import { type Duration, type Instant, seconds } from "../../domain/time.ts";
import { NO_ADDRESS, readAddress } from "./address.ts";
import { type Failure, faultOfPing, PING, sampleOfBody, sampleOfFailure, sampleOfSilence } from "./httpAnswer.ts";
import { collapse } from "./promql.ts";
import { type Sample, unmeasurable } from "./sample.ts";
import { SharedQuestions } from "./sharedQuestions.ts";

/** Where to ask and as whom. A bearer token goes before a name and password, as in Flagger. */
export interface PrometheusServer {
  /** http or https, with the path under which the server's own `/api/v1` stands. */
  readonly address: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly bearerToken?: string;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  readonly insecureSkipVerify?: boolean;
}

/** Asks a server of Prometheus's kind. Never rejects: what went wrong is told by the sample. */
export interface PrometheusClient {
  /** The value of an instant query at that time. The same question asked twice at once is one request. */
  query(server: PrometheusServer, query: string, at: Instant, signal?: AbortSignal): Promise<Sample>;
  /** What keeps the server from answering 1 to `vector(1)`, or undefined when nothing does. */
  ping(server: PrometheusServer, at: Instant, signal?: AbortSignal): Promise<string | undefined>;
  /** Close the connections that are kept open. */
  close(): void;
}

/** An answer for one metric is one number: what is longer than this is another query than was meant. */
const MAX_ANSWER_BYTES = 4 << 20;
const MAX_REDIRECTS = 5;

/** A client with its own connections. Each request, redirects and body included, ends within `deadline`. */
export function createPrometheusClient(deadline: Duration = seconds(5)): PrometheusClient {
  return new HttpClient(deadline);
}

class HttpClient implements PrometheusClient {
  readonly #deadline: Duration;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });
  readonly #httpsUnverified = new HttpsAgent({ keepAlive: true, rejectUnauthorized: false });
  readonly #questions = new SharedQuestions();

  constructor(deadline: Duration) {
    this.#deadline = deadline;
  }

  async query(server: PrometheusServer, query: string, at: Instant, signal?: AbortSignal): Promise<Sample> {
    const asked = collapse(query);
    const key = JSON.stringify([server, asked, at]);
    return this.#questions.ask(key, (abandon) => this.#ask(server, asked, at, abandon), signal);
  }

  async ping(server: PrometheusServer, at: Instant, signal?: AbortSignal): Promise<string | undefined> {
    return faultOfPing(await this.query(server, PING, at, signal));
  }

  close(): void {
    for (const agent of [this.#http, this.#https, this.#httpsUnverified]) agent.destroy();
  }

  async #ask(server: PrometheusServer, query: string, at: Instant, abandon: AbortController): Promise<Sample> {
    const address = readAddress(server.address);
    if (address === undefined) return NO_ADDRESS;
    const outcome: Outcome = { sample: undefined };
    const late = sampleOfSilence(this.#deadline);
    const timer = setTimeout(() => {
      outcome.sample ??= late;
      abandon.abort();
    }, this.#deadline);
    try {
      await this.#driver(server, address, outcome, abandon.signal).instantQuery(query, new Date(at));
    } catch (cause) {
      outcome.sample ??= sampleOfFailure(readFailure(cause));
    } finally {
      clearTimeout(timer);
    }
    return outcome.sample ?? unmeasurable("the answer could not be read");
  }

  /**
   * A driver for one request. The library makes infinities NaN, breaks on native histograms, and loses warnings, HTTP
   * status and Retry-After, so everything is read in its interceptors, into `outcome`, before it sees it. Its options
   * are fixed when it is made, and making one is cheap, so each request has its own and no state is shared.
   */
  #driver(server: PrometheusServer, address: URL, outcome: Outcome, signal: AbortSignal): PrometheusDriver {
    const httpsAgent = server.insecureSkipVerify === true ? this.#httpsUnverified : this.#https;
    return new PrometheusDriver({
      endpoint: address.origin + address.pathname.replace(/\/+$/, ""),
      headers: headersOf(server, address),
      timeout: this.#deadline,
      requestInterceptor: {
        onFulfilled: (config) => {
          // Proxies of the environment are for the internet; a metrics server is inside the cluster.
          Object.assign(config, { signal, proxy: false, httpAgent: this.#http, httpsAgent });
          Object.assign(config, { maxContentLength: MAX_ANSWER_BYTES, maxRedirects: MAX_REDIRECTS });
          config.beforeRedirect = (target) => refuseForeign(address, target, outcome);
          return config;
        },
      },
      responseInterceptor: {
        onFulfilled: (response) => {
          outcome.sample ??= sampleOfBody(
            response.status,
            response.data,
            String(response.headers["content-type"] ?? ""),
          );
          return { ...response, data: { status: "success", data: { resultType: "vector", result: [] } } };
        },
        onRejected: (error) => {
          outcome.sample ??= sampleOfFailure(readFailure(error));
          throw error;
        },
      },
    });
  }
}

interface Outcome {
  sample: Sample | undefined;
}

function headersOf(server: PrometheusServer, address: URL): Readonly<Record<string, string | readonly string[]>> {
  const { bearerToken, basicAuth } = server;
  const inAddress =
    address.username !== ""
      ? { username: decodeURIComponent(address.username), password: decodeURIComponent(address.password) }
      : undefined;
  const login = basicAuth ?? inAddress;
  const given = Object.entries(server.headers ?? {}).map(([name, values]) => [name.toLowerCase(), values] as const);
  const headers: Record<string, string | readonly string[]> = { "user-agent": "serin", ...Object.fromEntries(given) };
  if (bearerToken !== undefined) headers["authorization"] = `Bearer ${bearerToken}`;
  else if (login !== undefined)
    headers["authorization"] = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  return headers;
}

/** Credentials go to the host they were given for. A redirect to another one is a login page, not an answer. */
function refuseForeign(address: URL, target: Readonly<Record<string, unknown>>, outcome: Outcome): void {
  const downgrades = address.protocol === "https:" && target["protocol"] !== "https:";
  if (target["hostname"] === address.hostname && !downgrades) return;
  outcome.sample = unmeasurable(
    `the server redirects to ${String(target["protocol"])}//${String(target["hostname"])}; give the address of its API`,
  );
  throw new Error("redirect refused");
}

/** What the library or its HTTP client threw, which may be a plain object, or an error inside one. */
function readFailure(thrown: unknown): Failure {
  if (typeof thrown !== "object" || thrown === null) return { message: String(thrown) };
  return "original" in thrown ? readFailure(thrown.original) : (thrown as Failure);
}
