/** What the API server itself makes of our writes: server-side apply over Flagger's objects, status patches, finalizers. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Caches } from "../../src/adapters/kube/caches.ts";
import { KubeCanaries } from "../../src/adapters/kube/canaries.ts";
import { KubeCluster } from "../../src/adapters/kube/cluster.ts";
import { Connection } from "../../src/adapters/kube/connection.ts";
import { Requests } from "../../src/adapters/kube/requests.ts";
import { DeploymentDriver } from "../../src/adapters/kube/workloads/deployment.ts";
import { RejectedError, StaleError } from "../../src/control/errors.ts";
import type { CanaryRecord, Subject } from "../../src/control/ports.ts";
import type { Levels } from "../../src/domain/decision.ts";
import { newStatus } from "../../src/domain/status.ts";
import { instant } from "../../src/domain/time.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { noMeters } from "../../src/runtime/meters.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import { type Plane, startPlane } from "./plane.ts";
import { waitFor } from "./until.ts";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";
const CANARIES = "/apis/flagger.app/v1beta1/namespaces/shop/canaries";
const AS_IS: Levels = {
  scaffold: "none",
  traffic: undefined,
  primary: { kind: "asIs" },
  target: "asIs",
  finalizer: "asIs",
};

interface Stored {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly finalizers?: readonly string[];
    readonly managedFields: readonly {
      readonly manager: string;
      readonly operation: string;
      readonly subresource?: string;
    }[];
  };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly Readonly<Record<string, unknown>>[] } };
  };
  readonly status: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

describe("our writes on the real API server", () => {
  let plane: Plane;
  let caches: Caches;
  let cluster: KubeCluster;
  let canaries: KubeCanaries;
  let driver: DeploymentDriver;

  before(async () => {
    plane = await startPlane({ istio: false, envoy: false, prometheus: false });
    const clock = systemClock();
    const source = { from: "file", path: await plane.kubeconfig("admin") } as const;
    const transport = new Connection({ clock, source, userAgent: "serin/test", qps: 0, burst: 1 });
    const [log, random, meters] = [silentLog(), seededRandom(1), noMeters()];
    caches = new Caches({ transport, clock, random, log, meters, namespace: undefined });
    const requests = new Requests({ transport, leadership: { mayAct: () => true } });
    const wall = { now: () => instant(clock.now()) };
    cluster = new KubeCluster({ stores: caches.stores, requests, clock: wall });
    canaries = new KubeCanaries({ store: caches.stores.Canary, requests, clock: wall });
    const labels = { selectorLabels: ["app"], includeLabelPrefixes: [""] };
    driver = new DeploymentDriver({ cluster, clock, configTracking: true, wake: () => {}, ...labels });
    await plane.api.request("POST", "/api/v1/namespaces", { metadata: { name: "shop" } });
    await plane.api.request("POST", CANARIES, aCanary());
    await plane.api.request("POST", "/api/v1/namespaces/shop/configmaps", {
      metadata: { name: "conf" },
      data: { color: "blue" },
    });
    await plane.api.request("POST", `${DEPLOYMENTS}?fieldManager=kubectl`, aTarget());
    caches.start();
    await caches.whenSynced();
  });

  after(async () => {
    caches?.stop();
    await plane?.stop();
  });

  const stored = (path: string) => plane.api.get<Stored>(path);

  function record(): CanaryRecord {
    const found = canaries.get("shop/web");
    assert.ok(found);
    return found;
  }

  function subject(): Subject {
    const { spec } = record();
    assert.ok(spec);
    return { record: record(), spec };
  }

  async function revision(): Promise<string> {
    const known = (await stored(`${DEPLOYMENTS}/web`)).metadata.resourceVersion;
    await waitFor("the cache has followed", () => {
      const cached = cluster.read("Deployment", "shop", "web")?.metadata.resourceVersion ?? "0";
      return Number(cached) >= Number(known);
    });
    const found = driver.read(subject()).facts.target?.revision;
    assert.ok(found);
    return found;
  }

  /** Facts that were old are looked at again, as the line does: controllers write to these objects meanwhile. */
  const apply = (levels: () => Levels | Promise<Levels>) =>
    waitFor("the levels are applied", async () => {
      try {
        await driver.apply(subject(), await levels());
        return true;
      } catch (error) {
        if (error instanceof StaleError) return false;
        return assert.fail(error instanceof Error ? error : String(error));
      }
    });

  const promote = () => apply(async () => ({ ...AS_IS, primary: { kind: "runs", revision: await revision() } }));

  test("a primary that Flagger made becomes ours whole: what Flagger left in it goes", async () => {
    const owner = {
      apiVersion: "flagger.app/v1beta1",
      kind: "Canary",
      name: "web",
      uid: record().uid,
      controller: true,
    };
    const flaggers = aFlaggerPrimary(owner);
    await plane.api.request("POST", `${DEPLOYMENTS}?fieldManager=flagger`, flaggers);
    await waitFor("the primary is seen", () => cluster.read("Deployment", "shop", "web-primary") !== undefined);
    await promote();
    const primary = await stored(`${DEPLOYMENTS}/web-primary`);
    assert.deepEqual(
      primary.spec.template.spec.containers.map(({ name }) => name),
      ["web"],
    );
    const managers = primary.metadata.managedFields.filter(({ subresource }) => subresource === undefined);
    assert.deepEqual(
      managers.map(({ manager, operation }) => `${manager} ${operation}`),
      ["serin Apply"],
    );
    const copy = await stored("/api/v1/namespaces/shop/configmaps/conf-primary");
    assert.deepEqual(copy.data, { color: "blue" });
  });

  test("the target's template with the server's defaults is the primary's, and applying again changes nothing", async () => {
    const { target, primary } = driver.read(subject()).facts;
    assert.equal(target?.matchesPrimary, true);
    assert.equal(primary?.revision, target?.revision);
    const before = await stored(`${DEPLOYMENTS}/web-primary`);
    await promote();
    await promote();
    const now = await stored(`${DEPLOYMENTS}/web-primary`);
    assert.equal(now.metadata.generation, before.metadata.generation);
  });

  test("what a later revision does not have leaves the primary with it", async () => {
    const container = { name: "web", image: "web:2" };
    const target = { spec: { template: { spec: { containers: [container], volumes: null } } } };
    await plane.api.request("PATCH", `${DEPLOYMENTS}/web`, target, "merge");
    await promote();
    const { spec } = (await stored(`${DEPLOYMENTS}/web-primary`)).spec.template;
    assert.equal(spec.containers[0]?.["env"], undefined);
    assert.equal(spec.containers[0]?.["image"], "web:2");
    assert.equal("volumes" in spec, false);
  });

  test("the target is scaled to none and back", async () => {
    await apply(() => ({ ...AS_IS, target: "zero" }));
    assert.equal((await stored(`${DEPLOYMENTS}/web`)).spec.replicas, 0);
    // Not before its controller has seen the template: so it takes a pass, or some.
    await waitFor("the target is scaled up", async () => {
      await apply(() => ({ ...AS_IS, target: "up" }));
      return (await stored(`${DEPLOYMENTS}/web`)).spec.replicas === 2;
    });
  });

  test("a status is committed once, onto the version observed, and what it lacks is taken out", async () => {
    const first = record();
    const phase = {
      name: "Baking",
      step: 0,
      weight: 10,
      since: instant(0),
      checkAt: instant(0),
      evidenceAt: instant(0),
    } as const;
    const status = { ...newStatus(), phase, canaryWeight: 10, trackedConfigs: { a: "1", b: "2" }, reason: "so" };
    await canaries.commit(first, status);
    await assert.rejects(canaries.commit(first, status), StaleError);
    assert.deepEqual((await stored(`${CANARIES}/web`)).status["trackedConfigs"], { a: "1", b: "2" });
    await canaries.commit(record(), { ...record().status, trackedConfigs: { a: "1" }, reason: undefined });
    const after = (await stored(`${CANARIES}/web`)).status;
    assert.deepEqual(after["trackedConfigs"], { a: "1" });
    assert.equal("message" in after, false);
    const before = (await stored(`${CANARIES}/web`)).metadata.resourceVersion;
    await canaries.commit(record(), record().status);
    assert.equal((await stored(`${CANARIES}/web`)).metadata.resourceVersion, before);
  });

  test("a commit onto a version that only the server knows to be old is stale", async () => {
    const seen = record();
    const annotations = { note: `${Date.now()}` };
    caches.stop();
    await plane.api.request("PATCH", `${CANARIES}/web`, { metadata: { annotations } }, "merge");
    await assert.rejects(canaries.commit(seen, { ...seen.status, canaryWeight: 50 }), StaleError);
    caches.start();
    await caches.whenSynced();
  });

  test("the finalizer comes and goes", async () => {
    await canaries.setFinalizer(record(), "present");
    assert.deepEqual((await stored(`${CANARIES}/web`)).metadata.finalizers, ["finalizer.flagger.app"]);
    await canaries.setFinalizer(record(), "absent");
    assert.equal((await stored(`${CANARIES}/web`)).metadata.finalizers, undefined);
  });

  test("what the server finds invalid is a refusal with the field's path", async () => {
    const broken = {
      metadata: { name: "bad", namespace: "shop" },
      spec: { ports: [{ port: 70_000 }], selector: { a: "b" } },
    };
    await assert.rejects(cluster.apply("Service", broken), (error: Error) => {
      assert.ok(error instanceof RejectedError);
      assert.match(error.message, /spec\.ports\[0\]\.port/);
      return true;
    });
    const nowhere = {
      metadata: { name: "x", namespace: "nowhere" },
      spec: { ports: [{ port: 80 }], selector: { a: "b" } },
    };
    await assert.rejects(cluster.apply("Service", nowhere), StaleError);
  });

  test("the server's record of a write tells when it was", async () => {
    const service = {
      metadata: { name: "web", namespace: "shop" },
      spec: { ports: [{ port: 80 }], selector: { a: "b" } },
    };
    await cluster.apply("Service", service);
    assert.ok((cluster.writtenAt("Service", "shop", "web") ?? 0) > Date.now() - 60_000);
  });
});

function aCanary() {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name: "web" },
    spec: {
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      service: { port: 80 },
      analysis: { interval: "1m", threshold: 2, stepWeights: [10, 50] },
    },
  };
}

/** With what server-side apply finds hard: a variable twice, a port twice, a reference to a config. */
function aTarget() {
  const env = [
    { name: "A", value: "1" },
    { name: "A", value: "2" },
  ];
  const ports = [
    { name: "http", containerPort: 80 },
    { name: "metrics", containerPort: 80 },
  ];
  const volumes = [{ name: "conf", configMap: { name: "conf" } }];
  return {
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "web:1", env, ports }], volumes },
      },
    },
  };
}

function aFlaggerPrimary(owner: object) {
  const template = {
    metadata: { labels: { app: "web-primary" }, annotations: { "flagger-id": "5b6f8f6e" } },
    spec: {
      containers: [
        { name: "web", image: "web:0" },
        { name: "sidecar", image: "proxy:1" },
      ],
    },
  };
  return {
    metadata: { name: "web-primary", ownerReferences: [owner] },
    spec: { replicas: 1, selector: { matchLabels: { app: "web-primary" } }, template },
  };
}
