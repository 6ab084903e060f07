import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Connection } from "../../src/adapters/kube/connection.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { kubeconfigFile } from "../build/kubeconfig.ts";
import { tlsFiles } from "../build/tlsFiles.ts";

// CPU that one request costs us, over plain HTTP and TLS, against a server in a thread of its own.

const OBJECT = JSON.stringify({ kind: "Deployment", metadata: { name: "web" }, spec: { text: "x".repeat(3000) } });

function answer(_: IncomingMessage, response: ServerResponse): void {
  response.setHeader("content-type", "application/json");
  response.end(OBJECT);
}

if (!isMainThread) {
  const tls = tlsFiles();
  const plain = createServer(answer).listen(0, "127.0.0.1", () => {
    const secure = tls && createTlsServer(tls, answer).listen(0, "127.0.0.1", () => report());
    const portOf = (server: typeof plain | typeof secure): number | undefined => {
      const address = server?.address();
      return typeof address === "object" && address !== null ? address.port : undefined;
    };
    const report = (): void => parentPort?.postMessage({ plain: portOf(plain), secure: portOf(secure) });
    if (secure === undefined) report();
  });
} else {
  const worker = new Worker(new URL(import.meta.url));
  const ports = await new Promise<{ plain?: number; secure?: number }>((resolve) => worker.once("message", resolve));
  if (ports.plain !== undefined) await measure("http", `http://127.0.0.1:${ports.plain}`);
  if (ports.secure !== undefined) await measure("https", `https://127.0.0.1:${ports.secure}`);
  await worker.terminate();
}

async function measure(name: string, server: string): Promise<void> {
  const path = kubeconfigFile({ server, "insecure-skip-tls-verify": true }, { token: "t" });
  const source = { from: "file", path } as const;
  const connection = new Connection({ clock: systemClock(), source, userAgent: "serin/bench", qps: 0, burst: 1 });
  const body = JSON.parse(OBJECT);
  const once = (): Promise<unknown> =>
    connection.request({ method: "PATCH", path: "/apis/apps/v1/deployments/web", body, timeoutMillis: 5000 });
  for (let i = 0; i < 500; i++) await once();
  const cpu = process.threadCpuUsage();
  const startedAt = performance.now();
  const count = 3000;
  for (let i = 0; i < count; i++) await once();
  const wall = (performance.now() - startedAt) / count;
  const { user, system } = process.threadCpuUsage(cpu);
  console.log(
    `${name}: ${((user + system) / 1000 / count).toFixed(3)} ms CPU, ${wall.toFixed(3)} ms wall a request (3 KB each way)`,
  );
  await connection.close();
}
