import assert from "node:assert/strict";
import { test } from "node:test";
import { KubeCanaries } from "../src/adapters/kube/canaries.ts";
import { KIND_NAMES } from "../src/adapters/kube/kinds.ts";
import { Requests } from "../src/adapters/kube/requests.ts";
import { retain } from "../src/adapters/kube/retention.ts";
import { Attention } from "../src/attention.ts";
import type { KindName } from "../src/control/ports.ts";
import { Rejections } from "../src/control/rejections.ts";
import { instant } from "../src/domain/time.ts";
import { noMeters } from "../src/runtime/meters.ts";
import { Store } from "../src/runtime/store.ts";
import type { KubeObject } from "../src/runtime/transport.ts";
import { RolloutMeters } from "../src/server/outcomes.ts";
import { FakeTransport } from "./build/fakeTransport.ts";
import { canary, deployment } from "./plane/manifests.ts";

/** Two Canaries in caches, and who was woken since. */
function attentive() {
  const stores = Object.fromEntries(KIND_NAMES.map((kind) => [kind, new Store({ transform: retain(kind) })])) as Record<
    KindName,
    Store
  >;
  const requests = new Requests({ transport: new FakeTransport(), leadership: { mayAct: () => true } });
  const canaries = new KubeCanaries({ store: stores.Canary, requests, clock: { now: () => instant(0) } });
  const woken: string[] = [];
  const dispatcher = { wake: (key: string) => void woken.push(key), forget: () => {} };
  const outcomes = new RolloutMeters(noMeters());
  new Attention({ stores, canaries, dispatcher, rejections: new Rejections(), outcomes }).begin();
  let version = 0;
  const put = (kind: KindName, object: object) => {
    const { metadata, ...rest } = object as KubeObject;
    const whole = { ...metadata, uid: metadata.name, resourceVersion: `${++version}` };
    stores[kind].writeThrough({ ...rest, metadata: whole });
  };
  for (const name of ["web", "shop"]) {
    put("Canary", canary(name));
    put("Deployment", deployment(name));
  }
  return { stores, put, woken: () => woken.splice(0) };
}

function slice(name: string, service: string | undefined): KubeObject {
  const labels = service === undefined ? {} : { "kubernetes.io/service-name": service };
  return { kind: "EndpointSlice", metadata: { name, namespace: "test", labels }, endpoints: [] };
}

test("a change wakes the rollout that looks at the object, and nobody else", () => {
  const { put, woken } = attentive();
  woken();
  put("Deployment", deployment("web-primary"));
  assert.deepEqual(woken(), ["test/web"]);
  put("Service", { metadata: { name: "shop-canary", namespace: "test" } });
  assert.deepEqual(woken(), ["test/shop"]);
  put("Service", { metadata: { name: "stranger", namespace: "test" } });
  assert.deepEqual(woken(), []);
});

test("a slice wakes whoever looks at its Service, when it comes, changes and goes", () => {
  const { stores, put, woken } = attentive();
  woken();
  put("EndpointSlice", slice("web-canary-x7k2p", "web-canary"));
  put("EndpointSlice", slice("web-primary-abcde", "web-primary"));
  put("EndpointSlice", slice("web-canary-x7k2p", "web-canary"));
  assert.deepEqual(woken(), ["test/web", "test/web", "test/web"]);
  const held = stores.EndpointSlice.get("test/web-canary-x7k2p");
  assert.ok(held !== undefined);
  stores.EndpointSlice.remove(held);
  assert.deepEqual(woken(), ["test/web"]);
});

test("one that is nobody's, or another Service's, wakes nobody", () => {
  const { put, woken } = attentive();
  woken();
  put("EndpointSlice", slice("web-canary", undefined));
  put("EndpointSlice", slice("other-abcde", "other"));
  put("EndpointSlice", {
    ...slice("far", "web-canary"),
    metadata: { ...slice("far", "web-canary").metadata, namespace: "far" },
  });
  assert.deepEqual(woken(), []);
});
