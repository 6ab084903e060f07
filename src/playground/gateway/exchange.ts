/** One request of a client: decided, delayed, tried, tried again, mirrored, and answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { pickEndpoint, type Stickiness, stickinessOf } from "../../simulator/mesh/balance.ts";
import type { Cluster, Endpoint } from "../../simulator/mesh/clusters.ts";
import { decide, type Forward, type LocalAnswer } from "../../simulator/mesh/decide.ts";
import { type Failure, failureOf } from "../../simulator/mesh/failure.ts";
import { editHeaders, type Headers } from "../../simulator/mesh/headerEdits.ts";
import type { MeshRequest } from "../../simulator/mesh/request.ts";
import { backoffMillisOf, type RetryPolicy, type TryOutcome, wantsRetry } from "../../simulator/mesh/retryPolicy.ts";
import { discard, outcomeOf } from "./failures.ts";
import { sendMirror } from "./mirror.ts";
import { requestHeaders, responseHeaders } from "./proxyHeaders.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Attempt, TryResult } from "./upstream.ts";

const NO_STICKINESS: Stickiness = { key: undefined, setCookie: undefined };

export class Exchange {
  readonly #around: Surroundings;
  readonly #request: MeshRequest;
  readonly #response: ServerResponse;
  readonly #source: string;
  readonly #body: Buffer | undefined;
  readonly #startedAt: number;
  readonly #over = Promise.withResolvers<"over">();
  #attempt: Attempt | undefined;
  #isOver = false;

  constructor(
    around: Surroundings,
    request: MeshRequest,
    message: IncomingMessage,
    response: ServerResponse,
    body: Buffer | undefined,
  ) {
    this.#around = around;
    this.#request = request;
    this.#response = response;
    this.#body = body;
    this.#source = message.socket.remoteAddress ?? "127.0.0.1";
    this.#startedAt = around.clock.monotonic();
  }

  async run(): Promise<void> {
    const { table, dice } = this.#around;
    const decision = decide(this.#request, table, dice);
    // Envoy's fault filter waits first and then lets the request go on, or not.
    if (decision.delayMillis > 0) await this.#sleep(decision.delayMillis);
    if (decision.kind === "answer") this.#answer(decision);
    else await this.#forward(decision);
  }

  #answer({ status, body, headers, flag, cluster, clusterName, delayMillis }: LocalAnswer): void {
    if (flag === "UH" && cluster !== undefined) {
      this.#around.metrics.happened("upstream_cx_none_healthy", cluster.name);
      this.#around.metrics.answered(cluster.name, status, this.#millis());
    } else if (clusterName !== undefined) this.#around.metrics.answered(clusterName, status, this.#millis());
    const flags = delayMillis > 0 ? (flag === "-" ? "DI" : `DI,${flag}`) : flag;
    this.#end(status, body, headers, { cluster, endpoint: undefined, flags });
  }

  async #forward(decision: Forward): Promise<void> {
    const { cluster, timeoutMillis, mirrors } = decision;
    const headers = requestHeaders(this.#request, decision, this.#source);
    const { path } = decision;
    const copy = { method: this.#request.method, path, body: this.#body, timeoutMillis: undefined };
    for (const mirror of mirrors) void sendMirror(this.#around, mirror, { ...copy, headers: { ...headers } });
    const { balance } = cluster;
    const source = this.#source;
    const sticky =
      balance.kind === "hash"
        ? stickinessOf(
            balance.by,
            { headers: this.#request.headers, path: this.#request.path, source },
            this.#around.dice,
          )
        : NO_STICKINESS;
    const expire = () => {
      if (this.#isOver) return;
      this.#around.metrics.happened("upstream_rq_timeout", cluster.name);
      this.#fail(decision, undefined, { status: 504, body: "upstream request timeout", flags: "UT" });
    };
    const cancel = timeoutMillis === undefined ? undefined : this.#around.clock.setTimer(timeoutMillis, expire);
    const gone = () => {
      if (!this.#isOver) this.#finish(cluster, undefined, 0, "DC");
    };
    this.#response.once("close", gone);
    await this.#tryUntilAnswered(decision, headers, sticky);
    cancel?.();
  }

  async #tryUntilAnswered(decision: Forward, headers: Headers, sticky: Stickiness): Promise<void> {
    const { cluster, retries } = decision;
    const failed = new Set<Endpoint>();
    for (let tries = 1; ; tries++) {
      const avoid =
        retries?.ignoresPreviousHosts === true && cluster.balance.kind !== "hash" ? failed : new Set<never>();
      const { loads, dice, metrics } = this.#around;
      const active = (other: Endpoint) => loads.active(other);
      const endpoint = pickEndpoint(cluster, { turn: loads.turn(cluster), active, avoid, key: sticky.key, dice });
      if (endpoint === undefined) return;
      const result = await this.#tryOnce(decision, endpoint, headers, tries);
      if (this.#isOver) return discard(result);
      const outcome = outcomeOf(result);
      const mayRetry = retries !== undefined && tries <= retries.attempts && wantsRetry(retries, outcome);
      if (!mayRetry) {
        this.#tellRetries(retries, outcome, { cluster, tries });
        return this.#pass(decision, endpoint, { result, tries, sticky });
      }
      discard(result);
      if (outcome.kind === "response") metrics.retried(cluster.name, outcome.status);
      metrics.happened("upstream_rq_retry", cluster.name);
      failed.add(endpoint);
      await this.#pause(retries, tries);
      if (this.#isOver) return;
    }
  }

  /** Whether the retries that there were helped. */
  #tellRetries(retries: RetryPolicy | undefined, outcome: TryOutcome, at: { cluster: Cluster; tries: number }): void {
    if (at.tries <= 1 || retries === undefined) return;
    const isGood = outcome.kind === "response" && !wantsRetry(retries, outcome);
    const event = isGood ? "upstream_rq_retry_success" : "upstream_rq_retry_limit_exceeded";
    this.#around.metrics.happened(event, at.cluster.name);
  }

  async #tryOnce(decision: Forward, endpoint: Endpoint, headers: Headers, tries: number): Promise<TryResult> {
    const { upstream, resolve, loads, metrics } = this.#around;
    const { cluster, path, retries } = decision;
    loads.begin(endpoint);
    this.#attempt = upstream.send({
      port: resolve(endpoint.address, endpoint.port),
      method: this.#request.method,
      path,
      headers: { ...headers, "x-envoy-attempt-count": String(tries) },
      body: this.#body,
      timeoutMillis: retries?.perTryMillis,
    });
    const result = await this.#attempt.result;
    loads.end(endpoint);
    const isSent = result.kind !== "connect failure";
    metrics.happened(isSent ? "upstream_rq_total" : "upstream_cx_connect_fail", cluster.name);
    if (result.kind === "per-try timeout") metrics.happened("upstream_rq_per_try_timeout", cluster.name);
    return result;
  }

  #pass(decision: Forward, endpoint: Endpoint, last: { result: TryResult; tries: number; sticky: Stickiness }): void {
    const { result, tries, sticky } = last;
    const { cluster, retries } = decision;
    const isExhausted = tries > 1 && tries > (retries?.attempts ?? 0);
    if (result.kind !== "response") {
      const { flags, body, ...failure } = failureOf(result.kind);
      const words =
        tries > 1
          ? body.replace("reset before headers. reset", "reset before headers. retried and the latest reset")
          : body;
      this.#fail(decision, endpoint, { ...failure, body: words, flags: isExhausted ? `${flags},URX` : flags });
      return;
    }
    const { response } = result;
    const headers = responseHeaders(response.headers, decision, this.#millis());
    if (sticky.setCookie !== undefined)
      headers["set-cookie"] = [...[headers["set-cookie"] ?? []].flat(), sticky.setCookie];
    const code = response.statusCode ?? 502;
    const delayed = decision.delayMillis > 0 ? "DI" : "-";
    this.#around.metrics.answered(cluster.name, code, this.#millis());
    const flags = isExhausted && retries && wantsRetry(retries, outcomeOf(result)) ? "URX" : delayed;
    this.#response.writeHead(code, headers as Record<string, string | string[]>);
    response.on("error", () => this.#response.destroy());
    response.once("end", () => this.#finish(cluster, endpoint, code, flags));
    response.pipe(this.#response);
  }

  #fail({ cluster, responseEdits }: Forward, endpoint: Endpoint | undefined, { status, body, flags }: Failure): void {
    this.#around.metrics.answered(cluster.name, status, this.#millis());
    const headers: Headers = {};
    for (const edits of responseEdits) editHeaders(headers, edits);
    this.#end(status, body, headers, { cluster, endpoint, flags });
  }

  #end(
    status: number,
    body: string,
    headers: Headers,
    more: { cluster: Cluster | undefined; endpoint: Endpoint | undefined; flags: string },
  ): void {
    const type: Headers = body === "" ? {} : { "content-type": "text/plain" };
    const length = String(Buffer.byteLength(body));
    const all = { ...type, ...headers, server: "istio-envoy", "content-length": length };
    this.#response.writeHead(status, all as Record<string, string | string[]>).end(body);
    this.#finish(more.cluster, more.endpoint, status, more.flags);
  }

  #finish(cluster: Cluster | undefined, endpoint: Endpoint | undefined, code: number, flags: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#over.resolve("over");
    if (flags === "DC" || flags === "UT") this.#attempt?.abort();
    this.#around.metrics.finished({ cluster, endpoint, code, flags, millis: this.#millis() });
  }

  #pause(policy: RetryPolicy, tries: number): Promise<unknown> {
    return this.#sleep(backoffMillisOf(policy, tries, this.#around.dice.next()));
  }

  /** Ends early when all is over. */
  #sleep(millis: number): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#around.clock.setTimer(millis, resolve);
    return Promise.race([promise, this.#over.promise.then(cancel)]);
  }

  #millis(): number {
    return this.#around.clock.monotonic() - this.#startedAt;
  }
}
