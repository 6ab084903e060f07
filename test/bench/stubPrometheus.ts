/** Answers every query with a success rate of 100, at once: what measuring costs is Prometheus's figure, not ours. */
import { once } from "node:events";
import { createServer } from "node:http";

export interface StubPrometheus {
  readonly queries: number;
  stop(): void;
}

export async function startStubPrometheus(url: string): Promise<StubPrometheus> {
  let queries = 0;
  const server = createServer((request, response) => {
    queries++;
    request.resume();
    const value = decodeURIComponent(request.url ?? "").includes("vector(1)") ? "1" : "100";
    const result = [{ metric: {}, value: [Date.now() / 1000, value] }];
    const body = JSON.stringify({ status: "success", data: { resultType: "vector", result } });
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  const { hostname, port } = new URL(url);
  server.listen(Number(port), hostname);
  await once(server, "listening");
  return {
    get queries() {
      return queries;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
