import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { istioRouter } from "../../../src/adapters/traffic/istio.ts";
import { trafficRouters } from "../../../src/adapters/traffic/routers.ts";
import { RejectedError, StaleError } from "../../../src/control/errors.ts";
import type { ClusterObject, KindName } from "../../../src/control/ports.ts";
import type { ServiceSpec } from "../../../src/domain/spec.ts";
import { instant } from "../../../src/domain/time.ts";
import { splitPlan } from "../../../src/domain/traffic.ts";
import { FakeCluster } from "../../build/fakeCluster.ts";
import { aSubject, levels, NAMESPACE, SHAPE } from "./subject.ts";

type Json = Record<string, unknown>;

/** A cluster with a router at rest on it, ten percent on the canary. */
async function atRest(service: Partial<ServiceSpec> = {}) {
  const cluster = new FakeCluster();
  const router = istioRouter(cluster);
  await router.apply(aSubject(service), SHAPE, levels("all", 10));
  const apply = async (scaffold: "all" | "backends" | "givenBack", weight?: number, now = service) => {
    cluster.writes.length = 0;
    await router.apply(aSubject(now), SHAPE, levels(scaffold, weight));
    return cluster.writes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`);
  };
  return { cluster, router, apply, read: (now = service) => router.read(aSubject(now), SHAPE) };
}

/** Change an object behind the router's back. */
function edit(cluster: FakeCluster, kind: KindName, name: string, change: (object: Json) => void): void {
  const copy = structuredClone(cluster.read(kind, NAMESPACE, name)) as unknown as Json;
  change(copy);
  cluster.put(kind, copy as unknown as ClusterObject);
}

const specOf = (object: Json) => object["spec"] as Json;
const rulesOf = (object: Json) => specOf(object)["http"] as Json[];
const routeOf = (object: Json) => rulesOf(object)[0]?.["route"] as Json[];

describe("istio router: drift", () => {
  test("at rest and undisturbed nothing is written", async () => {
    const { apply } = await atRest();
    assert.deepEqual(await apply("all", 10), []);
    assert.deepEqual(await apply("all"), []);
    assert.deepEqual(await apply("backends"), []);
  });

  const drifts: Record<string, { kind: KindName; name: string; change: (object: Json) => void }> = {
    "edited weights": {
      kind: "VirtualService",
      name: "podinfo",
      change: (object) => Object.assign(routeOf(object)[0] ?? {}, { weight: 50 }),
    },
    "a deleted rule": {
      kind: "VirtualService",
      name: "podinfo",
      change: (object) => Object.assign(specOf(object), { http: [] }),
    },
    "a field added to our rule's own": {
      kind: "VirtualService",
      name: "podinfo",
      change: (object) => Object.assign(rulesOf(object)[0] ?? {}, { timeout: "1s" }),
    },
    "an edited host": {
      kind: "VirtualService",
      name: "podinfo",
      change: (object) => Object.assign(specOf(object), { hosts: ["other"] }),
    },
    "an edited selector": {
      kind: "Service",
      name: "podinfo",
      change: (object) => Object.assign(specOf(object), { selector: { app: "podinfo", more: "x" } }),
    },
    "an edited port": {
      kind: "Service",
      name: "podinfo-canary",
      change: (object) => Object.assign(specOf(object), { ports: [{ name: "http", port: 80, targetPort: 1 }] }),
    },
    "an edited destination host": {
      kind: "DestinationRule",
      name: "podinfo-primary",
      change: (object) => Object.assign(specOf(object), { host: "x" }),
    },
  };
  for (const [name, { kind, name: object, change }] of Object.entries(drifts)) {
    test(`${name} is put right by one write and no other`, async () => {
      const { cluster, apply, read } = await atRest();
      edit(cluster, kind, object, change);
      assert.deepEqual(await apply("all", 10), [`apply ${kind} ${object}`]);
      assert.deepEqual(read().facts.route?.plan, splitPlan(10));
      assert.deepEqual(await apply("all", 10), []);
    });
  }

  test("without a plan the weights stay as they are found and other drift is put right", async () => {
    const { cluster, apply, read } = await atRest();
    edit(cluster, "VirtualService", "podinfo", (object) => {
      Object.assign(routeOf(object)[0] ?? {}, { weight: 70 });
      Object.assign(routeOf(object)[1] ?? {}, { weight: 30 });
      Object.assign(specOf(object), { gateways: ["x"] });
    });
    assert.deepEqual(await apply("all"), ["apply VirtualService podinfo"]);
    assert.deepEqual(read().facts.route?.plan, splitPlan(30));
  });

  test("an edit of the spec in the middle of a run leaves the weights alone (Flagger starts again from 100/0)", async () => {
    const { cluster, apply, read } = await atRest({ timeout: "5s", apex: { labels: { team: "a" }, annotations: {} } });
    const service = { apex: { labels: {}, annotations: {} } };
    assert.deepEqual(await apply("all", undefined, service), ["apply Service podinfo", "apply VirtualService podinfo"]);
    assert.deepEqual(read(service).facts.route?.plan, splitPlan(10));
    const route = cluster.read("VirtualService", NAMESPACE, "podinfo");
    assert.equal(rulesOf(route as unknown as Json)[0]?.["timeout"], undefined);
    assert.deepEqual(route?.metadata.labels, { app: "podinfo" });
    assert.deepEqual(await apply("all", undefined, service), []);
  });

  test("a policy taken out of the spec goes, one that was replaced leaves nothing of the old one", async () => {
    const simple = { trafficPolicy: { loadBalancer: { simple: "RANDOM" } } };
    const hash = { trafficPolicy: { loadBalancer: { consistentHash: { useSourceIp: true } } } };
    const { cluster, apply } = await atRest(simple);
    edit(cluster, "DestinationRule", "podinfo-canary", (object) => {
      Object.assign(specOf(object), {
        trafficPolicy: { loadBalancer: { simple: "RANDOM" }, tls: { mode: "DISABLE" } },
      });
    });
    await apply("all", 10, hash);
    const policy = () =>
      specOf(cluster.read("DestinationRule", NAMESPACE, "podinfo-canary") as unknown as Json)["trafficPolicy"];
    assert.deepEqual(policy(), hash.trafficPolicy);
    await apply("all", 10, {});
    assert.equal(policy(), undefined);
  });

  test("defaults of the server are no drift, and a field it does not keep is told once and written once", async () => {
    const cluster = new FakeCluster();
    cluster.admit = (kind, object) => {
      const spec = object["spec"] as Json;
      if (kind === "Service")
        return { ...object, spec: { type: "ClusterIP", clusterIP: "10.0.0.1", sessionAffinity: "None", ...spec } };
      const http = (spec["http"] as Json[] | undefined)?.map(({ retries: _pruned, ...rule }) => rule);
      return http === undefined ? object : { ...object, spec: { ...spec, http } };
    };
    const router = istioRouter(cluster);
    const subject = aSubject({ retries: { unknown: 1 } });
    await router.apply(subject, SHAPE, levels("all", 10));
    const writes = cluster.writes.length;
    await router.apply(subject, SHAPE, levels("all", 10));
    assert.equal(cluster.writes.length, writes);
    assert.deepEqual(
      router.read(subject, SHAPE).problems.map(({ reason, severity }) => `${severity} ${reason}`),
      ["advisory ApplyRejected"],
    );
    await router.apply(subject, SHAPE, levels("all", 20));
    assert.deepEqual(router.read(subject, SHAPE).facts.route?.plan, splitPlan(20));
  });

  test("a rule that somebody adds meanwhile is never lost: the write is for the version that was read", async () => {
    const { cluster, router } = await atRest();
    cluster.beforeWrite = () => {
      cluster.beforeWrite = () => {};
      edit(cluster, "VirtualService", "podinfo", (object) => rulesOf(object).unshift({ name: "new", match: [{}] }));
    };
    await assert.rejects(router.apply(aSubject(), SHAPE, levels("all", 50)), StaleError);
    await router.apply(aSubject(), SHAPE, levels("all", 50));
    const names = rulesOf(cluster.read("VirtualService", NAMESPACE, "podinfo") as unknown as Json).map(
      ({ name }) => name,
    );
    assert.deepEqual(names, ["new", undefined]);
  });
});

describe("istio router: reading", () => {
  test("a restart does not make a route younger than the server says", async () => {
    const { cluster, read } = await atRest();
    const written = cluster.now;
    cluster.restart(instant(written + 60_000));
    assert.equal(read().facts.route?.since, written);
  });

  test("an edit after our write makes it younger", async () => {
    const { cluster, read } = await atRest();
    const written = cluster.now;
    cluster.now = instant(written + 5000);
    await cluster.merge("VirtualService", NAMESPACE, "podinfo", { metadata: { labels: { x: "y" } } });
    assert.equal(read().facts.route?.since, instant(written + 5000));
  });

  test("no route while our rule is gone or gives nothing", async () => {
    const { cluster, read } = await atRest();
    edit(cluster, "VirtualService", "podinfo", (object) => {
      for (const destination of routeOf(object)) destination["weight"] = 0;
    });
    assert.equal(read().facts.route, undefined);
    cluster.drop("VirtualService", NAMESPACE, "podinfo");
    assert.equal(read().facts.route, undefined);
  });

  test("the apex is on the primary only with exactly the primary's selector", async () => {
    const { cluster, router, read } = await atRest();
    assert.equal(read().facts.apexOnPrimary, true);
    assert.equal(router.read(aSubject(), undefined).facts.apexOnPrimary, false);
    edit(cluster, "Service", "podinfo", (object) => Object.assign(specOf(object), { selector: { app: "podinfo" } }));
    assert.equal(read().facts.apexOnPrimary, false);
  });

  test("an only destination takes everything, whatever its weight", async () => {
    const { cluster, read } = await atRest();
    for (const [host, canary] of [
      ["podinfo-primary", 0],
      ["podinfo-canary.shop", 100],
    ] as const) {
      edit(cluster, "VirtualService", "podinfo", (object) =>
        Object.assign(rulesOf(object)[0] ?? {}, { route: [{ destination: { host } }] }),
      );
      assert.deepEqual(read().facts.route?.plan, splitPlan(canary));
    }
  });

  test("headless on a Service with an address is told, and the address is left alone", async () => {
    const { read, apply } = await atRest();
    assert.deepEqual(await apply("all", 10, { headless: true }), []);
    assert.match(read({ headless: true }).problems[0]?.message ?? "", /^spec\.service\.headless: /);
  });

  test("TCP is refused, and nothing is written for it", async () => {
    const cluster = new FakeCluster();
    const router = istioRouter(cluster);
    const subject = aSubject({ appProtocol: "TCP" });
    assert.equal(router.read(subject, SHAPE).problems[0]?.reason, "NotSupported");
    await assert.rejects(router.apply(subject, SHAPE, levels("all", 10)), RejectedError);
    assert.equal(cluster.writes.length, 0);
  });
});

describe("istio router: what it cannot do yet", () => {
  const plans = {
    "spec.analysis.match": { ...splitPlan(0), canaryMatches: [{ headers: { x: { exact: "y" } } }] },
    "spec.analysis.mirror": { ...splitPlan(0), mirrorPercent: 10 },
    "spec.analysis.sessionAffinity": { ...splitPlan(0), stickyCookie: "c" },
  };
  for (const [field, traffic] of Object.entries(plans)) {
    test(`${field} is rejected by name and writes nothing`, async () => {
      const cluster = new FakeCluster();
      const applying = istioRouter(cluster).apply(aSubject(), SHAPE, { ...levels("all"), traffic });
      await assert.rejects(
        applying,
        (error: unknown) => error instanceof RejectedError && error.message.startsWith(field),
      );
      assert.equal(cluster.writes.length, 0);
    });
  }

  test("a provider that nobody knows has no router", () => {
    const routers = trafficRouters(new FakeCluster());
    assert.notEqual(routers["istio"], undefined);
    for (const name of ["linkerd", "constructor", "toString", "__proto__", ""]) assert.equal(routers[name], undefined);
  });
});

describe("istio router: taking over and giving back", () => {
  const route: ClusterObject = {
    apiVersion: "networking.istio.io/v1beta1",
    kind: "VirtualService",
    metadata: { name: "podinfo", namespace: NAMESPACE, labels: { app: "x" }, annotations: { note: "mine" } },
    spec: {
      hosts: ["a.example.com"],
      exportTo: ["."],
      http: [{ name: "all", route: [{ destination: { host: "podinfo" } }] }],
    },
  };
  const service: ClusterObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: {
      name: "podinfo",
      namespace: NAMESPACE,
      annotations: { "kustomize.toolkit.fluxcd.io/reconcile": "enabled" },
    },
    spec: {
      selector: { app: "podinfo", tier: "web" },
      ports: [{ name: "http", protocol: "TCP", port: 8080, nodePort: 30080 }],
    },
  };
  const rule: ClusterObject = {
    apiVersion: "networking.istio.io/v1beta1",
    kind: "DestinationRule",
    metadata: { name: "podinfo-canary", namespace: NAMESPACE },
    spec: { host: "podinfo-canary.shop", trafficPolicy: { tls: { mode: "DISABLE" } }, subsets: [{ name: "a" }] },
  };

  test("what was there before comes back to the last field", async () => {
    const cluster = new FakeCluster();
    for (const object of [route, service, rule]) cluster.put(object.kind as KindName, object);
    const router = istioRouter(cluster);
    const subject = aSubject({ apex: { labels: { team: "a" }, annotations: {} }, trafficPolicy: { loadBalancer: {} } });
    assert.equal(router.read(subject, SHAPE).facts.givenBack, true);
    await router.apply(subject, SHAPE, levels("all", 50));
    assert.equal(router.read(subject, SHAPE).facts.givenBack, false);
    await router.apply(subject, SHAPE, levels("givenBack"));
    assert.equal(router.read(subject, SHAPE).facts.givenBack, true);
    for (const before of [route, service, rule]) {
      const after = cluster.read(before.kind as KindName, NAMESPACE, before.metadata.name);
      const { resourceVersion: _version, labels = {}, annotations = {}, ...metadata } = after?.metadata ?? { name: "" };
      const { labels: labelsBefore = {}, annotations: annotationsBefore = {}, ...metadataBefore } = before.metadata;
      assert.deepEqual({ ...after, metadata }, { ...before, metadata: metadataBefore });
      assert.deepEqual({ labels, annotations }, { labels: labelsBefore, annotations: annotationsBefore });
    }
    cluster.writes.length = 0;
    await router.apply(subject, SHAPE, levels("givenBack"));
    assert.deepEqual(cluster.writes, []);
  });

  test("a controller that dies between the two writes of a takeover still remembers what was there", async () => {
    const cluster = new FakeCluster();
    cluster.put("Service", service);
    cluster.beforeWrite = ({ verb, name, kind }) => {
      if (verb === "apply" && kind === "Service" && name === "podinfo") throw new Error("killed");
    };
    await assert.rejects(istioRouter(cluster).apply(aSubject(), SHAPE, levels("all", 0)));
    cluster.beforeWrite = () => {};
    const router = istioRouter(cluster);
    await router.apply(aSubject(), SHAPE, levels("all", 0));
    await router.apply(aSubject(), SHAPE, levels("givenBack"));
    assert.deepEqual(cluster.read("Service", NAMESPACE, "podinfo")?.["spec"], service["spec"]);
  });

  test("a route that nobody remembers is left alone and told of", async () => {
    const cluster = new FakeCluster();
    const router = istioRouter(cluster);
    await router.apply(aSubject(), SHAPE, levels("all", 0));
    edit(cluster, "VirtualService", "podinfo", (object) => {
      const { ownerReferences: _owners, ...metadata } = object["metadata"] as Json;
      object["metadata"] = metadata;
    });
    const subject = aSubject();
    const deleting = { ...subject, record: { ...subject.record, facts: { ...subject.record.facts, deleting: true } } };
    const { facts, problems } = router.read(deleting, SHAPE);
    assert.equal(facts.givenBack, true);
    assert.match(problems[0]?.message ?? "", /^spec\.revertOnDeletion: .*cannot be given back/);
  });

  test("a route that leads to our versions already is nobody's original", async () => {
    const cluster = new FakeCluster();
    const http = [{ route: [{ destination: { host: "podinfo-primary" } }] }];
    cluster.put("VirtualService", { ...route, spec: { hosts: ["podinfo"], http } });
    await istioRouter(cluster).apply(aSubject(), SHAPE, levels("all", 0));
    const annotations = cluster.read("VirtualService", NAMESPACE, "podinfo")?.metadata.annotations ?? {};
    assert.equal(annotations["flagger.kubernetes.io/original-configuration"], undefined);
  });

  test("a route that was never taken over is not turned back to what kubectl applied once", () => {
    const cluster = new FakeCluster();
    const manifest = JSON.stringify({ spec: { hosts: ["older.example.com"] } });
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": manifest };
    cluster.put("VirtualService", { ...route, metadata: { ...route.metadata, annotations } });
    assert.equal(istioRouter(cluster).read(aSubject(), SHAPE).facts.givenBack, true);
  });

  test("a rule to the apex in a route of our own is somebody's and stays", async () => {
    const { cluster, apply } = await atRest();
    const theirs = { match: [{ uri: { prefix: "/x" } }], route: [{ destination: { host: "podinfo" } }] };
    edit(cluster, "VirtualService", "podinfo", (object) => Object.assign(specOf(object), { http: [theirs] }));
    await apply("all", 10);
    const rules = rulesOf(cluster.read("VirtualService", NAMESPACE, "podinfo") as unknown as Json);
    assert.equal(rules.length, 2);
    assert.deepEqual(rules[0], theirs);
  });

  test("an old port of our own gives its name and its node port to the new one", async () => {
    const { cluster, apply } = await atRest();
    edit(cluster, "Service", "podinfo", (object) => {
      specOf(object)["ports"] = [{ name: "http", protocol: "TCP", port: 81, targetPort: 9898, nodePort: 30081 }];
    });
    await apply("all", 10);
    assert.deepEqual(specOf(cluster.read("Service", NAMESPACE, "podinfo") as unknown as Json)["ports"], [
      { name: "http", protocol: "TCP", port: 80, targetPort: 9898, nodePort: 30081 },
    ]);
  });

  test("a claim of a Canary that is gone binds nobody", async () => {
    const cluster = new FakeCluster();
    cluster.put("VirtualService", {
      ...route,
      metadata: { ...route.metadata, annotations: { "serin.dev/taken-over-by": "gone" } },
    });
    await istioRouter(cluster).apply(aSubject(), SHAPE, levels("all", 0));
    assert.equal(
      cluster.read("VirtualService", NAMESPACE, "podinfo")?.metadata.annotations?.["serin.dev/taken-over-by"],
      "podinfo",
    );
  });
});
