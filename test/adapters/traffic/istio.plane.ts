/** What only a real API server can say of the Istio router: `node test/plane/run.ts test/adapters/traffic/istio.plane.ts`. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { KubeCluster } from "../../../src/adapters/kube/cluster.ts";
import { Connection } from "../../../src/adapters/kube/connection.ts";
import { KIND_NAMES } from "../../../src/adapters/kube/kinds.ts";
import { Requests } from "../../../src/adapters/kube/requests.ts";
import { retain } from "../../../src/adapters/kube/retention.ts";
import { istioRouter } from "../../../src/adapters/traffic/istio.ts";
import { RejectedError, StaleError } from "../../../src/control/errors.ts";
import type { ClusterObject, KindName } from "../../../src/control/ports.ts";
import type { Levels } from "../../../src/domain/decision.ts";
import type { ServiceSpec } from "../../../src/domain/spec.ts";
import { instant } from "../../../src/domain/time.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { Store } from "../../../src/runtime/store.ts";
import type { Transport } from "../../../src/runtime/transport.ts";
import { type Plane, startPlane } from "../../plane/plane.ts";
import { aSubject, levels, NAMESPACE, SHAPE } from "./subject.ts";

type RoutingKind = "Service" | "VirtualService" | "DestinationRule";
// Tests read deep into objects of the wire, whose shape they state by what they expect there.
type Wire = ClusterObject & { readonly spec: Readonly<Record<string, unknown>> };

const ISTIO = "networking.istio.io/v1beta1";
const COLLECTIONS: Readonly<Record<RoutingKind, string>> = {
  Service: `/api/v1/namespaces/${NAMESPACE}/services`,
  VirtualService: `/apis/${ISTIO}/namespaces/${NAMESPACE}/virtualservices`,
  DestinationRule: `/apis/${ISTIO}/namespaces/${NAMESPACE}/destinationrules`,
};
const CANARIES = `/apis/flagger.app/v1beta1/namespaces/${NAMESPACE}/canaries`;

let plane: Plane;
let count = 0;

before(async () => {
  plane = await startPlane({ istio: false, envoy: false, prometheus: false, servers: "none" });
  await plane.api.request("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
});
after(() => plane?.stop());

/** A Canary on the server with a router of its own, whose every write is kept. */
async function aCanary(service: Partial<ServiceSpec> = {}) {
  count += 1;
  const name = `app${count}`;
  const owner = await plane.api.request("POST", CANARIES, {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name },
    spec: {
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      service: { port: 80 },
      analysis: { interval: "1m", threshold: 1, stepWeights: [10] },
    },
  });
  const uid = owner.metadata.uid ?? "";
  const clock = systemClock();
  const path = await plane.kubeconfig("admin");
  const connection = new Connection({ clock, source: { from: "file", path }, userAgent: "test", qps: 0, burst: 0 });
  const writes: string[] = [];
  const transport: Transport = {
    request(request) {
      const style = request.contentType?.includes("apply") === true ? "apply" : "merge";
      if (request.method !== "GET") writes.push(`${style} ${request.path.split("/").slice(-2).join("/")}`);
      return connection.request(request);
    },
    watch: (request) => connection.watch(request),
  };
  const stores = Object.fromEntries(KIND_NAMES.map((kind) => [kind, new Store({ transform: retain(kind) })])) as Record<
    KindName,
    Store
  >;
  const requests = new Requests({ transport, leadership: { mayAct: () => true } });
  const cluster = new KubeCluster({ stores, requests, clock: { now: () => instant(clock.now()) } });
  const router = istioRouter(cluster);
  const subject = (edited: Partial<ServiceSpec> = {}) => aSubject({ name, ...service, ...edited }, { uid, name });
  const live = (kind: RoutingKind, suffix = "") => plane.api.get<Wire>(`${COLLECTIONS[kind]}/${name}${suffix}`);
  /** What watches would do. */
  async function see(): Promise<void> {
    for (const kind of ["Service", "VirtualService", "DestinationRule"] as const)
      for (const suffix of ["", "-primary", "-canary"]) {
        const object = await plane.api.find<Wire>(`${COLLECTIONS[kind]}/${name}${suffix}`);
        if (object !== undefined) stores[kind].writeThrough({ ...object, kind });
      }
  }
  async function apply(scaffold: Levels["scaffold"], canary?: number, edited?: Partial<ServiceSpec>) {
    await see();
    writes.length = 0;
    await router.apply(subject(edited), SHAPE, levels(scaffold, canary));
    return [...writes];
  }
  const patch = (kind: RoutingKind, body: object) => plane.api.request("PATCH", `${COLLECTIONS[kind]}/${name}`, body);
  const read = (edited?: Partial<ServiceSpec>) => router.read(subject(edited), SHAPE);
  return { name, uid, router, subject, live, see, apply, patch, read };
}

const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);

