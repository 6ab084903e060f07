/** Taking over from Flagger 1.44: what it left at rest stays at rest, and the next release is rolled out by us. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "undici";
import type { ApiObject } from "./api.ts";
import { startTraffic, type Traffic } from "./client.ts";
import type { Controller } from "./controller.ts";
import { canary, deployment, servicePort, testNamespace } from "./manifests.ts";
import { refer } from "./objects.ts";
import { pathOf, referenceOf } from "./resources.ts";
import { RouteRecorder } from "./routeRecorder.ts";
import { gatewayUrl, type Stage, setStage } from "./stage.ts";
import { waitFor } from "./until.ts";

/** As Flagger hashes: its own format, which we cannot compute and must not take for a change. */
const flaggerHashes = { promoted: "5f8c6b94d7", failed: "7bd49c5f8" };

describe("a Flagger installation", () => {
  let stage: Stage;
  let controller: Controller;
  let rested: Legacy;
  let failed: Legacy;

  before(async () => {
    stage = await setStage();
    [rested, failed] = await Promise.all([
      leave(stage, "rested", { phase: "Succeeded", asked: "1.0.0", applied: flaggerHashes.promoted }),
      leave(stage, "failed", { phase: "Failed", asked: "1.1.0", applied: flaggerHashes.failed }),
    ]);
    controller = await stage.controller();
    await Promise.all([rested, failed].map((legacy) => isTakenOver(legacy)));
  });

  after(async () => {
    for (const legacy of [rested, failed]) await legacy?.close();
    await controller?.stop();
    await stage?.stop();
  });

  async function isTakenOver({ name }: Legacy): Promise<void> {
    await stage.objects.waitFor(refer("canary", `test/${name}`), "has hashes of ours", ({ status }) =>
      String(status?.["lastAppliedSpec"]).startsWith("v1-"),
    );
  }

  for (const phase of ["Succeeded", "Failed"] as const) {
    test(`that left a Canary ${phase} is taken over without a rollout`, async () => {
      const legacy = phase === "Succeeded" ? rested : failed;
      const { name } = legacy;
      const { status } = await stage.objects.get(refer("canary", `test/${name}`));
      assert.deepEqual([status?.["phase"], status?.["canaryWeight"], status?.["history"]], [phase, 0, []]);
      const primary = await stage.objects.get(refer("deployment", `test/${name}-primary`));
      assert.equal(
        primary.metadata.generation,
        legacy.primary.metadata.generation,
        "no pod of the primary was replaced",
      );
      assert.equal((await stage.objects.get(refer("deployment", `test/${name}`))).spec?.["replicas"], 0);
      assert.deepEqual(legacy.route.weights(), [0]);
      const events = await stage.objects.list("event", testNamespace);
      const said = events.filter(({ involvedObject }) => (involvedObject as { name?: string }).name === name);
      const ours = said.filter(({ involvedObject }) => (involvedObject as { kind?: string }).kind === "Canary");
      assert.deepEqual(ours, []);
    });
  }

  test("that was at rest: the next release is promoted, and a sidecar that it lacks leaves the primary", async () => {
    await isPromoted(rested, "2.0.0");
  });

  test("that had failed: the next release is promoted", async () => {
    await isPromoted(failed, "2.0.0");
  });

  async function isPromoted(legacy: Legacy, version: string): Promise<void> {
    const { name } = legacy;
    // A merge patch takes the whole list: the sidecar is not in it any more.
    const containers = [{ ...appContainer(name), image: `ghcr.example/${name}:${version}` }];
    await stage.objects.patch(refer("deployment", `test/${name}`), { spec: { template: { spec: { containers } } } });
    const { status } = await stage.objects.waitFor(
      refer("canary", `test/${name}`),
      "has promoted a revision",
      ({ status }) => status?.["phase"] === "Succeeded" && (status["history"] as unknown[]).length === 1,
      60_000,
    );
    assert.equal(status?.["lastPromotedSpec"], status?.["lastAppliedSpec"]);
    const { spec, metadata } = await stage.objects.get(refer("deployment", `test/${name}-primary`));
    const template = spec?.["template"] as { spec: { containers: readonly { name: string; image: string }[] } };
    assert.deepEqual(
      template.spec.containers.map((container) => [container.name, container.image]),
      [["app", `ghcr.example/${name}:${version}`]],
    );
    const managers = metadata["managedFields"] as readonly { manager: string; subresource?: string }[];
    assert.deepEqual(
      managers.filter(({ subresource }) => !subresource).map(({ manager }) => manager),
      ["serin"],
    );
    assert.deepEqual(legacy.route.weights(), [0, 10, 50, 100, 0]);
    await legacy.close();
    const { lost, lostBecause } = legacy.traffic.all();
    assert.equal(lost, 0, JSON.stringify(lostBecause));
  }
});

interface Legacy {
  readonly name: string;
  readonly traffic: Traffic;
  readonly route: RouteRecorder;
  /** As Flagger left it. */
  readonly primary: ApiObject;
  close(): Promise<void>;
}

interface Leaving {
  readonly phase: "Succeeded" | "Failed";
  /** The version that the target asks for. */
  readonly asked: string;
  /** The hash of it. */
  readonly applied: string;
}

