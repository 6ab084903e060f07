import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { KubeObject } from "../../../src/runtime/transport.ts";
import { waitFor } from "../../plane/until.ts";
import { type Embedded, startEmbedded } from "../embedded.ts";
import { type DeploymentOptions, deployment } from "../objects.ts";

interface Status {
  readonly phase: string;
  readonly podIP?: string;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly lastTransitionTime: string;
  }[];
  readonly containerStatuses: readonly {
    readonly restartCount: number;
    readonly state: { readonly waiting?: { readonly reason: string }; readonly running?: object };
    readonly lastState?: { readonly terminated?: { readonly exitCode: number } };
  }[];
}

describe("pods of the playground", () => {
  let world: Embedded;
  before(async () => {
    world = await startEmbedded();
  });
  after(() => world?.stop());

  async function podsOf(app: string): Promise<readonly KubeObject[]> {
    const list = await world.send("GET", "/api/v1/namespaces/test/pods");
    return (list["items"] as KubeObject[]).filter(({ metadata }) => metadata.labels?.["app"] === app);
  }

  const statusOf = (pod: KubeObject | undefined) => pod?.["status"] as Status | undefined;
  const isReady = (pod: KubeObject) =>
    statusOf(pod)?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");

  async function run(name: string, options: DeploymentOptions = {}): Promise<void> {
    await world.apply(deployment(name, options));
  }

  async function ready(name: string, count = 1): Promise<readonly KubeObject[]> {
    return waitFor(`${count} pods of ${name} are ready`, async (saw) => {
      const pods = (await podsOf(name)).filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
      saw((await podsOf(name)).map(({ status }) => status));
      return pods.length === count && pods;
    });
  }

  async function ask(pod: KubeObject | undefined, path = "/", headers: Record<string, string> = {}): Promise<Response> {
    const port = world.host.resolve(statusOf(pod)?.podIP ?? "", 9898);
    return fetch(`http://127.0.0.1:${port}${path}`, { headers });
  }

  it("are bound, get an address and the four conditions, and serve", async () => {
    await run("plain", { replicas: 2 });
    const [pod] = await ready("plain", 2);
    const status = statusOf(pod);
    assert.equal((pod?.["spec"] as { nodeName?: string } | undefined)?.nodeName, "node-1");
    assert.equal(status?.phase, "Running");
    assert.match(status?.podIP ?? "", /^10\.244\.\d+\.\d+$/);
    assert.deepEqual(status?.conditions.map(({ type, status: so }) => `${type}=${so}`).sort(), [
      "ContainersReady=True",
      "Initialized=True",
      "PodScheduled=True",
      "Ready=True",
    ]);
    assert.ok(status?.containerStatuses[0]?.state.running);
    const answer = await ask(pod);
    assert.deepEqual(
      [answer.status, answer.headers.get("x-version"), answer.headers.get("x-pod")],
      [200, "1.0.0", pod?.metadata.name],
    );
    assert.equal(
      world.host.resolve(status?.podIP ?? "", 1234),
      undefined,
      "nothing listens on a port that no container has",
    );
  });

  it("are deleted with grace, and the node has the last word", async () => {
    await run("leaving", { env: { SHUTDOWN: "graceful", SHUTDOWN_SECONDS: 0.5 } });
    const [pod] = await ready("leaving");
    await run("leaving", { replicas: 0, env: { SHUTDOWN: "graceful", SHUTDOWN_SECONDS: 0.5 } });
    await waitFor(
      "it is told to go",
      async () => (await podsOf("leaving"))[0]?.metadata.deletionTimestamp !== undefined,
    );
    assert.equal((await ask(pod)).status, 200, "it serves on while it shuts down");
    await waitFor("it is gone", async () => (await podsOf("leaving")).length === 0);
    assert.equal(world.host.resolve(statusOf(pod)?.podIP ?? "", 9898), undefined);
  });

  it("refuse connections from the instant of deletion unless they shut down gracefully", async () => {
    await run("abrupt");
    const [pod] = await ready("abrupt");
    await run("abrupt", { replicas: 0 });
    await waitFor("nothing listens", () => world.host.resolve(statusOf(pod)?.podIP ?? "", 9898) === undefined);
    assert.ok((await podsOf("abrupt")).every(({ metadata }) => metadata.deletionTimestamp !== undefined));
  });

  it("are not ready before their time", async () => {
    const began = Date.now();
    await run("slow", { env: { START_SECONDS: 1 } });
    await waitFor("it runs", async () => statusOf((await podsOf("slow"))[0])?.containerStatuses?.[0]?.state.running);
    assert.ok(!(await podsOf("slow")).some(isReady));
    await ready("slow");
    assert.ok(Date.now() - began >= 1000);
  });

  it("crash again and again, ever more patiently, until they are let", async () => {
    await run("crashing", { env: { CRASH: 1 } });
    const status = await waitFor("it crashed twice", async () => {
      const found = statusOf((await podsOf("crashing"))[0]);
      return (found?.containerStatuses?.[0]?.restartCount ?? 0) >= 2 && found;
    });
    const [container] = status.containerStatuses;
    assert.equal(container?.state.waiting?.reason, "CrashLoopBackOff");
    assert.equal(container?.lastState?.terminated?.exitCode, 1);
    await run("crashing", { env: { CRASH: 1 }, annotations: { "playground.serin.dev/behaviour": "crash=false" } });
    await ready("crashing");
  });

  it("wait for an image that is missing", async () => {
    await run("unpulled", { image: "ghcr.example/missing:1" });
    for (const reason of ["ErrImagePull", "ImagePullBackOff"]) {
      await waitFor(
        reason,
        async () => statusOf((await podsOf("unpulled"))[0])?.containerStatuses?.[0]?.state.waiting?.reason === reason,
      );
    }
    assert.equal(statusOf((await podsOf("unpulled"))[0])?.phase, "Pending");
  });

  it("behave as the tag of their image says", async () => {
    await run("tagged", { image: "ghcr.example/app:2.0.1-errors50-latency60" });
    const [pod] = await ready("tagged");
    const began = performance.now();
    const codes = [(await ask(pod)).status, (await ask(pod)).status];
    assert.deepEqual(codes.sort(), [200, 500]);
    assert.ok(performance.now() - began >= 120);
  });

  it("change their manners while they run, by an annotation of the workload, of the pod, or in process", async () => {
    await run("moody", { replicas: 1 });
    const [pod] = await ready("moody");
    const name = pod?.metadata.name ?? "";
    const becomes = (code: number) => waitFor(`it answers ${code}`, async () => (await ask(pod)).status === code);
    await run("moody", { annotations: { "playground.serin.dev/behaviour": "errors=100%,nonsense" } });
    await becomes(500);
    await waitFor("the other word is told on the Deployment", async () => {
      const { items } = await world.send("GET", "/api/v1/namespaces/test/events");
      return (items as readonly KubeObject[]).some(
        ({ involvedObject, type, message }) =>
          (involvedObject as { readonly kind?: string }).kind === "Deployment" &&
          type === "Warning" &&
          message === 'playground.serin.dev/behaviour: "nonsense" means nothing',
      );
    });
    const patch = (text: string | null) =>
      world.transport.request({
        method: "PATCH",
        path: `/api/v1/namespaces/test/pods/${name}`,
        contentType: "application/merge-patch+json",
        body: { metadata: { annotations: { "playground.serin.dev/behaviour": text } } },
        timeoutMillis: 5000,
      });
    await patch("errors=0%");
    await becomes(200);
    await patch(null);
    await becomes(500);
    await run("moody");
    await becomes(200);
    world.host.behave("test/moody", { ready: false });
    await waitFor("it is not ready", async () => !(await podsOf("moody")).some(isReady));
    world.host.behave("test/moody", { ready: true });
    await ready("moody");
    assert.equal((await podsOf("moody"))[0]?.metadata.name, name, "and it is the same pod all along");
  });

  it("export their own metrics and their sidecar's", async () => {
    await run("measured", { image: "ghcr.example/app:1.0.0", env: { ERROR_PERCENT: 50 } });
    const [pod] = await ready("measured");
    for (let n = 0; n < 4; n++) await ask(pod);
    const text = await (await ask(pod, "/metrics")).text();
    assert.match(text, /^http_requests_total\{method="GET",status="200"\} 2$/m);
    assert.match(text, /^http_request_duration_seconds_count\{method="GET",path="root",status="500"\} 2$/m);
    assert.match(
      text,
      /^istio_requests_total\{reporter="destination",.*destination_workload="measured",destination_workload_namespace="test",.*response_code="500".*\} 2$/m,
    );
    assert.match(text, /^istio_request_duration_milliseconds_bucket\{.*le="\+Inf"\} 2$/m);
    const target = world.host.scrapeTargets().find(({ labels }) => labels["pod"] === pod?.metadata.name);
    assert.equal(target?.labels["kubernetes_namespace"], "test");
    assert.equal(target?.text(), text);
  });

  it("keep the time of a condition that stays as it is", async () => {
    const [pod] = await ready("measured");
    const at = (found: KubeObject | undefined, type: string) =>
      statusOf(found)?.conditions.find((one) => one.type === type)?.lastTransitionTime;
    const scheduled = at(pod, "PodScheduled");
    world.host.behave("test/measured", { ready: false });
    await waitFor("it is not ready", async () => !(await podsOf("measured")).some(isReady));
    assert.equal(at((await podsOf("measured"))[0], "PodScheduled"), scheduled);
  });
});

describe("pods that went", () => {
  it("are scraped a little longer, but not when the node has stopped", async () => {
    const world = await startEmbedded();
    const scraped = () => world.host.scrapeTargets().map(({ labels }) => labels["app"]);
    try {
      await world.apply(deployment("leaving"));
      await waitFor("it runs", () => scraped().includes("leaving"));
      await world.send("DELETE", "/apis/apps/v1/namespaces/test/deployments/leaving");
      await waitFor("it is gone", () => world.host.pods.length === 0);
      assert.deepEqual(scraped(), ["leaving"]);
    } finally {
      await world.stop();
    }
    assert.deepEqual(scraped(), []);
  });
});
