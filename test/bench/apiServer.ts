/** `node test/bench/apiServer.ts`: what the embedded API server does in a second, and what a thousand watches cost it. */
import { Agent, type Dispatcher } from "undici";
import { ApiFront } from "../../src/playground/http/server.ts";
import { definitions } from "../../src/resources/crds.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import { ApiServer } from "../../src/simulator/api/apiServer.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
const CANARIES = "/apis/flagger.app/v1beta1/namespaces/default/canaries";
const OBJECTS = 500;
const STREAMS = 1_000;

const aDeployment = (name: string): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: "app",
            image: "example.com/app:1.0",
            ports: [{ containerPort: 8080 }],
            env: [{ name: "VERSION", value: "1" }],
            readinessProbe: { httpGet: { path: "/", port: 8080 } },
            resources: { requests: { cpu: "100m", memory: "64Mi" } },
          },
        ],
      },
    },
  },
});

const aCanary = (name: string): object => ({
  apiVersion: "flagger.app/v1beta1",
  kind: "Canary",
  metadata: { name },
  spec: {
    targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    service: { port: 80 },
    analysis: { interval: "10s", threshold: 5, metrics: [{ name: "request-success-rate", interval: "1m" }] },
  },
});

type Ask = ApiServer["request"];

/** Requests a second, after a while of warming up. */
function rate(what: string, count: number, one: (place: number) => void): void {
  for (let place = 0; place < Math.min(count, 200); place += 1) one(place);
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let place = 0; place < count; place += 1) one(place);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  row(what, `${Math.round(count / seconds)}/s`, `${((user + system) / count).toFixed(0)} µs CPU each`);
}

const row = (...cells: readonly string[]): void =>
  console.log(cells.map((cell, place) => cell.padEnd(place === 0 ? 58 : 14)).join(""));

function mutations(ask: Ask): void {
  const patch = (path: string, contentType: string, body: unknown, query = {}): void => {
    const { status, body: answer } = ask({ method: "PATCH", path, contentType, body, query, user: "bench" });
    if (status >= 300) throw new Error(JSON.stringify(answer));
  };
  let made = 0;
  rate("create a Deployment", OBJECTS, () => {
    ask({ method: "POST", path: DEPLOYMENTS, body: aDeployment(`web-${made++}`), user: "bench" });
  });
  const path = (place: number): string => `${DEPLOYMENTS}/web-${place % OBJECTS}`;
  let count = 0;
  rate("merge patch of a Deployment", 5_000, (place) => {
    patch(path(place), "application/merge-patch+json", { metadata: { annotations: { n: String(count++) } } });
  });
  rate("merge patch of its status", 5_000, (place) => {
    patch(`${path(place)}/status`, "application/merge-patch+json", { status: { observedGeneration: count++ } });
  });
  rate("strategic merge patch of its image", 5_000, (place) => {
    const containers = [{ name: "app", image: `example.com/app:${count++}` }];
    patch(path(place), "application/strategic-merge-patch+json", { spec: { template: { spec: { containers } } } });
  });
  rate("apply of a whole Deployment, with other owners of it", 5_000, (place) => {
    const body = { ...aDeployment(`web-${place % OBJECTS}`), spec: { replicas: count++ } };
    patch(
      path(place),
      "application/apply-patch+yaml",
      { ...body, metadata: { name: `web-${place % OBJECTS}` } },
      APPLIER,
    );
  });
  rate("create a Canary, with its schema and rules", OBJECTS, () => {
    ask({ method: "POST", path: CANARIES, body: aCanary(`web-${made++}`), user: "bench" });
  });
  const [first] = (ask({ method: "GET", path: CANARIES }).body as { items: { metadata: { name: string } }[] }).items;
  rate("merge patch of a Canary's status", 5_000, () => {
    const status = { phase: "Progressing", canaryWeight: count++ % 100 };
    patch(`${CANARIES}/${first?.metadata.name}/status`, "application/merge-patch+json", { status });
  });
  rate("get a Deployment", 20_000, (place) => void ask({ method: "GET", path: path(place) }));
  rate(`list ${OBJECTS} Deployments and more`, 200, () => void ask({ method: "GET", path: DEPLOYMENTS }));
}

const APPLIER = { fieldManager: "applier", force: "true" };

/** Every stream hears of every write, over HTTP, on this one core as well as the clients. */
async function streams(api: ApiServer): Promise<void> {
  const front = await ApiFront.listen({ api });
  const agent = new Agent({ connections: null, bodyTimeout: 0 });
  let heard = 0;
  const before = process.memoryUsage();
  const open: Dispatcher.ResponseData[] = [];
  for (let batch = 0; batch < STREAMS; batch += 100) {
    const path = `${DEPLOYMENTS}?watch=1&resourceVersion=${api.version}`;
    const more = Array.from({ length: 100 }, () => agent.request({ origin: front.url, path, method: "GET" }));
    open.push(...(await Promise.all(more)));
  }
  for (const { body } of open) body.on("data", (chunk: Buffer) => (heard += linesIn(chunk)));
  const after = process.memoryUsage();
  row(
    `${STREAMS} watches over HTTP are open`,
    `${api.watches}`,
    megabytes(after.rss - before.rss, "more, clients included"),
  );
  const writes = 200;
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let place = 0; place < writes; place += 1) {
    const body = { metadata: { annotations: { stream: String(place) } } };
    api.request({ method: "PATCH", path: `${DEPLOYMENTS}/web-0`, contentType: "application/merge-patch+json", body });
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (heard < writes * STREAMS) await new Promise((resolve) => setTimeout(resolve, 5));
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const events = Math.round((writes * STREAMS) / seconds);
  row(
    `${writes} writes heard by ${STREAMS} watches`,
    `${events} events/s`,
    `${((user + system) / 1_000 / writes).toFixed(1)} ms CPU a write`,
  );
  await agent.destroy();
  await front.close();
}

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let place = chunk.indexOf(10); place >= 0; place = chunk.indexOf(10, place + 1)) lines += 1;
  return lines;
}

const megabytes = (bytes: number, what: string): string => `${(bytes / 2 ** 20).toFixed(0)} MB ${what}`;

async function main(): Promise<void> {
  const began = performance.now();
  const api = new ApiServer({ clock: systemClock(), random: seededRandom(1) });
  for (const { crd: body } of definitions()) {
    api.request({ method: "POST", path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body });
  }
  row("from nothing to ready, with three definitions", `${(performance.now() - began).toFixed(1)} ms`);
  mutations((request) => api.request(request));
  row("memory with all of them", megabytes(process.memoryUsage().rss, "in the process"));
  await streams(api);
}

await main();
