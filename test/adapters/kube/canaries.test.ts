import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { KubeCanaries } from "../../../src/adapters/kube/canaries.ts";
import { Requests } from "../../../src/adapters/kube/requests.ts";
import { retain } from "../../../src/adapters/kube/retention.ts";
import { StaleError } from "../../../src/control/errors.ts";
import type { CanaryRecord } from "../../../src/control/ports.ts";
import { newStatus } from "../../../src/domain/status.ts";
import { instant } from "../../../src/domain/time.ts";
import { printStatus } from "../../../src/resources/printStatus.ts";
import { Store } from "../../../src/runtime/store.ts";
import type { KubeObject } from "../../../src/runtime/transport.ts";
import { arbitraryStatus } from "../../build/arbitraryStatus.ts";
import { FakeTransport } from "../../build/fakeTransport.ts";

let transport: FakeTransport;
let store: Store;
let canaries: KubeCanaries;
const now = instant(Date.UTC(2026, 0, 1));

beforeEach(() => {
  transport = new FakeTransport();
  store = new Store({ transform: retain("Canary") });
  const requests = new Requests({ transport, leadership: { mayAct: () => true } });
  canaries = new KubeCanaries({ store, requests, clock: { now: () => now } });
});

function aCanary(name: string, version: number, more: Readonly<Record<string, unknown>> = {}): KubeObject {
  const { metadata, status, target = "web" } = more;
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: {
      name,
      namespace: "shop",
      uid: `uid-${name}`,
      resourceVersion: String(version),
      generation: 3,
      ...(metadata as object),
    },
    spec: {
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
      service: { port: 80 },
      analysis: { interval: "1m", threshold: 2, metrics: [] },
    },
    ...(status === undefined ? {} : { status }),
  };
}

function recordOf(key: string): CanaryRecord {
  const record = canaries.get(key);
  assert.ok(record);
  return record;
}

test("a record holds what was parsed, and is parsed once for each version", () => {
  store.put(aCanary("web", 5, { metadata: { finalizers: ["finalizer.flagger.app"] } }));
  const record = recordOf("shop/web");
  assert.deepEqual(record.facts, {
    namespace: "shop",
    name: "web",
    generation: 3,
    deleting: false,
    hasFinalizer: true,
    createdAt: 0,
  });
  assert.equal(record.version, "5");
  assert.equal(record.uid, "uid-web");
  assert.equal(record.spec?.target.name, "web");
  assert.equal(canaries.get("shop/web"), record);
  store.put(aCanary("web", 6));
  assert.notEqual(canaries.get("shop/web"), record);
  assert.equal(canaries.get("shop/other"), undefined);
});

test("a commit is one merge patch of the status onto the version that was observed", async () => {
  const status = {
    phase: "Progressing",
    canaryWeight: 10,
    iterations: 4,
    sessionAffinityCookie: "c",
    trackedConfigs: { a: "1", b: "2" },
  };
  store.put(aCanary("web", 5, { status }));
  const record = recordOf("shop/web");
  const next = { ...newStatus(), canaryWeight: 50, trackedConfigs: { a: "1" } };
  const wire = printStatus(next, { kind: "Deployment", now });
  transport.answer({ status: 200, body: aCanary("web", 6, { status: wire }) });
  await canaries.commit(record, next);
  const [request] = transport.requests;
  assert.equal(request?.path, "/apis/flagger.app/v1beta1/namespaces/shop/canaries/web/status");
  assert.equal(request?.contentType, "application/merge-patch+json");
  const body = request?.body as { metadata: unknown; status: Record<string, unknown> };
  assert.deepEqual(body.metadata, { resourceVersion: "5" });
  assert.equal(body.status["canaryWeight"], 50);
  assert.equal(body.status["iterations"], 0);
  assert.equal(body.status["sessionAffinityCookie"], null);
  assert.deepEqual(body.status["trackedConfigs"], { b: null });
  assert.equal(recordOf("shop/web").version, "6");
});

test("a status that says the same costs no request", async () => {
  const status = JSON.parse(JSON.stringify(printStatus(newStatus(), { kind: "Deployment", now })));
  store.put(aCanary("web", 5, { status }));
  const record = recordOf("shop/web");
  await canaries.commit(record, record.status);
  assert.deepEqual(transport.requests, []);
});

test("a commit onto a version that is known to be old is stale without asking", async () => {
  store.put(aCanary("web", 5));
  const record = recordOf("shop/web");
  store.put(aCanary("web", 6));
  await assert.rejects(canaries.commit(record, newStatus()), StaleError);
  store.remove(aCanary("web", 7));
  await assert.rejects(canaries.commit(record, newStatus()), StaleError);
  assert.deepEqual(transport.requests, []);
});

