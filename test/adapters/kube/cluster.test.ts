import assert from "node:assert/strict";
import { beforeEach, suite, test } from "node:test";
import { KubeCluster, type ObjectStores } from "../../../src/adapters/kube/cluster.ts";
import { KIND_NAMES } from "../../../src/adapters/kube/kinds.ts";
import { Requests } from "../../../src/adapters/kube/requests.ts";
import { retain } from "../../../src/adapters/kube/retention.ts";
import { StaleError, UnavailableError } from "../../../src/control/errors.ts";
import type { KindName } from "../../../src/control/ports.ts";
import { instant } from "../../../src/domain/time.ts";
import { Store } from "../../../src/runtime/store.ts";
import { TransportError } from "../../../src/runtime/transport.ts";
import { anObject, FakeTransport } from "../../build/fakeTransport.ts";

let transport: FakeTransport;
let stores: ObjectStores & Readonly<Record<KindName, Store>>;
let cluster: KubeCluster;
let now: number;
let leads: boolean;

function ok(body: unknown) {
  return { status: 200, body };
}

beforeEach(() => {
  now = 1_000;
  leads = true;
  transport = new FakeTransport();
  stores = Object.fromEntries(KIND_NAMES.map((kind) => [kind, new Store({ transform: retain(kind) })])) as Record<
    KindName,
    Store
  >;
  const requests = new Requests({ transport, leadership: { mayAct: () => leads } });
  cluster = new KubeCluster({ stores, requests, clock: { now: () => instant(now) } });
});

suite("writes", () => {
  test("an apply is one forced server-side apply of the object as it is, and the next read sees its answer", async () => {
    stores.Deployment.put(anObject("web", 6));
    transport.answer(ok(anObject("web", 7, { spec: { replicas: 3, defaulted: true } })));
    const object = { metadata: { name: "web", namespace: "shop" }, spec: { replicas: 3 } };
    await cluster.apply("Deployment", object);
    assert.deepEqual(transport.requests, [
      {
        method: "PATCH",
        path: "/apis/apps/v1/namespaces/shop/deployments/web",
        query: { fieldManager: "serin", force: "true" },
        contentType: "application/apply-patch+yaml",
        body: { apiVersion: "apps/v1", kind: "Deployment", ...object },
        timeoutMillis: 4_500,
      },
    ]);
    assert.deepEqual(cluster.read("Deployment", "shop", "web")?.["spec"], { replicas: 3, defaulted: true });
  });

  test("what the cache does not show is not forced: it may have been made by somebody a moment ago", async () => {
    const object = { metadata: { name: "web", namespace: "shop" }, spec: { replicas: 3 } };
    transport.answer({ status: 409, body: {} });
    await assert.rejects(cluster.apply("Deployment", object), StaleError);
    assert.deepEqual(transport.requests[0]?.query, { fieldManager: "serin" });
    assert.equal(transport.requests[0]?.contentType, "application/apply-patch+yaml");
  });

  test("a merge says the version it was made for", async () => {
    transport.answer(ok(anObject("web", 7)));
    const patch = { metadata: { labels: { a: "b" } }, spec: { replicas: 0 } };
    await cluster.merge("Deployment", "shop", "web", patch, "6");
    assert.deepEqual(transport.requests[0]?.query, { fieldManager: "serin" });
    assert.equal(transport.requests[0]?.contentType, "application/merge-patch+json");
    assert.deepEqual(transport.requests[0]?.body, {
      metadata: { labels: { a: "b" }, resourceVersion: "6" },
      spec: { replicas: 0 },
    });
  });

  test("a conflict is stale, and no answer is unavailable", async () => {
    transport.answer({ status: 409, body: {} }, new TransportError("reset"));
    await assert.rejects(cluster.merge("Service", "shop", "web", {}, "6"), StaleError);
    await assert.rejects(cluster.merge("Service", "shop", "web", {}), UnavailableError);
  });

  test("after a conflict the cache shows what the server has, so that the next write is made for that", async () => {
    stores.Service.put(anObject("web", 6));
    transport.answer(
      { status: 409, body: {} },
      ok(anObject("web", 9)),
      { status: 409, body: {} },
      new TransportError("x"),
    );
    await assert.rejects(cluster.merge("Service", "shop", "web", {}, "6"), StaleError);
    assert.equal(cluster.read("Service", "shop", "web")?.metadata.resourceVersion, "9");
    assert.equal(transport.requests[1]?.method, "GET");
    await assert.rejects(cluster.merge("Service", "shop", "web", {}, "9"), StaleError);
    assert.equal(cluster.read("Service", "shop", "web")?.metadata.resourceVersion, "9");
  });

  test("what is confirmed is as the server has it, and what is not is known from then on", async () => {
    stores.VirtualService.put(anObject("web", 6));
    const [six, seven, gone] = [ok(anObject("web", 6)), ok(anObject("web", 7)), { status: 404, body: {} }];
    transport.answer(six, seven, seven, gone, gone, new TransportError("reset"));
    const confirm = () => cluster.confirm("VirtualService", "shop", "web");
    await confirm();
    await assert.rejects(confirm(), StaleError);
    assert.equal(cluster.read("VirtualService", "shop", "web")?.metadata.resourceVersion, "7");
    await confirm();
    await assert.rejects(confirm(), StaleError);
    assert.equal(cluster.read("VirtualService", "shop", "web"), undefined);
    await confirm();
    await assert.rejects(confirm(), UnavailableError);
  });

  test("an instance that cannot prove that it leads writes nothing, but may read", async () => {
    leads = false;
    await assert.rejects(cluster.apply("Service", { metadata: { name: "web", namespace: "shop" } }), StaleError);
    await assert.rejects(cluster.merge("Service", "shop", "web", {}), StaleError);
    assert.deepEqual(transport.requests, []);
    transport.answer(ok(anObject("conf", 1)));
    assert.equal((await cluster.fetch("ConfigMap", "shop", "conf"))?.metadata.name, "conf");
  });

  test("a late watch event does not undo a write that was answered", async () => {
    stores.Deployment.put(anObject("web", 6, { spec: { replicas: 1 } }));
    transport.answer(ok(anObject("web", 8, { spec: { replicas: 0 } })));
    await cluster.merge("Deployment", "shop", "web", { spec: { replicas: 0 } });
    stores.Deployment.put(anObject("web", 7, { spec: { replicas: 1 } }));
    assert.deepEqual(cluster.read("Deployment", "shop", "web")?.["spec"], { replicas: 0 });
  });

  test("a fetched config that is not there is undefined", async () => {
    transport.answer({ status: 404, body: {} });
    assert.equal(await cluster.fetch("Secret", "shop", "token"), undefined);
  });
});

