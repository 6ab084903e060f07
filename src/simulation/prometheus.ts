import { NO_ADDRESS, readAddress } from "../adapters/metrics/address.ts";
import { faultOfPing, PING, sampleOfBody, sampleOfFailure, sampleOfSilence } from "../adapters/metrics/httpAnswer.ts";
import type { PrometheusClient, PrometheusServer } from "../adapters/metrics/prometheus.ts";
import { collapse } from "../adapters/metrics/promql.ts";
import { type Sample, unmeasurable } from "../adapters/metrics/sample.ts";
import { SharedQuestions } from "../adapters/metrics/sharedQuestions.ts";
import { type Duration, type Instant, millis, seconds } from "../domain/time.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { type Reply, success } from "../simulator/promql/reply.ts";

/** What may go wrong between the controller and the metrics server. */
export interface QueryWeather {
  /**
   * Asked once for each query. `ok`: the server answers as it should. `empty`: with a vector of nothing. `502`: a proxy
   * before it does in its stead. `refused`: there is nobody. `timeout`: nothing comes.
   */
  query(user: string): "ok" | "empty" | "502" | "refused" | "timeout";
}

export interface SimulatedPrometheusOptions {
  /** Answers for a moment in milliseconds since the epoch. */
  readonly metrics: { answer(query: string, atMillis: number): Reply };
  readonly clock: Clock;
  /** Draws how long answers take. */
  readonly random: Random;
  readonly weather?: QueryWeather;
  /** Who asks, to the weather. */
  readonly user?: string;
  /** Each request ends within it; 5 s unless told otherwise, as the controller has it. */
  readonly deadline?: Duration;
}

/**
 * The metrics server of a simulated world, as the engine asks it: the body that a real one would send is read as the
 * controller reads it, once it has come. Never rejects, as the interface has it.
 */
export function simulatedPrometheus(options: SimulatedPrometheusOptions): PrometheusClient {
  return new SimulatedClient(options);
}

const SHORTEST_MILLIS = 2;
const LONGEST_MILLIS = 400;
/** A connection that nobody takes is refused at once. */
const REFUSED_MILLIS = 1;

const JSON_TYPE = "application/json";
const EMPTY = success({ resultType: "vector", result: [] });
const BAD_GATEWAY =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

class SimulatedClient implements PrometheusClient {
  readonly #options: SimulatedPrometheusOptions;
  readonly #deadline: Duration;
  readonly #questions = new SharedQuestions();

  constructor(options: SimulatedPrometheusOptions) {
    this.#options = options;
    this.#deadline = options.deadline ?? seconds(5);
  }

  query(server: PrometheusServer, query: string, at: Instant, signal?: AbortSignal): Promise<Sample> {
    const asked = collapse(query);
    const key = JSON.stringify([server, asked, at]);
    return this.#questions.ask(key, ({ signal: abandoned }) => this.#ask(server, asked, at, abandoned), signal);
  }

  async ping(server: PrometheusServer, at: Instant, signal?: AbortSignal): Promise<string | undefined> {
    return faultOfPing(await this.query(server, PING, at, signal));
  }

  close(): void {
    // Nothing is kept open.
  }

  #ask({ address }: PrometheusServer, query: string, at: Instant, abandoned: AbortSignal): Promise<Sample> {
    const url = readAddress(address);
    if (url === undefined) return Promise.resolve(NO_ADDRESS);
    const { metrics, weather, user = "serin" } = this.#options;
    switch (weather?.query(user) ?? "ok") {
      case "ok":
        return this.#later(this.#drawnMillis(), abandoned, () => sampleOfReply(metrics.answer(query, at)));
      case "empty":
        return this.#later(this.#drawnMillis(), abandoned, () => sampleOfReply(EMPTY));
      case "502":
        return this.#later(this.#drawnMillis(), abandoned, () =>
          sampleOfFailure({ response: { status: 502, data: BAD_GATEWAY, headers: {} } }),
        );
      case "refused":
        return this.#later(millis(REFUSED_MILLIS), abandoned, () =>
          sampleOfFailure({ code: "ECONNREFUSED", message: `connect ECONNREFUSED ${url.host}` }),
        );
      case "timeout":
        return this.#later(this.#deadline, abandoned, () => sampleOfSilence(this.#deadline));
    }
  }

  /** Most answers take a small part of the longest. */
  #drawnMillis(): Duration {
    const drawn = SHORTEST_MILLIS * (LONGEST_MILLIS / SHORTEST_MILLIS) ** (this.#options.random.next() ** 2);
    return millis(Math.min(Math.round(drawn), this.#deadline));
  }

  #later(delay: Duration, abandoned: AbortSignal, sample: () => Sample): Promise<Sample> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.setTimer(delay, () => resolve(sample()));
      abandoned.addEventListener("abort", () => {
        cancel();
        resolve(unmeasurable("the question was abandoned"));
      });
    });
  }
}

/** As the controller's HTTP client hands it on: a 2xx as an answer, all else as a failure, and JSON read where it is some. */
function sampleOfReply({ status, contentType, body }: Reply): Sample {
  const data: unknown = contentType === JSON_TYPE ? JSON.parse(body) : body;
  if (status >= 200 && status < 300) return sampleOfBody(status, data, contentType);
  return sampleOfFailure({ response: { status, data, headers: { "content-type": contentType } } });
}
