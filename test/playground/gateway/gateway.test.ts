import assert from "node:assert/strict";
import { get } from "node:http";
import { after, before, describe, it } from "node:test";
import { Gateway } from "../../../src/playground/gateway/gateway.ts";
import { Traffic } from "../../../src/playground/traffic.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { withinBinomial } from "../../plane/client.ts";
import { waitFor } from "../../plane/until.ts";
import { type Embedded, startEmbedded } from "../embedded.ts";
import { deployment, publicGateway, route, service } from "../objects.ts";

describe("the playground's gateway", () => {
  let world: Embedded;
  before(async () => {
    world = await startEmbedded();
    await world.apply(publicGateway());
  });
  after(() => world?.stop());

  /** Two versions behind one name, and traffic that flows already. */
  async function twoVersions(
    name: string,
    env: Record<string, string | number> = {},
    rule: object = { retries: { attempts: 0 } },
  ): Promise<Traffic> {
    const [primary, canary] = [`${name}-primary`, `${name}-canary`];
    await world.apply(
      deployment(primary, { replicas: 2, image: "ghcr.example/app:1.0.0" }),
      deployment(canary, { replicas: 2, image: "ghcr.example/app:2.0.0", env }),
      service(primary),
      service(canary),
      route(name, { [primary]: 100, [canary]: 0 }, rule),
    );
    const host = `${name}.example.com`;
    for (const version of [primary, canary]) {
      const cluster = `outbound|9898||${version}.test.svc.cluster.local`;
      await waitFor(`${version} has pods`, () => world.gateway.table.clusters.get(cluster)?.endpoints.length === 2);
    }
    await waitFor("it is routed", () => world.gateway.table.listener("ingress", 80).has(host));
    const traffic = new Traffic({ url: world.gateway.url, host, clock: systemClock(), ratePerSecond: 200 });
    traffic.start();
    return traffic;
  }

  const weigh = (name: string, canary: number, rule: object = { retries: { attempts: 0 } }) =>
    world.apply(route(name, { [`${name}-primary`]: 100 - canary, [`${name}-canary`]: canary }, rule));

  it("follows a weight within a quarter of a second, and clients see it within chance", async () => {
    const traffic = await twoVersions("shares");
    const at = Date.now();
    await weigh("shares", 20);
    await waitFor("version 2 answers", () => traffic.since(at).byVersion["2.0.0"]);
    assert.ok(Date.now() - at < 1000);
    const from = Date.now();
    const seen = await waitFor("600 answers", () => {
      const summary = traffic.since(from);
      return summary.sent >= 600 && summary;
    });
    const all = await traffic.stop();
    assert.equal(all.lost, 0, JSON.stringify(all.lostBecause));
    assert.ok(withinBinomial(seen.byVersion["2.0.0"] ?? 0, seen.sent, 0.2), JSON.stringify(seen));
  });

  it("loses requests when pods are taken away from under their traffic, and says so", async () => {
    const traffic = await twoVersions("abrupt");
    await weigh("abrupt", 100);
    await waitFor("version 2 answers", () => traffic.since(Date.now() - 200).byVersion["2.0.0"]);
    const before = world.gateway.lost;
    await world.apply(deployment("abrupt-canary", { replicas: 0, image: "ghcr.example/app:2.0.0" }));
    await waitFor("a request is lost", () => traffic.all().lost);
    const { lost } = await traffic.stop();
    assert.ok(world.gateway.lost - before > 0 && world.gateway.lost - before <= lost);
  });

  it("loses none when traffic moved away before", async () => {
    const traffic = await twoVersions("drained");
    await weigh("drained", 50);
    await waitFor("version 2 answers", () => traffic.all().byVersion["2.0.0"]);
    await weigh("drained", 0);
    await waitFor("version 2 answers no more", () => {
      const seen = traffic.since(Date.now() - 400);
      return seen.sent > 30 && seen.byVersion["2.0.0"] === undefined;
    });
    await world.apply(deployment("drained-canary", { replicas: 0, image: "ghcr.example/app:2.0.0" }));
    await waitFor("the pods are gone", () => !world.host.pods.some(({ workload }) => workload === "drained-canary"));
    const { lost, lostBecause } = await traffic.stop();
    assert.equal(lost, 0, JSON.stringify(lostBecause));
  });

  it("hides a pod that goes, where the rule retries", async () => {
    const rule = { retries: { attempts: 3, retryOn: "connect-failure,reset,unavailable" } };
    const traffic = await twoVersions("retried", {}, rule);
    await weigh("retried", 100, rule);
    await waitFor("version 2 answers", () => traffic.since(Date.now() - 200).byVersion["2.0.0"]);
    await world.apply(deployment("retried-canary", { replicas: 1, image: "ghcr.example/app:2.0.0" }));
    await waitFor(
      "one is gone",
      () => world.host.pods.filter(({ workload }) => workload === "retried-canary").length === 1,
    );
    const { lost, lostBecause } = await traffic.stop();
    assert.equal(lost, 0, JSON.stringify(lostBecause));
  });

  it("reports each request to Prometheus as the source, with the workload that answered", async () => {
    const traffic = await twoVersions("reported", { ERROR_PERCENT: 100 });
    await weigh("reported", 50);
    await waitFor("version 2 fails", () => traffic.all().errorsByVersion["2.0.0"]);
    await traffic.stop();
    const { byVersion } = traffic.all();
    const [target] = world.gateway.scrapeTargets();
    const count = (workload: string, code: number) => {
      const line = new RegExp(
        `^istio_requests_total\\{reporter="source",.*destination_workload="${workload}",.*response_code="${code}",response_flags="-".*\\} (\\d+)$`,
        "m",
      );
      return Number(line.exec(target?.text() ?? "")?.[1]);
    };
    assert.deepEqual(
      [count("reported-primary", 200), count("reported-canary", 500)],
      [byVersion["1.0.0"], byVersion["2.0.0"]],
    );
    const admin = await (await fetch(`${world.gateway.adminUrl}/stats/prometheus`)).text();
    assert.match(
      admin,
      /^envoy_cluster_upstream_rq\{envoy_response_code="500",envoy_cluster_name="outbound\|9898\|\|reported-canary\.test\.svc\.cluster\.local"\} \d+$/m,
    );
    assert.match(
      admin,
      /^envoy_cluster_membership_healthy\{envoy_cluster_name="outbound\|9898\|\|reported-canary\.test\.svc\.cluster\.local"\} 2$/m,
    );
  });

  it("is a sidecar as well, for clients in the mesh", async () => {
    await world.apply(deployment("inside"), service("inside"));
    await waitFor("it answers", async () => {
      const traffic = new Traffic({
        url: world.gateway.meshUrl,
        host: "inside.test:9898",
        clock: systemClock(),
        ratePerSecond: 50,
      });
      traffic.start();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return ((await traffic.stop()).byVersion["1.0.0"] ?? 0) > 0;
    });
  });

  it("tells a client that left from a request that was lost", async () => {
    const traffic = await twoVersions("leaving", {}, {});
    await traffic.stop();
    const before = world.gateway.lost;
    const headers = { host: "leaving.example.com", "x-play": "latency=2000" };
    const request = get(world.gateway.url, { headers });
    request.on("error", () => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    request.destroy();
    const [target] = world.gateway.scrapeTargets();
    const line = /^istio_requests_total\{.*"leaving-primary\.test\..*response_code="0",response_flags="DC".*\} 1$/m;
    await waitFor("it is counted", () => line.test(target?.text() ?? ""));
    assert.equal(world.gateway.lost, before);
  });

  it("says when its port is taken", async () => {
    const port = Number(new URL(world.gateway.url).port);
    const shared = { clock: systemClock(), random: seededRandom(1), log: silentLog(), transport: world.transport };
    const second = new Gateway({ ...shared, port, resolve: () => undefined });
    await assert.rejects(second.start(), /EADDRINUSE/);
    second.stop();
  });
});