suite("taking over from Flagger", () => {
  const held = { manager: "flagger", operation: "Update", apiVersion: "apps/v1", fieldsV1: { "f:spec": {} } };

  test("the first apply first takes Flagger's fields, onto the version that was read", async () => {
    const object = anObject("web", 6);
    const live = { ...object, metadata: { ...object.metadata, managedFields: [held] } };
    stores.Deployment.put(live);
    transport.answer(ok(live), ok(anObject("web", 7)), ok(anObject("web", 8)), ok(anObject("web", 9)));
    await cluster.apply("Deployment", { metadata: { name: "web", namespace: "shop" } });
    await cluster.apply("Deployment", { metadata: { name: "web", namespace: "shop" } });
    assert.deepEqual(
      transport.requests.map(({ method, contentType }) => `${method} ${contentType ?? ""}`.trim()),
      [
        "GET",
        "PATCH application/merge-patch+json",
        "PATCH application/apply-patch+yaml",
        "PATCH application/apply-patch+yaml",
      ],
    );
    assert.deepEqual(transport.requests[1]?.body, {
      metadata: { resourceVersion: "6", managedFields: [{ ...held, manager: "serin", operation: "Apply" }] },
    });
  });
});

suite("times", () => {
  function aService(version: number, spec: unknown, time?: string) {
    const object = anObject("web", version, { spec });
    const managedFields = time === undefined ? [] : [{ manager: "serin", operation: "Apply", time }];
    return { ...object, metadata: { ...object.metadata, managedFields } };
  }

  test("our last write is as old as the server says", () => {
    stores.Service.put(aService(1, {}));
    assert.equal(cluster.writtenAt("Service", "shop", "web"), undefined);
    stores.Service.put(aService(2, {}, "2026-01-02T03:04:05Z"));
    assert.equal(cluster.writtenAt("Service", "shop", "web"), Date.UTC(2026, 0, 2, 3, 4, 6));
    assert.equal(cluster.writtenAt("Service", "shop", "other"), undefined);
  });

  test("but what this process saw happen is as old as it saw it, whatever the server's clock says", () => {
    stores.Service.put(aService(1, { ports: [1] }, "2026-01-02T03:04:05Z"));
    stores.Service.put(aService(2, { ports: [2] }, "2026-01-02T03:04:05Z"));
    assert.equal(cluster.writtenAt("Service", "shop", "web"), undefined);
  });

  test("nor has it a say in what appeared while this process was watching", () => {
    cluster.witness();
    stores.Service.put(aService(1, {}, "2026-01-02T03:04:05Z"));
    assert.equal(cluster.writtenAt("Service", "shop", "web"), undefined);
  });

  test("content is as old as this process knows it, whatever else changes", () => {
    stores.Service.put(aService(1, { ports: [1] }));
    now = 2_000;
    stores.Service.put(aService(2, { ports: [1] }, "2026-01-02T03:04:05Z"));
    assert.equal(cluster.seenSince("Service", "shop", "web"), 1_000);
    stores.Service.put(aService(3, { ports: [2] }));
    assert.equal(cluster.seenSince("Service", "shop", "web"), 2_000);
    now = 3_000;
    stores.Service.put({ ...aService(4, { ports: [2] }), metadata: { ...anObject("web", 4).metadata, uid: "again" } });
    assert.equal(cluster.seenSince("Service", "shop", "web"), 3_000);
    stores.Service.remove({ ...anObject("web", 5), metadata: { ...anObject("web", 5).metadata, uid: "again" } });
    assert.equal(cluster.seenSince("Service", "shop", "web"), undefined);
  });
});
