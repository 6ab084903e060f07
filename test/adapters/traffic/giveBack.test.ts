import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { istioRouter } from "../../../src/adapters/traffic/istio.ts";
import { StaleError } from "../../../src/control/errors.ts";
import type { ClusterObject, KindName } from "../../../src/control/ports.ts";
import { instant } from "../../../src/domain/time.ts";
import { FakeCluster } from "../../build/fakeCluster.ts";
import { atRest, edit, type Json, rulesOf, specOf } from "./atRest.ts";
import { aSubject, levels, NAMESPACE, SHAPE } from "./subject.ts";

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

  test("it was given back when clients were led elsewhere last", async () => {
    const cluster = new FakeCluster();
    for (const object of [route, service]) cluster.put(object.kind as KindName, object);
    const router = istioRouter(cluster);
    const since = () => router.read(aSubject(), SHAPE).facts.givenBackSince;
    cluster.now = instant(1000);
    await router.apply(aSubject(), SHAPE, levels("all", 0));
    cluster.beforeWrite = ({ kind }) => {
      cluster.now = instant(kind === "Service" ? 2000 : 5000);
    };
    await router.apply(aSubject(), SHAPE, levels("givenBack"));
    assert.equal(since(), 5000);
  });

  test("a label may have the name of something that every object has", async () => {
    const cluster = new FakeCluster();
    cluster.put("VirtualService", route);
    const router = istioRouter(cluster);
    const subject = aSubject({ apex: { labels: { constructor: "a" }, annotations: { toString: "b" } } });
    await router.apply(subject, SHAPE, levels("all", 0));
    await router.apply(subject, SHAPE, levels("givenBack"));
    assert.equal(router.read(subject, SHAPE).facts.givenBack, true);
    const { labels, annotations } = cluster.read("VirtualService", NAMESPACE, "podinfo")?.metadata ?? {};
    assert.deepEqual([labels, annotations], [route.metadata.labels, route.metadata.annotations]);
  });

  test("a controller that dies between the two writes of a takeover still remembers what was there", async () => {
    const cluster = new FakeCluster();
    cluster.put("Service", service);
    const apexWrites: string[] = [];
    cluster.beforeWrite = ({ verb, name, kind }) => {
      if (kind !== "Service" || name !== "podinfo") return;
      if (apexWrites.length === 2) throw new Error("killed");
      apexWrites.push(verb);
    };
    await assert.rejects(istioRouter(cluster).apply(aSubject(), SHAPE, levels("all", 0)), /killed/);
    assert.deepEqual(apexWrites, ["apply", "merge"]);
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

  test("what kubectl applied stays when it is given back, even where it is a mark like ours", async () => {
    const cluster = new FakeCluster();
    const gitops = { "kustomize.toolkit.fluxcd.io/reconcile": "disabled" };
    const manifest = JSON.stringify({ metadata: { annotations: gitops }, spec: route["spec"] });
    const annotations = {
      ...gitops,
      "kubectl.kubernetes.io/last-applied-configuration": manifest,
      "serin.dev/applied": "0",
    };
    cluster.put("VirtualService", { ...route, metadata: { ...route.metadata, annotations } });
    await istioRouter(cluster).apply(aSubject(), SHAPE, levels("givenBack"));
    const after = cluster.read("VirtualService", NAMESPACE, "podinfo")?.metadata.annotations;
    assert.equal(after?.["kustomize.toolkit.fluxcd.io/reconcile"], "disabled");
    assert.equal(after?.["serin.dev/applied"], undefined);
  });

  test("an original that was lost is not made up from what a rollout left", async () => {
    const cluster = new FakeCluster();
    cluster.put("Service", {
      ...service,
      metadata: { ...service.metadata, annotations: { "serin.dev/applied": "0" } },
    });
    await istioRouter(cluster).apply(aSubject(), SHAPE, levels("all", 0));
    assert.equal(
      cluster.read("Service", NAMESPACE, "podinfo")?.metadata.annotations?.["serin.dev/original"],
      undefined,
    );
  });

  test("somebody's own rule to the canary is never taken for ours", async () => {
    const { cluster, apply } = await atRest();
    const testers = {
      match: [{ headers: { x: { exact: "y" } } }],
      route: [{ destination: { host: "podinfo-canary" } }],
    };
    edit(cluster, "VirtualService", "podinfo", (object) => Object.assign(specOf(object), { http: [testers] }));
    await apply("all", 10);
    const rules = rulesOf(cluster.read("VirtualService", NAMESPACE, "podinfo") as unknown as Json);
    assert.deepEqual(rules[0], testers);
    assert.equal(rules.length, 2);
  });

  test("only a refusal makes it look for obstacles", async () => {
    const { cluster, apply } = await atRest();
    edit(cluster, "Service", "podinfo", (object) =>
      Object.assign(specOf(object), { ports: [{ name: "http", port: 81 }] }),
    );
    cluster.beforeWrite = () => {
      throw new StaleError("busy");
    };
    await assert.rejects(apply("all", 10), StaleError);
    assert.equal(cluster.writes.length, 0);
    cluster.beforeWrite = ({ verb }) => {
      if (verb === "apply") throw new StaleError("busy");
    };
    await assert.rejects(apply("all", 10), StaleError);
    assert.deepEqual(cluster.writes, []);
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
