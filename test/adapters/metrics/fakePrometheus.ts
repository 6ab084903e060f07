import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PrometheusServer } from "../../../src/adapters/metrics/prometheus.ts";
import type { Sample } from "../../../src/adapters/metrics/sample.ts";

export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers every request with the current reply and remembers what it was asked. */
export interface Fake {
  reply: Reply;
  readonly requests: IncomingMessage[];
  readonly sockets: Set<unknown>;
  readonly server: PrometheusServer;
  close(): Promise<void>;
}

export async function fake(): Promise<Fake> {
  const http = createServer((request, response) => {
    self.requests.push(request);
    self.reply(request, response);
  });
  const sockets = new Set<unknown>();
  http.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const self: Fake = {
    reply: json(200, {}),
    requests: [],
    sockets,
    server: { address: `http://127.0.0.1:${port}` },
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return self;
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
export const html =
  (status: number, body: string, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
export const vector = (...values: string[]) =>
  json(200, {
    status: "success",
    data: {
      resultType: "vector",
      result: values.map((value, pod) => ({ metric: { pod: `p${pod}` }, value: [1, value] })),
    },
  });
export const data = (resultType: string, result: unknown, more: object = {}) =>
  json(200, { status: "success", data: { resultType, result }, ...more });
export const value = (number: number, warnings: string[] = []): Sample => ({ kind: "value", value: number, warnings });
