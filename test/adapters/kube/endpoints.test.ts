import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointsIn } from "../../../src/adapters/kube/endpoints.ts";
import { retain } from "../../../src/adapters/kube/retention.ts";
import { Store } from "../../../src/runtime/store.ts";
import type { KubeObject } from "../../../src/runtime/transport.ts";

const http = [{ name: "http", port: 9898, protocol: "TCP" }];

function slice(name: string, service: string | undefined, endpoints: unknown, ports: unknown = http): KubeObject {
  const labels = service === undefined ? {} : { "kubernetes.io/service-name": service };
  const metadata = { name, namespace: "test", uid: name, resourceVersion: "1", labels: { ...labels, app: "podinfo" } };
  return { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata, endpoints, ports };
}

const pod = (name: string, conditions?: object) => ({
  addresses: [`ip of ${name}`],
  targetRef: { kind: "Pod", name },
  ...(conditions === undefined ? {} : { conditions }),
});

function endpointsOf(...slices: readonly KubeObject[]) {
  const store = new Store({ transform: retain("EndpointSlice") });
  const endpoints = endpointsIn(store);
  for (const each of slices) store.writeThrough(each);
  return (service: string, port = "http") => endpoints.ready("test", service, port);
}

test("the pods of all slices of a Service, each once, in a fixed order", () => {
  const ready = endpointsOf(
    slice("ipv4", "podinfo-canary", [pod("b"), pod("a")]),
    slice("ipv6", "podinfo-canary", [pod("a"), pod("b"), pod("c")]),
    slice("other", "podinfo-primary", [pod("d")]),
  );
  assert.deepEqual(ready("podinfo-canary"), ["a", "b", "c"]);
  assert.deepEqual(ready("podinfo-primary"), ["d"]);
  assert.deepEqual(ready("podinfo"), []);
});

test("only those that requests are sent to: what says nothing of its readiness is ready", () => {
  const ready = endpointsOf(
    slice("one", "podinfo-canary", [
      pod("silent"),
      pod("unknown", {}),
      pod("ready", { ready: true }),
      pod("starting", { ready: false }),
      pod("leaving", { ready: false, serving: true, terminating: true }),
    ]),
  );
  assert.deepEqual(ready("podinfo-canary"), ["ready", "silent", "unknown"]);
});

test("a pod without the port that is asked for is nobody, however ready it is", () => {
  const ready = endpointsOf(
    slice("with", "podinfo-canary", [pod("a")], [...http, { name: "grpc", port: 9999 }]),
    slice("without", "podinfo-canary", [pod("b")], []),
    slice("other", "podinfo-canary", [pod("c")], [{ name: "grpc", port: 9999 }]),
    slice("null", "podinfo-canary", [pod("d")], null),
  );
  assert.deepEqual(ready("podinfo-canary"), ["a"]);
  assert.deepEqual(ready("podinfo-canary", "grpc"), ["a", "c"]);
});

test("slices written by hand, or by somebody who knows no better, do no harm", () => {
  const ready = endpointsOf(
    slice("hand", "podinfo-canary", [{ addresses: ["10.0.0.1"] }, { addresses: [] }, null, 5]),
    slice("empty", "podinfo-canary", null),
    slice("nobody", undefined, [pod("a")]),
  );
  assert.deepEqual(ready("podinfo-canary"), ["10.0.0.1"]);
});

test("only what is looked at is kept in memory", () => {
  const kept = retain("EndpointSlice")(slice("one", "podinfo-canary", [pod("a")]));
  assert.deepEqual(kept, {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      ...{ name: "one", namespace: "test", uid: "one", resourceVersion: "1" },
      labels: { "kubernetes.io/service-name": "podinfo-canary" },
    },
    portNames: ["http"],
    ready: ["a"],
  });
});
