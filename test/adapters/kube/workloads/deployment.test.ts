import assert from "node:assert/strict";
import { beforeEach, suite, test } from "node:test";
import { DeploymentDriver } from "../../../../src/adapters/kube/workloads/deployment.ts";
import { revisionOf } from "../../../../src/adapters/kube/workloads/revision.ts";
import { RejectedError, StaleError } from "../../../../src/control/errors.ts";
import type { ClusterObject, KindName, Subject } from "../../../../src/control/ports.ts";
import { instant } from "../../../../src/domain/time.ts";
import { settle, VirtualClock } from "../../../../src/simulator/virtualClock.ts";
import { FakeCluster } from "../../../build/fakeCluster.ts";
import { aDeployment, type DeploymentFields } from "./aDeployment.ts";
import { aSubject, levels } from "./aSubject.ts";

let cluster: FakeCluster;
let driver: DeploymentDriver;

function aDriver(configTracking = true): DeploymentDriver {
  return new DeploymentDriver({
    cluster,
    clock: new VirtualClock(),
    selectorLabels: ["app", "name"],
    includeLabelPrefixes: [""],
    configTracking,
    wake: () => {},
  });
}

beforeEach(() => {
  cluster = new FakeCluster();
  // As the API server: another spec is another generation.
  cluster.admit = (kind, object) => {
    const before = cluster.read(kind, "shop", object.metadata.name);
    const isSame = before !== undefined && JSON.stringify(before["spec"]) === JSON.stringify(object["spec"]);
    const generation = (before?.metadata.generation ?? 0) + (isSame ? 0 : 1);
    return { ...object, metadata: { ...object.metadata, generation } };
  };
  driver = aDriver();
});

function putTarget(fields: DeploymentFields = {}): string {
  cluster.put("Deployment", aDeployment(fields));
  return revisionOf(read("Deployment", "web"));
}

function read(kind: KindName, name: string): ClusterObject {
  const object = cluster.read(kind, "shop", name);
  assert.ok(object, `there is no ${kind} ${name}`);
  return object;
}

