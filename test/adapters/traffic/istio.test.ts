import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { istioRouter } from "../../../src/adapters/traffic/istio.ts";
import { trafficRouters } from "../../../src/adapters/traffic/routers.ts";
import { RejectedError, StaleError } from "../../../src/control/errors.ts";
import { problemsOf } from "../../../src/control/observe.ts";
import type { KindName } from "../../../src/control/ports.ts";
import { instant } from "../../../src/domain/time.ts";
import { splitPlan } from "../../../src/domain/traffic.ts";
import { parseCanary } from "../../../src/resources/parseCanary.ts";
import { FakeCluster } from "../../build/fakeCluster.ts";
import { atRest, edit, type Json, routeOf, rulesOf, specOf } from "./atRest.ts";
import { aSubject, levels, NAMESPACE, SHAPE } from "./subject.ts";

describe("istio router: drift", () => {
  test("at rest and undisturbed nothing is written", async () => {
    const { apply } = await atRest();
    assert.deepEqual(await apply("all", 10), []);
    assert.deepEqual(await apply("all"), []);
    assert.deepEqual(await apply("backends"), []);
  });

  test("all but the apex Service is put right where that is to stay as it stands", async () => {
    const { cluster, apply } = await atRest();
    for (const name of ["podinfo", "podinfo-canary"]) {
      edit(cluster, "Service", name, (object) => Object.assign(specOf(object), { selector: { app: "else" } }));
    }
    assert.deepEqual(await apply("route", 50), ["apply Service podinfo-canary", "apply VirtualService podinfo"]);
  });

  test("and one that somebody has deleted is made again", async () => {
    const { cluster, apply } = await atRest();
    cluster.drop("Service", NAMESPACE, "podinfo");
    assert.deepEqual(await apply("route"), ["apply Service podinfo"]);
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

  test("without a plan a route that is gone is not made up", async () => {
    const { cluster, apply } = await atRest();
    cluster.drop("VirtualService", NAMESPACE, "podinfo");
    assert.deepEqual(await apply("all"), []);
    assert.deepEqual(await apply("all", 10), ["apply VirtualService podinfo"]);
  });

  test("a rule is known again whatever case its names are written in", async () => {
    const { cluster, apply } = await atRest({ name: "PodInfo" });
    assert.deepEqual(await apply("all", 10, { name: "PodInfo" }), []);
    const route = cluster.read("VirtualService", NAMESPACE, "PodInfo");
    assert.equal(rulesOf(route as unknown as Json).length, 1);
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

  test("weights too large to add up are a split all the same", async () => {
    const { cluster, read } = await atRest();
    for (const [weights, canary] of [
      [[0, 1e308], 100],
      [[1e308, 1e308], 50],
      [[1e308, 1], 1],
    ] as const) {
      edit(cluster, "VirtualService", "podinfo", (object) => {
        for (const [at, destination] of routeOf(object).entries()) destination["weight"] = weights[at];
      });
      assert.deepEqual(read().facts.route?.plan, splitPlan(canary));
    }
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
    const wire = { targetRef: {}, analysis: {}, service: { port: 80, appProtocol: "TCP" } };
    const refusals = problemsOf(parseCanary({ spec: wire }).refusals);
    const [problem] = router.read(subject, SHAPE).problems;
    assert.equal(problem?.reason, "NotSupported");
    // In the words of the spec's own refusal, or people would read it twice.
    assert.ok(refusals.some((refusal) => isDeepStrictEqual(refusal, problem)));
    await assert.rejects(router.apply(subject, SHAPE, levels("all", 10)), RejectedError);
    assert.equal(cluster.writes.length, 0);
  });
});

describe("istio router: what it cannot do any more", () => {
  test("a run whose spec turns to TCP still brings its traffic home, and nothing else is touched", async () => {
    const { cluster, apply, read } = await atRest();
    assert.deepEqual(await apply("all", 0, { appProtocol: "tcp", portName: "tcp" }), ["apply VirtualService podinfo"]);
    assert.deepEqual(
      routeOf(cluster.read("VirtualService", NAMESPACE, "podinfo") as unknown as Json).map(({ weight }) => weight),
      [100, 0],
    );
    assert.equal(read().facts.route?.plan.split.canary, 0);
    assert.deepEqual(await apply("all", 0, { appProtocol: "tcp" }), []);
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
