import { Agent } from "undici";
import { parse } from "yaml";
import type { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { ApiError } from "../../../src/simulator/api/errors.ts";

export type Json = Readonly<Record<string, unknown>>;

export interface Question {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** What of the answer's body is held, where servers may differ in the rest. The form that it comes in is then held as well. */
  readonly only?: (body: unknown) => unknown;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
  readonly contentType?: string | undefined;
}

export interface Event {
  readonly type: string;
  readonly object: Json;
}

/** An API server, as the suite needs it: requests, and watches that are read up to a number of events. */
export interface ClusterApi {
  ask(question: Question): Promise<Answer>;
  /** As many events as are wanted, or all that come before the server ends the stream; a refusal is answered as it is. */
  watch(question: Omit<Question, "method">, events: number): Promise<readonly Event[] | Answer>;
  close(): Promise<void>;
}

const USER = "suite/1.0";

/** The embedded server, without a network. */
export function inProcess(api: ApiServer): ClusterApi {
  return {
    async ask(question) {
      const { status, body, warnings = [], contentType } = api.request({ ...question, user: USER });
      const isText = typeof body === "string";
      const otherwise = isText ? "text/plain; charset=utf-8" : "application/json";
      const text = isText ? body : (JSON.parse(JSON.stringify(body)) as unknown);
      return { status, body: text, warnings, contentType: contentType ?? otherwise };
    },
    watch(question, wanted) {
      return new Promise((resolve) => {
        const events: Event[] = [];
        let close = (): void => {};
        const finish = (): void => {
          close();
          resolve(structuredClone(events));
        };
        const take = (event: unknown): void => {
          if (events.length < wanted) events.push(event as Event);
          if (events.length === wanted) finish();
        };
        try {
          close = api.watch({ ...question, user: USER }, { event: take, end: finish });
          if (events.length === wanted) close();
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          resolve({ status: error.code, body: error.body, warnings: [] });
        }
      });
    },
    close: async () => {},
  };
}

export interface Address {
  readonly url: string;
  readonly token?: string;
  readonly certificateAuthority?: string;
}

/** Any server over HTTP. */
export function overHttp({ url, token, certificateAuthority }: Address): ClusterApi {
  const agent = new Agent({
    bodyTimeout: 0,
    ...(certificateAuthority === undefined ? {} : { connect: { ca: certificateAuthority } }),
  });
  const send = ({ method, path, query = {}, body, contentType, accept }: Question) =>
    agent.request({
      origin: url,
      path: `${path}?${new URLSearchParams(query)}`,
      method,
      headers: {
        "user-agent": USER,
        accept: accept ?? "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": contentType ?? "application/json" }),
      },
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
  return {
    async ask(question) {
      const { statusCode, headers, body } = await send(question);
      const text = await body.text();
      const warnings = warningsIn([headers["warning"] ?? []].flat().join(","));
      const contentType = [headers["content-type"] ?? []].flat()[0];
      return { status: statusCode, body: parsed(text), warnings, contentType };
    },
    async watch(question, wanted) {
      const { statusCode, body } = await send({ ...question, method: "GET", query: { ...question.query, watch: "1" } });
      if (statusCode !== 200) return { status: statusCode, body: parsed(await body.text()), warnings: [] };
      const events: Event[] = [];
      let rest = "";
      body.setEncoding("utf8");
      for await (const chunk of body as AsyncIterable<string>) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (events.length < wanted) events.push(JSON.parse(line) as Event);
        if (events.length === wanted) break;
      }
      return events;
    },
    close: () => agent.destroy(),
  };
}

/** Each is a code, who says it, and the words as a JSON text. */
function warningsIn(header: string): readonly string[] {
  return [...header.matchAll(/299 \S+ ("(?:[^"\\]|\\.)*")/g)].map(([, words = '""']) => JSON.parse(words) as string);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Where a kubeconfig leads to. */
export function addressIn(kubeconfig: string): Address {
  const { clusters, users } = parse(kubeconfig) as {
    readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
    readonly users: readonly [{ readonly user: { readonly token?: string } }];
  };
  const { server = "", "certificate-authority-data": data } = clusters[0].cluster;
  const { token } = users[0].user;
  return {
    url: server,
    ...(token === undefined ? {} : { token }),
    ...(data === undefined ? {} : { certificateAuthority: Buffer.from(data, "base64").toString() }),
  };
}