test("a commit that the server finds old is stale, and the cache shows what the server has then, if it says", async () => {
  store.put(aCanary("web", 5));
  const refused = { status: 409, body: {} };
  transport.answer(refused, { status: 500, body: {} }, refused, { status: 200, body: aCanary("web", 9) });
  await assert.rejects(canaries.commit(recordOf("shop/web"), newStatus()), StaleError);
  assert.equal(recordOf("shop/web").version, "5");
  await assert.rejects(canaries.commit(recordOf("shop/web"), newStatus()), StaleError);
  assert.equal(recordOf("shop/web").version, "9");
  assert.equal(transport.requests.at(-1)?.path, "/apis/flagger.app/v1beta1/namespaces/shop/canaries/web");
});

test("the finalizer comes and goes, and others' stay", async () => {
  store.put(aCanary("web", 5, { metadata: { finalizers: ["other/one"] } }));
  const record = recordOf("shop/web");
  const finalizers = ["other/one", "finalizer.flagger.app"];
  transport.answer({ status: 200, body: aCanary("web", 6, { metadata: { finalizers } }) });
  await canaries.setFinalizer(record, "present");
  assert.deepEqual(transport.requests[0]?.body, { metadata: { finalizers, resourceVersion: "5" } });
  // The record is a version old by now, as after a commit in the same tick.
  transport.answer({ status: 200, body: aCanary("web", 7, { metadata: { finalizers: ["other/one"] } }) });
  await canaries.setFinalizer(record, "present");
  assert.equal(transport.requests.length, 1);
});

test("the last finalizer takes the object with it", async () => {
  const deleting = { deletionTimestamp: "2026-01-01T00:00:00Z" };
  store.put(aCanary("web", 5, { metadata: { ...deleting, finalizers: ["finalizer.flagger.app"] } }));
  transport.answer({ status: 200, body: aCanary("web", 6, { metadata: { ...deleting, finalizers: [] } }) });
  await canaries.setFinalizer(recordOf("shop/web"), "absent");
  assert.deepEqual(transport.requests[0]?.body, { metadata: { finalizers: [], resourceVersion: "5" } });
  assert.equal(canaries.get("shop/web"), undefined);
});

test("of Canaries with one target the earliest created comes first", () => {
  const at = (creationTimestamp: string) => ({ metadata: { creationTimestamp } });
  store.put(aCanary("young", 1, at("2026-01-02T00:00:00Z")));
  store.put(aCanary("old", 2, at("2026-01-01T00:00:00Z")));
  store.put(aCanary("elsewhere", 3, { target: "other", ...at("2025-01-01T00:00:00Z") }));
  assert.deepEqual(canaries.sharingTarget(recordOf("shop/young")), ["shop/old", "shop/young"]);
  assert.deepEqual(canaries.sharingTarget(recordOf("shop/elsewhere")), ["shop/elsewhere"]);
});

test("a status that says something else than what it is read as is known, and put right by a commit", async () => {
  store.put(aCanary("web", 5));
  assert.equal(recordOf("shop/web").isMisreported, false, "nothing was said");
  store.put(aCanary("web", 6, { status: { phase: "Terminating", canaryWeight: 50, lastPromotedSpec: "v1-a" } }));
  const record = recordOf("shop/web");
  assert.equal(record.isMisreported, true);
  const right = printStatus(record.status, { kind: "Deployment", now });
  transport.answer({ status: 200, body: aCanary("web", 7, { status: JSON.parse(JSON.stringify(right)) }) });
  await canaries.commit(record, record.status);
  assert.equal(recordOf("shop/web").isMisreported, false);
  assert.equal(right.phase, "Succeeded");
});

test("a change of target concerns those who had it in sight, and whoever names the new one", () => {
  const [web, other] = [aCanary("one", 1), aCanary("one", 2, { target: "other" })];
  store.put(aCanary("two", 3));
  store.put(aCanary("three", 4, { target: "other" }));
  assert.deepEqual(canaries.concernedBy(web, undefined), ["shop/two"], "a deletion");
  assert.deepEqual(canaries.concernedBy(undefined, other), ["shop/three"], "a creation");
  assert.deepEqual(canaries.concernedBy(web, other), ["shop/two", "shop/three"]);
  assert.deepEqual(canaries.concernedBy(web, aCanary("one", 5)), [], "no change of target");
});

test("what a commit stored, a second commit of the same finds stored", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryStatus, async (status) => {
      const wire = JSON.parse(JSON.stringify(printStatus(status, { kind: "Deployment", now })));
      const ownStore = new Store({ transform: retain("Canary") });
      const unused = new FakeTransport();
      const requests = new Requests({ transport: unused, leadership: { mayAct: () => true } });
      const own = new KubeCanaries({ store: ownStore, requests, clock: { now: () => instant(now + 60_000) } });
      // Being deleted, which every phase can be.
      const metadata = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["finalizer.flagger.app"] };
      ownStore.put(aCanary("web", 5, { status: wire, metadata }));
      const record = own.get("shop/web");
      assert.ok(record);
      assert.equal(record.isMisreported, false);
      await own.commit(record, record.status);
      assert.deepEqual(unused.requests, []);
    }),
  );
});
