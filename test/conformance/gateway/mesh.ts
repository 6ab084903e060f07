/** What a mesh has to be able to do to be held to the suite. */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** A request as it reached a pod. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly pod: string;
}

export interface Mesh {
  /** Of the gateway. */
  readonly url: string;
  apply(...objects: readonly Manifest[]): Promise<void>;
  /** All that pods got with an `x-remember` header. */
  received(): Promise<readonly Received[]>;
  /** How many answers a cluster gave, by response code, as the proxy's statistics have it. */
  counts(cluster: string): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

export interface Ask {
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly millis: number;
}

/** Sends requests exactly as they are written: no library's own headers, no following. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  ask({ host, path = "/", method = "GET", headers = {}, body }: Ask): Promise<Reply> {
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const all = {
        ...headers,
        host,
        ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      };
      const request = httpRequest(this.#url, { agent: this.#agent, method, path, headers: all });
      request.once("error", reject);
      request.once("response", (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("error", reject);
        response.once("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text,
            millis: performance.now() - began,
          });
        });
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** Samples by `envoy_response_code` of the lines that are meant. */
export function countsOf(stats: string, isMeant: (line: string) => boolean): Readonly<Record<string, number>> {
  const lines = stats.split("\n").filter(isMeant);
  return Object.fromEntries(
    lines.map((line) => [/envoy_response_code="(\d+)"/.exec(line)?.[1] ?? "", Number(line.split(" ").at(-1))]),
  );
}