const runs = (revision: string) => levels({ primary: { kind: "runs", revision } });
const writes = () => cluster.writes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`);
const flaggerId = () => {
  const { template } = read("Deployment", "web-primary")["spec"] as {
    template: { metadata: ClusterObject["metadata"] };
  };
  return template.metadata.annotations?.["flagger-id"];
};

/** As its own controller does when all is well. */
function makeReady(name: string): void {
  const object = read("Deployment", name);
  const { replicas } = object["spec"] as { replicas: number };
  const observedGeneration = object.metadata.generation ?? 0;
  const status = { observedGeneration, replicas, updatedReplicas: replicas, availableReplicas: replicas };
  cluster.put("Deployment", { ...object, status });
}

suite("reading", () => {
  test("when the target is gone, the primary still says how pods are selected: traffic must be brought home", async () => {
    const revision = putTarget();
    await driver.apply(aSubject(), runs(revision));
    const before = driver.read(aSubject()).facts.shape;
    cluster.drop("Deployment", "shop", "web");
    const { facts } = driver.read(aSubject());
    assert.equal(facts.target, undefined);
    assert.deepEqual(facts.shape, before);
  });

  test("a target made again with another label does not take the primary's pods out of service", async () => {
    const revision = putTarget();
    await driver.apply(aSubject(), runs(revision));
    const before = driver.read(aSubject());
    assert.deepEqual(before.problems, []);
    putTarget({ spec: { selector: { matchLabels: { app: "shop" } } }, template: { labels: { app: "shop" } } });
    const { facts, problems } = driver.read(aSubject());
    assert.deepEqual(facts.shape, before.facts.shape);
    assert.deepEqual(problems, [
      {
        reason: "WorkloadConflict",
        message:
          "spec.targetRef: Deployment shop/web-primary was made for another label of its target and cannot be changed to select its pods by app=shop-primary; delete it to have it made anew",
        severity: "blocking",
      },
    ]);
  });

  test("nor does a flag that asks for another of its labels", async () => {
    const revision = putTarget({ spec: { selector: { matchLabels: { app: "web", tier: "front" } } } });
    await driver.apply(aSubject(), runs(revision));
    const { shape } = driver.read(aSubject()).facts;
    const rules = { selectorLabels: ["tier"], includeLabelPrefixes: [] };
    const rest = { cluster, clock: new VirtualClock(), configTracking: false, wake: () => {} };
    const { facts, problems } = new DeploymentDriver({ ...rest, ...rules }).read(aSubject());
    assert.deepEqual(facts.shape, shape);
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ["WorkloadConflict"],
    );
  });

  test("a target that is not there is named", () => {
    const { facts, problems } = driver.read(aSubject());
    assert.deepEqual(facts, { target: undefined, primary: undefined, configs: { kind: "reading" }, shape: undefined });
    assert.deepEqual(problems, [
      { reason: "TargetNotFound", message: "spec.targetRef: Deployment shop/web does not exist", severity: "blocking" },
    ]);
  });

  test("a target whose selector has none of the labels is named in Flagger's words", () => {
    putTarget({ spec: { selector: { matchLabels: { tier: "web" } } } });
    const { facts, problems } = driver.read(aSubject());
    assert.equal(facts.shape, undefined);
    assert.deepEqual(
      problems.map(({ reason, message }) => [reason, message]),
      [
        [
          "SelectorLabelMissing",
          "spec.targetRef: deployment web.shop spec.selector.matchLabels must contain one of [app name]",
        ],
      ],
    );
  });

  test("a target says its revision, its pods and what Services need to know", () => {
    const ports = [{ name: "http", containerPort: 80 }, { containerPort: 81 }];
    const proxy = [{ name: "istio-proxy", ports: [{ name: "x", containerPort: 15090 }] }];
    const containers = [{ name: "web", image: "web:1", ports }, ...proxy];
    const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 1 };
    const revision = putTarget({ pod: { containers }, status });
    const { target, shape } = driver.read(aSubject()).facts;
    assert.deepEqual(target, {
      kind: "Deployment",
      name: "web",
      revision,
      matchesPrimary: false,
      desiredPods: 2,
      availablePods: 1,
      isReady: true,
      notReadyReason: undefined,
      hasGivenUp: false,
      progressedAt: undefined,
    });
    assert.deepEqual(shape, {
      labelKey: "app",
      labelValue: "web",
      containerPorts: [
        { name: "http", port: 80 },
        { name: "tcp-web-1", port: 81 },
      ],
    });
  });
});

suite("the primary", () => {
  test("is made once, and holding the level writes nothing more", async () => {
    const revision = putTarget({ spec: { replicas: 0 } });
    await driver.apply(aSubject(), runs(revision));
    makeReady("web-primary");
    await driver.apply(aSubject(), runs(revision));
    await driver.apply(aSubject(), levels());
    assert.deepEqual(writes(), ["apply Deployment web-primary"]);
    const { primary, target } = driver.read(aSubject()).facts;
    assert.equal(primary?.revision, revision);
    assert.equal(primary?.desiredPods, 1);
    assert.equal(primary?.isReady, true);
    assert.equal(target?.matchesPrimary, true);
    assert.equal(flaggerId(), revision);
  });

  test("follows the target when told, and is not ready until it has rolled", async () => {
    await driver.apply(aSubject(), runs(putTarget()));
    makeReady("web-primary");
    const revision = putTarget({ pod: { containers: [{ name: "web", image: "web:2" }] } });
    assert.equal(driver.read(aSubject()).facts.target?.matchesPrimary, false);
    await driver.apply(aSubject(), runs(revision));
    const { primary } = driver.read(aSubject()).facts;
    assert.equal(primary?.revision, revision);
    assert.equal(primary?.isReady, false);
    assert.match(primary?.notReadyReason ?? "", /observed deployment generation less than desired generation/);
  });

  test("is left alone when the target asks for something else than what was judged", async () => {
    const judged = putTarget();
    putTarget({ pod: { containers: [{ name: "web", image: "web:3" }] } });
    await driver.apply(aSubject(), runs(judged));
    assert.deepEqual(writes(), []);
  });

  test("that drifts between promotions is left as it is", async () => {
    const revision = putTarget();
    await driver.apply(aSubject(), runs(revision));
    const primary = read("Deployment", "web-primary");
    cluster.put("Deployment", { ...primary, spec: { ...(primary["spec"] as object), replicas: 7 } });
    await driver.apply(aSubject(), levels());
    await driver.apply(aSubject(), runs(revision));
    assert.equal(writes().length, 1);
    assert.equal(driver.read(aSubject()).facts.primary?.desiredPods, 7);
  });

  test("of somebody else is told, and never written", async () => {
    const revision = putTarget();
    const ownerReferences = [{ apiVersion: "v1", kind: "Shop", name: "other", uid: "other", controller: true }];
    cluster.put("Deployment", aDeployment({ name: "web-primary", metadata: { ownerReferences } }));
    const { facts, problems } = driver.read(aSubject());
    assert.equal(facts.primary, undefined);
    assert.deepEqual(
      problems.map(({ reason, message }) => [reason, message]),
      [
        [
          "WorkloadConflict",
          "spec.targetRef: Deployment shop/web-primary belongs to Shop other, but the name is needed for the primary",
        ],
      ],
    );
    await assert.rejects(driver.apply(aSubject(), runs(revision)), RejectedError);
    cluster.put("Deployment", aDeployment({ name: "web-primary" }));
    assert.match(driver.read(aSubject()).problems[0]?.message ?? "", /was not made by a Canary/);
    assert.deepEqual(writes(), []);
  });
});

suite("a primary made by Flagger", () => {
  const managedFields = [{ manager: "flagger", operation: "Update" }];
  const ownerReferences = [
    { apiVersion: "flagger.app/v1beta1", kind: "Canary", name: "web", uid: "uid-canary", controller: true },
  ];

  async function putFlaggers(): Promise<string> {
    const revision = putTarget();
    await driver.apply(aSubject(), runs(revision));
    const made = read("Deployment", "web-primary");
    const spec = made["spec"] as { template: { metadata: object } };
    const annotations = { "flagger-id": "5b6f8f6e-uuid" };
    const template = { ...spec.template, metadata: { ...spec.template.metadata, annotations } };
    const metadata = { name: "web-primary", namespace: "shop", uid: "u", managedFields, ownerReferences };
    cluster.put("Deployment", { ...made, metadata, spec: { ...spec, template } });
    makeReady("web-primary");
    cluster.writes.length = 0;
    return revision;
  }

  test("that runs the target's template counts as running its revision", async () => {
    const revision = await putFlaggers();
    const { target, primary } = driver.read(aSubject({ phase: { name: "Steady", outcome: "Succeeded" } })).facts;
    assert.equal(target?.matchesPrimary, true);
    assert.equal(primary?.revision, revision);
  });

  test("that runs another template does not", async () => {
    await putFlaggers();
    const revision = putTarget({ pod: { containers: [{ name: "web", image: "web:2" }] } });
    const { target, primary } = driver.read(aSubject()).facts;
    assert.equal(target?.matchesPrimary, false);
    assert.notEqual(primary?.revision, revision);
  });

  test("is made ours by the first promotion, and is not taken for the copy before that", async () => {
    const revision = await putFlaggers();
    const promoting = aSubject({ phase: { name: "Replacing", since: instant(0) } });
    assert.notEqual(driver.read(promoting).facts.primary?.revision, revision);
    await driver.apply(promoting, runs(revision));
    assert.deepEqual(writes(), ["apply Deployment web-primary"]);
    assert.equal(driver.read(promoting).facts.primary?.revision, revision);
    assert.equal(flaggerId(), revision);
  });
});

suite("configs", () => {
  const pod = { volumes: [{ name: "a", configMap: { name: "conf" } }], containers: [{ name: "web", image: "web:1" }] };
  const putConf = (color: string, more: object = {}) =>
    cluster.put("ConfigMap", { metadata: { name: "conf", namespace: "shop", uid: "u1" }, data: { color }, ...more });
  const blue = { "configmap/conf": "f234cb93c08ad64e" };

  async function known(subject: Subject) {
    driver.read(subject);
    await settle();
    return driver.read(subject).facts;
  }

  test("are copied before the primary that mentions the copies", async () => {
    const revision = putTarget({ pod });
    putConf("blue", { binaryData: { logo: "AAEC" }, immutable: true });
    await driver.apply(aSubject(), runs(revision));
    assert.deepEqual(writes(), ["apply ConfigMap conf-primary", "apply Deployment web-primary"]);
    const { data, binaryData, immutable, metadata } = read("ConfigMap", "conf-primary");
    assert.deepEqual(
      { data, binaryData, immutable },
      { data: { color: "blue" }, binaryData: { logo: "AAEC" }, immutable: undefined },
    );
    assert.equal(metadata.ownerReferences?.[0]?.uid, "uid-canary");
    const { template } = read("Deployment", "web-primary")["spec"] as { template: { spec: typeof pod } };
    assert.equal(template.spec.volumes[0]?.configMap.name, "conf-primary");
  });

  test("that did not change are not copied again", async () => {
    putConf("blue");
    await driver.apply(aSubject(), runs(putTarget({ pod })));
    const revision = putTarget({ pod: { ...pod, nodeSelector: { a: "b" } } });
    await driver.apply(aSubject({ trackedConfigs: blue }), runs(revision));
    await driver.apply(aSubject({ trackedConfigs: blue }), runs(revision));
    assert.deepEqual(writes(), [
      "apply ConfigMap conf-primary",
      "apply Deployment web-primary",
      "apply Deployment web-primary",
    ]);
  });

  test("that changed alone roll the primary, which does not run the revision until then", async () => {
    putConf("blue");
    const revision = putTarget({ pod });
    await driver.apply(aSubject(), runs(revision));
    const before = flaggerId();
    putConf("green");
    const { configs } = await known(aSubject());
    assert.equal(configs.kind, "known");
    const green = configs.kind === "known" ? configs.checksums : undefined;
    const subject = aSubject({ trackedConfigs: green });
    assert.equal(driver.read(subject).facts.primary?.revision, `${revision} with other configs`);
    cluster.writes.length = 0;
    await driver.apply(subject, runs(revision));
    assert.deepEqual(writes(), ["apply ConfigMap conf-primary", "apply Deployment web-primary"]);
    assert.equal(driver.read(subject).facts.primary?.revision, revision);
    assert.notEqual(flaggerId(), before);
  });

  test("that nobody judged are not promoted", async () => {
    putConf("green");
    await driver.apply(aSubject({ trackedConfigs: blue }), runs(putTarget({ pod })));
    assert.deepEqual(writes(), []);
  });

  test("whose copy's name is somebody's own are refused", async () => {
    putConf("blue");
    cluster.put("ConfigMap", { metadata: { name: "conf-primary", namespace: "shop" }, data: {} });
    await assert.rejects(
      driver.apply(aSubject(), runs(putTarget({ pod }))),
      /ConfigMap shop\/conf-primary is not a copy/,
    );
    assert.deepEqual(writes(), []);
  });

  test("that two Canaries share keep both as owners", async () => {
    putConf("blue");
    const other = { apiVersion: "flagger.app/v1beta1", kind: "Canary", name: "api", uid: "uid-api", controller: true };
    cluster.put("ConfigMap", {
      metadata: { name: "conf-primary", namespace: "shop", ownerReferences: [other] },
      data: {},
    });
    await driver.apply(aSubject(), runs(putTarget({ pod })));
    const owners = read("ConfigMap", "conf-primary").metadata.ownerReferences;
    assert.deepEqual(
      owners?.map(({ name, controller }) => [name, controller]),
      [
        ["api", true],
        ["web", false],
      ],
    );
  });

  test("are neither read nor copied where tracking is off", async () => {
    driver = aDriver(false);
    putConf("blue");
    const revision = putTarget({ pod });
    assert.deepEqual(driver.read(aSubject()).facts.configs, { kind: "known", checksums: undefined });
    await driver.apply(aSubject(), runs(revision));
    assert.deepEqual(writes(), ["apply Deployment web-primary"]);
    const { template } = read("Deployment", "web-primary")["spec"] as { template: { spec: typeof pod } };
    assert.equal(template.spec.volumes[0]?.configMap.name, "conf");
  });
});

suite("the target's pods", () => {
  test("are not taken away from a target that has changed since it was looked at", async () => {
    putTarget({ spec: { replicas: 3 } });
    cluster.beforeWrite = () => void putTarget({ pod: { containers: [{ name: "web", image: "web:2" }] } });
    await assert.rejects(driver.apply(aSubject(), levels({ target: "zero" })), StaleError);
    assert.equal((read("Deployment", "web")["spec"] as { replicas: number }).replicas, 2);
  });

  test("come only after the new template was seen, or the first ones would run the old one", async () => {
    putTarget({ spec: { replicas: 0 }, status: { observedGeneration: 0 } });
    await driver.apply(aSubject(), levels({ target: "up" }));
    assert.deepEqual(writes(), []);
    putTarget({ spec: { replicas: 0 }, status: { observedGeneration: 1 } });
    await driver.apply(aSubject(), levels({ target: "up" }));
    assert.deepEqual(writes(), ["merge Deployment web"]);
  });

  const SCALES: readonly (readonly [string, "up" | "zero" | "asIs", number, number | undefined, number | undefined])[] =
    [
      ["come back as many as the primary has", "up", 0, 5, 5],
      ["come back as one without a primary", "up", 0, undefined, 1],
      ["come back as one if the primary has none", "up", 0, 0, 1],
      ["are enough if there are any", "up", 1, 5, undefined],
      ["go", "zero", 3, 5, 0],
      ["are gone already", "zero", 0, 5, undefined],
      ["stay as they are", "asIs", 3, 5, undefined],
    ];
  for (const [what, target, replicas, primary, wanted] of SCALES) {
    test(what, async () => {
      putTarget({ spec: { replicas } });
      const ownerReferences = [
        { apiVersion: "flagger.app/v1beta1", kind: "Canary", name: "web", uid: "uid-canary", controller: true },
      ];
      if (primary !== undefined) {
        cluster.put(
          "Deployment",
          aDeployment({ name: "web-primary", metadata: { ownerReferences }, spec: { replicas: primary } }),
        );
      }
      await driver.apply(aSubject(), levels({ target }));
      const bodies = cluster.writes.map(({ verb, name, body }) => ({ verb, name, body }));
      const patch = { verb: "merge", name: "web", body: { spec: { replicas: wanted } } };
      assert.deepEqual(bodies, wanted === undefined ? [] : [patch]);
    });
  }
});
