/**
 * How many requests a second the playground's gateway takes on one core: `node test/bench/gateway.ts`. A second process is
 * the pod and the clients, so that the CPU time of this one is the gateway's alone.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import { Gateway } from "../../src/playground/gateway/gateway.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import type { KubeObject } from "../../src/runtime/transport.ts";
import { ApiServer } from "../../src/simulator/api/apiServer.ts";
import { transportTo } from "../../src/simulator/api/transport.ts";
import { istioDefinitions } from "../../src/simulator/mesh/istioDefinitions.ts";
import { pathOf } from "../playground/embedded.ts";
import { publicGateway, route, service } from "../playground/objects.ts";

const SECONDS = 8;
const CONCURRENT = 64;

async function measure(): Promise<void> {
  const shared = { clock: systemClock(), random: seededRandom(1), log: silentLog() };
  const transport = transportTo(new ApiServer(shared), "bench");
  const apply = async (...objects: readonly object[]) => {
    for (const object of objects as readonly KubeObject[]) {
      const query = { fieldManager: "bench" };
      const contentType = "application/apply-patch+yaml";
      await transport.request({
        method: "PATCH",
        path: pathOf(object),
        query,
        body: object,
        contentType,
        timeoutMillis: 5000,
      });
    }
  };
  const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await apply(
    ...istioDefinitions(),
    namespace("istio-system"),
    namespace("test"),
    publicGateway(),
    service("one"),
    service("two"),
  );
  await apply(
    route("bench", { one: 75, two: 25 }, { match: [{ uri: { prefix: "/" }, headers: { "x-a": { regex: "b.*" } } }] }),
    slice("one", 1),
    slice("two", 2),
  );
  const child = fork(import.meta.filename, ["around"]);
  const [podPort] = (await once(child, "message")) as [number];
  const gateway = new Gateway({ ...shared, transport, resolve: () => podPort });
  await gateway.start();
  child.send(gateway.url);
  await once(child, "message");
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const [{ answered, bad }] = (await once(child, "message")) as [{ answered: number; bad: number }];
  const used = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1000;
  const cpuSeconds = (used.user + used.system) / 1e6;
  console.log(
    `answered ${answered} (${bad} not by a pod) in ${seconds.toFixed(1)} s: ${Math.round(answered / seconds)}/s`,
  );
  console.log(`of one core of the gateway: ${Math.round(answered / cpuSeconds)}/s`);
  console.log(`resident: ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`);
  child.kill();
  gateway.stop();
}

function slice(name: string, index: number): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace: "test", labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 9898, protocol: "TCP" }],
    endpoints: [{ addresses: [`10.244.1.${index}`], conditions: { ready: true } }],
  };
}

/** The pod, and clients that send as fast as they are answered. */
async function around(): Promise<void> {
  const pod = createServer((_request, response) =>
    response.writeHead(200, { "x-version": "1" }).end('{"version":"1"}'),
  );
  Object.assign(pod, { keepAliveTimeout: 0 });
  pod.listen(0, "127.0.0.1");
  await once(pod, "listening");
  const address = pod.address();
  process.send?.(typeof address === "object" ? address?.port : 0);
  const [url] = (await once(process, "message")) as [string];
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT });
  let [answered, bad, isOver] = [0, 0, false];
  const next = (): void => {
    const sent = request(
      url,
      { agent, path: "/a?b=c", headers: { host: "bench.example.com", "x-a": "bcd" } },
      (response) => {
        if (response.headers["x-version"] === undefined) bad++;
        response.resume();
        response.once("end", () => {
          answered++;
          if (!isOver) next();
        });
      },
    );
    sent.on("error", () => bad++);
    sent.end();
  };
  for (let client = 0; client < CONCURRENT; client++) next();
  // The first second is for the compiler.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  answered = 0;
  process.send?.("begin");
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  isOver = true;
  process.send?.({ answered, bad });
}

await (process.argv[2] === "around" ? around() : measure());