/** Everything as Flagger leaves it behind, serving. */
async function leave({ objects, plane }: Stage, name: string, { phase, asked, applied }: Leaving): Promise<Legacy> {
  await objects.apply(withSidecar(deployment(name, { replicas: 0, image: `ghcr.example/${name}:${asked}` })));
  await objects.apply(canary(name));
  const { metadata } = await objects.get(refer("canary", `test/${name}`));
  const status = statusOf(phase, applied);
  await plane.api.request("PATCH", `${pathOf(refer("canary", `test/${name}`))}/status?fieldManager=flagger`, {
    status,
  });
  for (const object of generated(name, metadata.uid ?? "")) {
    const { name: _, ...collection } = referenceOf(object);
    await plane.api.request("POST", `${pathOf(collection)}?fieldManager=flagger`, object);
  }
  const primary = await objects.waitForRollout(refer("deployment", `test/${name}-primary`));
  const host = `${name}.example.com`;
  await waitFor(`${host} is served`, async () => {
    const { statusCode, body } = await request(gatewayUrl, { headers: { host }, headersTimeout: 1000 });
    await body.dump();
    return statusCode === 200;
  });
  const traffic = startTraffic({ url: gatewayUrl, host, ratePerSecond: 50 });
  const route = new RouteRecorder(plane.api, name);
  const end = async () => {
    await traffic.stop();
    await route.stop();
  };
  let closing: Promise<void> | undefined;
  return {
    name,
    traffic,
    route,
    primary,
    close: () => (closing ??= end()),
  };
}

function statusOf(phase: Leaving["phase"], applied: string): Record<string, unknown> {
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const isGood = phase === "Succeeded";
  const promoted = {
    type: "Promoted",
    status: isGood ? "True" : "False",
    reason: phase,
    message: isGood
      ? "Canary analysis completed successfully, promotion finished."
      : "Canary analysis failed, Deployment scaled to zero.",
    lastTransitionTime: at,
    lastUpdateTime: at,
  };
  return {
    phase,
    canaryWeight: 0,
    failedChecks: 0,
    iterations: 0,
    lastAppliedSpec: applied,
    lastPromotedSpec: flaggerHashes.promoted,
    lastTransitionTime: at,
    trackedConfigs: {},
    conditions: [promoted],
  };
}

const appContainer = (name: string) => ({
  name: "app",
  image: `ghcr.example/${name}:1.0.0`,
  ports: [{ containerPort: servicePort, name: "http" }],
});

function withSidecar({ spec, ...object }: ApiObject): ApiObject {
  const template = spec?.["template"] as { spec: { containers: readonly { image: string }[] } };
  const containers = [...template.spec.containers, { name: "sidecar", image: "ghcr.example/sidecar:1.0.0" }];
  return { ...object, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } };
}

/** The objects that Flagger generates, in the shapes that it gives them. */
function generated(name: string, uid: string): readonly ApiObject[] {
  const owner = {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const gitOpsOff = {
    "kustomize.toolkit.fluxcd.io/reconcile": "disabled",
    "helm.toolkit.fluxcd.io/driftDetection": "disabled",
  };
  const [primary, test] = [`${name}-primary`, `${name}-canary`];
  const metadataOf = (own: string, more: object) => ({
    name: own,
    namespace: testNamespace,
    ownerReferences: [owner],
    ...more,
  });
  const port = { name: "http", protocol: "TCP", port: servicePort, targetPort: servicePort };
  const serviceOf = (own: string, app: string): ApiObject => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: metadataOf(own, { labels: { app: own }, annotations: gitOpsOff }),
    spec: { type: "ClusterIP", selector: { app }, ports: [port] },
  });
  const ruleOf = (host: string): ApiObject => ({
    apiVersion: "networking.istio.io/v1beta1",
    kind: "DestinationRule",
    metadata: metadataOf(host, {}),
    spec: { host },
  });
  const route = [
    { destination: { host: primary }, weight: 100 },
    { destination: { host: test }, weight: 0 },
  ];
  return [
    primaryOf(name, metadataOf(primary, { labels: { app: primary } })),
    serviceOf(name, primary),
    serviceOf(primary, primary),
    serviceOf(test, name),
    ruleOf(test),
    ruleOf(primary),
    {
      apiVersion: "networking.istio.io/v1beta1",
      kind: "VirtualService",
      metadata: metadataOf(name, { annotations: gitOpsOff }),
      spec: { gateways: ["istio-system/public"], hosts: [`${name}.example.com`, name], http: [{ route }] },
    },
  ];
}

function primaryOf(name: string, metadata: ApiObject["metadata"]): ApiObject {
  const { spec = {}, ...object } = withSidecar(deployment(name, { replicas: 2 }));
  const { spec: pods } = spec["template"] as { spec: object };
  const labels = { app: `${name}-primary` };
  const annotations = { "flagger-id": "0b6f8f6e-5d0e-4c3e-9d59-0c3f8f1f5a11" };
  return {
    ...object,
    metadata,
    spec: { ...spec, selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, spec: pods } },
  };
}