describe("the Istio router on a real API server", () => {
  test("makes everything once, then rests", async () => {
    const t = await aCanary({ portDiscovery: true, trafficDistribution: "PreferClose", hosts: ["a.example.com"] });
    assert.equal((await t.apply("all", 10)).length, 6);
    assert.deepEqual(await t.apply("all", 10), []);
    assert.deepEqual(await t.apply("all"), []);
    assert.equal(t.read().facts.route?.plan.split.canary, 10);
    assert.deepEqual(t.read().problems, []);
  });

  test("puts drift right and leaves foreign rules and fields", async () => {
    const t = await aCanary();
    await t.apply("all", 10);
    const [ours] = at(await t.live("VirtualService"), "spec", "http") as Record<string, unknown>[];
    const admin = {
      name: "admin",
      match: [{ uri: { prefix: "/admin" } }],
      route: [{ destination: { host: "admin" } }],
    };
    const fault = { abort: { httpStatus: 500, percentage: { value: 0.5 } } };
    await t.patch("VirtualService", { spec: { exportTo: ["."], http: [admin, { ...ours, fault, timeout: "1s" }] } });
    await t.patch("Service", { spec: { selector: { more: "x" } } });
    assert.deepEqual(await t.apply("all", 20), [`apply services/${t.name}`, `apply virtualservices/${t.name}`]);
    const route = await t.live("VirtualService");
    assert.deepEqual(at(route, "spec", "exportTo"), ["."]);
    assert.deepEqual(at(route, "spec", "http", 0), admin);
    assert.deepEqual(at(route, "spec", "http", 1, "fault"), fault);
    assert.equal(at(route, "spec", "http", 1, "timeout"), undefined);
    assert.deepEqual(at(await t.live("Service"), "spec", "selector"), { app: "podinfo-primary" });
    assert.deepEqual(await t.apply("all", 20), []);
  });

  test("takes away what is taken out of the spec", async () => {
    const t = await aCanary({
      portDiscovery: true,
      trafficDistribution: "PreferClose",
      timeout: "5s",
      apex: { labels: { team: "a" }, annotations: {} },
      trafficPolicy: { loadBalancer: { simple: "RANDOM" }, outlierDetection: { consecutive5xxErrors: 3 } },
    });
    await t.apply("all", 10);
    const hash = { loadBalancer: { consistentHash: { useSourceIp: true } } };
    const edited = {
      port: 81,
      portDiscovery: false,
      trafficDistribution: undefined,
      timeout: undefined,
      apex: { labels: {}, annotations: {} },
      trafficPolicy: hash,
    };
    const writes = await t.apply("all", undefined, edited);
    assert.ok(
      writes.every((write) => write.startsWith("apply")),
      writes.join(),
    );
    assert.deepEqual(await t.apply("all", undefined, edited), []);
    const service = await t.live("Service");
    assert.deepEqual(
      (at(service, "spec", "ports") as Wire[]).map((port) => at(port, "port")),
      [81],
    );
    assert.equal(at(service, "spec", "trafficDistribution"), undefined);
    assert.equal(service.metadata.labels?.["team"], undefined);
    assert.deepEqual(at(await t.live("DestinationRule", "-canary"), "spec", "trafficPolicy"), hash);
    const route = await t.live("VirtualService");
    assert.equal(at(route, "spec", "http", 0, "timeout"), undefined);
    assert.equal(at(route, "spec", "http", 0, "route", 1, "weight"), 10);
    await t.apply("all", undefined, { ...edited, trafficPolicy: undefined });
    assert.equal(at(await t.live("DestinationRule", "-canary"), "spec", "trafficPolicy"), undefined);
  });

  test("wins a policy and a port back that somebody edited by hand", async () => {
    const t = await aCanary({ trafficPolicy: { loadBalancer: { simple: "RANDOM" } } });
    await t.apply("all", 10);
    const policy = { loadBalancer: { consistentHash: { useSourceIp: true }, simple: null }, tls: { mode: "DISABLE" } };
    await plane.api.request("PATCH", `${COLLECTIONS.DestinationRule}/${t.name}-canary`, {
      spec: { trafficPolicy: policy },
    });
    await t.patch("Service", { spec: { ports: [{ name: "http", port: 99, targetPort: 1 }] } });
    await t.apply("all", 10);
    assert.deepEqual(await t.apply("all", 10), []);
    assert.deepEqual(at(await t.live("DestinationRule", "-canary"), "spec", "trafficPolicy"), {
      loadBalancer: { simple: "RANDOM" },
    });
    const ports = at(await t.live("Service"), "spec", "ports") as Wire[];
    assert.deepEqual(
      ports.map((port) => at(port, "port")),
      [80],
    );
    await t.apply("all", 10, { port: 82 });
    assert.deepEqual(await t.apply("all", 10, { port: 82 }), []);
    assert.equal((at(await t.live("Service"), "spec", "ports") as Wire[]).length, 1);
  });

  test("does not write over a rule that it has not seen", async () => {
    const t = await aCanary();
    await t.apply("all", 0);
    await t.patch("VirtualService", { metadata: { labels: { a: "b" } } });
    await assert.rejects(t.router.apply(t.subject(), SHAPE, levels("all", 50)), StaleError);
    await t.apply("all", 50);
    assert.equal(t.read().facts.route?.plan.split.canary, 50);
  });

  test("headless at creation stays headless, and delegation takes hosts and gateways away", async () => {
    const t = await aCanary({ headless: true });
    await t.apply("all", 0);
    assert.deepEqual(await t.apply("all", 0), []);
    const edited = { headless: false, port: 82, delegation: true };
    await t.apply("all", 0, edited);
    assert.deepEqual(await t.apply("all", 0, edited), []);
    assert.equal(at(await t.live("Service"), "spec", "clusterIP"), "None");
    const route = await t.live("VirtualService");
    assert.deepEqual([at(route, "spec", "hosts"), at(route, "spec", "gateways")], [[], undefined]);
  });

  test("a field that Istio does not know is a refusal", async () => {
    const t = await aCanary({ retries: { attempts: 1, nonsense: 4 } });
    await assert.rejects(t.apply("all", 0), RejectedError);
  });

  test("takes over what was there and gives it back to the last field", async () => {
    const t = await aCanary({ apex: { labels: { team: "a" }, annotations: {} } });
    const service = await plane.api.request<Wire>("POST", COLLECTIONS.Service, {
      metadata: { name: t.name, labels: { app: "x" } },
      spec: {
        type: "NodePort",
        selector: { app: "podinfo", tier: "web" },
        ports: [
          { name: "http", port: 8080, targetPort: 9898 },
          { name: "metrics", port: 9797 },
        ],
      },
    });
    const route = await plane.api.request<Wire>("POST", COLLECTIONS.VirtualService, {
      apiVersion: ISTIO,
      kind: "VirtualService",
      metadata: { name: t.name, annotations: { note: "1" } },
      spec: {
        hosts: ["a.example.com"],
        gateways: ["g"],
        exportTo: ["."],
        http: [
          { match: [{ uri: { prefix: "/admin" } }], route: [{ destination: { host: "admin" } }] },
          { name: "main", route: [{ destination: { host: t.name } }] },
        ],
      },
    });
    await t.apply("all", 10);
    assert.deepEqual(await t.apply("all", 10), []);
    const names = at(await t.live("Service"), "spec", "ports") as Wire[];
    assert.deepEqual(names.map((port) => at(port, "name")).sort(), ["http", "http-8080", "metrics"]);
    await t.apply("all", 10, { port: 8080 });
    assert.deepEqual(await t.apply("all", 10, { port: 8080 }), []);
    assert.equal(t.read().facts.givenBack, false);
    assert.deepEqual(await t.apply("givenBack"), [`merge services/${t.name}`, `merge virtualservices/${t.name}`]);
    assert.equal(t.read().facts.givenBack, true);
    assert.deepEqual(await t.apply("givenBack"), []);
    for (const [kind, was] of [
      ["Service", service],
      ["VirtualService", route],
    ] as const) {
      const is = await t.live(kind);
      assert.deepEqual(is.spec, was.spec);
      assert.deepEqual([is.metadata.labels, is.metadata.annotations], [was.metadata.labels, was.metadata.annotations]);
    }
  });

  test("goes on from a rollout of Flagger's in the middle, and owns what Flagger owned", async () => {
    const t = await aCanary();
    const ownerReferences = [
      { apiVersion: "flagger.app/v1beta1", kind: "Canary", name: t.name, uid: t.uid, controller: true },
    ];
    const make = (kind: RoutingKind, suffix: string, spec: object) =>
      plane.api.request("POST", `${COLLECTIONS[kind]}?fieldManager=flagger`, {
        ...(kind === "Service" ? {} : { apiVersion: ISTIO, kind }),
        metadata: { name: `${t.name}${suffix}`, labels: { old: "1" }, ownerReferences },
        spec,
      });
    const ports = [{ name: "http", port: 79, targetPort: 9898, protocol: "TCP" }];
    await make("Service", "", { type: "ClusterIP", selector: { app: "podinfo-primary" }, ports });
    await make("DestinationRule", "-canary", {
      host: `${t.name}-canary`,
      trafficPolicy: { loadBalancer: { simple: "RANDOM" } },
    });
    const split = [
      { destination: { host: `${t.name}-primary` }, weight: 60 },
      { destination: { host: `${t.name}-canary` }, weight: 40 },
    ];
    await make("VirtualService", "", { hosts: [t.name], gateways: ["mesh"], http: [{ timeout: "9s", route: split }] });
    await t.see();
    assert.equal(t.read().facts.route?.plan.split.canary, 40);
    // The version changes while Flagger's fields are taken over, so the first try may be stale.
    await t.apply("all").catch((error: unknown) => assert.ok(error instanceof StaleError, String(error)));
    await t.apply("all");
    assert.deepEqual(await t.apply("all"), []);
    assert.equal(t.read().facts.route?.plan.split.canary, 40);
    const service = await t.live("Service");
    assert.deepEqual(
      (at(service, "spec", "ports") as Wire[]).map((port) => at(port, "port")),
      [80],
    );
    assert.equal(service.metadata.labels?.["old"], undefined);
    assert.equal(at(await t.live("DestinationRule", "-canary"), "spec", "trafficPolicy"), undefined);
    assert.equal(at(await t.live("VirtualService"), "spec", "http", 0, "timeout"), undefined);
  });
});
