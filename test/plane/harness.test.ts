/** Proves the plane itself honest: a harness that cannot see a fault would call every controller faultless. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "undici";
import { startTraffic, type Traffic, withinBinomial } from "./client.ts";
import { nodeAddress } from "./enter.ts";
import { kubectlOn } from "./kubectl.ts";
import { daemonSet, deployment, gateway, gatewayPort, namespace, service, virtualService } from "./manifests.ts";
import { Objects, refer } from "./objects.ts";
import { type Plane, startPlane } from "./plane.ts";
import { waitFor } from "./until.ts";

const url = `http://${nodeAddress}:${gatewayPort}`;

describe("the real plane", () => {
  let plane: Plane;
  let objects: Objects;

  before(async () => {
    plane = await startPlane({ audit: true });
    console.log("ready after (ms):", JSON.stringify(plane.readyMillis));
    objects = new Objects(plane.api);
    await objects.apply(namespace(), gateway());
  });

  after(() => plane?.stop());

  /** Two versions behind one name, and traffic that flows already. */
  async function twoVersions(
    name: string,
    env: Record<string, string | number> = {},
  ): Promise<{ host: string; traffic: Traffic }> {
    const [primary, canary] = [`${name}-primary`, `${name}-canary`];
    const host = `${name}.example.com`;
    await objects.apply(
      deployment(primary, { replicas: 2, image: "ghcr.example/app:1.0.0" }),
      deployment(canary, { replicas: 2, image: "ghcr.example/app:2.0.0", env }),
      service(primary),
      service(canary),
      virtualService(name, { hosts: [host], weights: { [primary]: 100, [canary]: 0 } }),
    );
    await objects.waitForRollout(refer("deployment", `test/${primary}`));
    await objects.waitForRollout(refer("deployment", `test/${canary}`));
    await waitFor(`${host} is served`, () => answers(host));
    return { host, traffic: startTraffic({ url, host, ratePerSecond: 100 }) };
  }

  function weigh(name: string, canary: number): Promise<unknown> {
    const weights = { [`${name}-primary`]: 100 - canary, [`${name}-canary`]: canary };
    return objects.apply(virtualService(name, { hosts: [`${name}.example.com`], weights }));
  }

  async function answers(host: string): Promise<boolean> {
    const { statusCode, body } = await request(url, { headers: { host }, headersTimeout: 1000 });
    await body.dump();
    return statusCode === 200;
  }

  async function query(promql: string): Promise<number | undefined> {
    const { body } = await request(`${plane.prometheus.url}/api/v1/query?query=${encodeURIComponent(promql)}`);
    const answer = (await body.json()) as { data: { result: { value: [number, string] }[] } };
    const value = answer.data.result[0]?.value[1];
    return value === undefined ? undefined : Number(value);
  }

  test("a Deployment's pods get ready, and kubectl agrees", async () => {
    await objects.apply(deployment("plain", { replicas: 3 }), daemonSet("everywhere"));
    const kubectl = await kubectlOn(plane);
    const status = await kubectl("-n", "test", "rollout", "status", "deployment/plain", "--timeout=20s");
    assert.equal(status.code, 0, status.stderr);
    await objects.waitForRollout(refer("daemonSet", "test/everywhere"));
  });

  test("a slow starter is not ready before its time", async () => {
    const began = Date.now();
    await objects.apply(deployment("slow", { env: { START_SECONDS: 2 } }));
    await objects.waitForRollout(refer("deployment", "test/slow"));
    assert.ok(Date.now() - began >= 2000);
  });

  for (const [name, options, reason] of [
    ["crashing", { env: { CRASH: 1 } }, "CrashLoopBackOff"],
    ["unpulled", { image: "ghcr.example/missing:1" }, "ImagePullBackOff"],
  ] as const) {
    test(`${reason} is seen, and the rollout misses its deadline`, async () => {
      await objects.apply(deployment(name, { ...options, progressDeadlineSeconds: 3 }));
      const kubectl = await kubectlOn(plane);
      const status = await kubectl("-n", "test", "rollout", "status", `deployment/${name}`, "--timeout=20s");
      assert.notEqual(status.code, 0);
      assert.match(status.stderr, /exceeded its progress deadline/);
      const pods = await kubectl("-n", "test", "get", "pods", "-l", `app=${name}`);
      assert.match(pods.stdout, new RegExp(reason));
    });
  }

  test("a weight is soon what clients see, within chance", async () => {
    const { traffic } = await twoVersions("shares");
    const patchedAt = Date.now();
    await weigh("shares", 100);
    const first = await waitFor("version 2 answers", () => traffic.answers.find(({ version }) => version === "2.0.0"));
    console.log("a weight reached clients after (ms):", first.sentAt + first.millis - patchedAt);
    await weigh("shares", 10);
    await waitFor("version 1 answers again", () => traffic.since(Date.now() - 100).byVersion["1.0.0"]);
    const from = Date.now();
    const summary = await waitFor("600 answers", () => {
      const seen = traffic.since(from);
      return seen.sent >= 600 && seen;
    });
    await traffic.stop();
    assert.equal(summary.lost, 0, JSON.stringify(summary.lostBecause));
    assert.ok(withinBinomial(summary.byVersion["2.0.0"] ?? 0, summary.sent, 0.1), JSON.stringify(summary));
    assert.ok(!withinBinomial(summary.byVersion["2.0.0"] ?? 0, summary.sent, 0.5), "and not just any share would do");
  });

  test("errors show in Prometheus, for the workload that made them and no other", async () => {
    const { traffic } = await twoVersions("faulty", { ERROR_PERCENT: 30, LATENCY_MILLIS: 80 });
    await weigh("faulty", 50);
    const rate = (workload: string, more = "") =>
      `sum(rate(istio_requests_total{reporter="destination",destination_workload_namespace="test",destination_workload="${workload}"${more}}[10s]))`;
    const share = (workload: string) => query(`${rate(workload, ',response_code!~"5.*"')} / ${rate(workload)} * 100`);
    const good = await waitFor("70 % of version 2 succeed", async (saw) => {
      const percent = await share("faulty-canary");
      saw(percent);
      return percent !== undefined && Math.abs(percent - 70) < 4 && percent;
    });
    assert.ok(good);
    // Each pod is scraped in its own second, so the two versions are not seen from the same one on.
    assert.equal(await waitFor("version 1 is seen", () => share("faulty-primary")), 100);
    const bucket =
      'istio_request_duration_milliseconds_bucket{reporter="destination",destination_workload="faulty-canary"}';
    const slow = await query(`histogram_quantile(0.99, sum(rate(${bucket}[10s])) by (le))`);
    assert.ok(slow !== undefined && slow > 50 && slow <= 250, `p99 is ${slow}`);
    const summary = await traffic.stop();
    assert.equal(summary.errorsByVersion["1.0.0"], undefined);
    assert.ok((summary.errorsByVersion["2.0.0"] ?? 0) > 0);
    assert.equal(summary.lost, 0, "an error that a pod made is not a lost request");
  });

  test("a version can turn bad, and unready, while it runs", async () => {
    const { traffic } = await twoVersions("turning");
    await plane.node.behave("test/turning-primary", { errorPercent: 100 });
    await waitFor("version 1 fails", () => traffic.all().errorsByVersion["1.0.0"]);
    await plane.node.behave("test/turning-primary", { ready: false });
    const unready = refer("deployment", "test/turning-primary");
    await objects.waitFor(unready, "has no ready replica", ({ status }) => !status?.["readyReplicas"]);
    await plane.node.behave("test/turning-primary", { ready: true });
    await objects.waitForRollout(unready);
    await traffic.stop();
  });

  test("taking pods away from under their traffic loses requests, and the client says so", async () => {
    const { traffic } = await twoVersions("abrupt");
    await weigh("abrupt", 100);
    await waitFor("version 2 answers", () => traffic.since(Date.now() - 200).byVersion["2.0.0"]);
    await objects.patch(refer("deployment", "test/abrupt-canary"), { spec: { replicas: 0 } });
    const lost = await waitFor("a request is lost", () => traffic.all().lost);
    await traffic.stop();
    assert.ok(lost > 0);
  });

  test("the same, after traffic moved away and a drain, loses none", async () => {
    const { traffic } = await twoVersions("drained");
    await weigh("drained", 50);
    await waitFor("version 2 answers", () => traffic.all().byVersion["2.0.0"]);
    await weigh("drained", 0);
    await waitFor("version 2 answers no more", () => {
      const seen = traffic.since(Date.now() - 500);
      return seen.sent > 30 && seen.byVersion["2.0.0"] === undefined;
    });
    await objects.patch(refer("deployment", "test/drained-canary"), { spec: { replicas: 0 } });
    await waitFor(
      "the pods are gone",
      async () => (await objects.list("pod", "test", "app=drained-canary")).length === 0,
    );
    const summary = await traffic.stop();
    assert.equal(summary.lost, 0, JSON.stringify(summary.lostBecause));
  });

  test("a service account may do what it was given and no more", async () => {
    await objects.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "limited", namespace: "test" } });
    const kubeconfig = await plane.serviceAccountKubeconfig("test", "limited");
    const kubectl = await kubectlOn(plane);
    const refused = await kubectl(`--kubeconfig=${kubeconfig}`, "-n", "test", "get", "pods");
    assert.match(refused.stderr, /Forbidden.*system:serviceaccount:test:limited/);
  });

  test("Prometheus can be away and come back with what it knew", async () => {
    await plane.prometheus.pause();
    await assert.rejects(query("up"), /ECONNREFUSED/);
    await plane.prometheus.resume();
    await waitFor("the pods' metrics are scraped", async () => (await query('up{job="pods"}')) === 1);
  });

  test("the API server's own count tells clients and verbs apart", async () => {
    const counts = await plane.audit();
    const bindings = counts.find(({ resource, user }) => resource === "pods/binding" && user === "node");
    assert.ok((bindings?.count ?? 0) > 10);
  });

  test("pods go on being run after the API server was killed", async () => {
    await plane.apiServer.restart();
    await objects.apply(deployment("later", { replicas: 2 }));
    await objects.waitForRollout(refer("deployment", "test/later"));
  });
});
