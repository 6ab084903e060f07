/** What a Canary may ask for besides the plain rollout, each seen to its end. All can run at once. */
import assert from "node:assert/strict";
import type { ApiObject } from "../plane/api.ts";
import type { deployment } from "../plane/manifests.ts";
import { refer } from "../plane/objects.ts";
import { waitFor } from "../plane/until.ts";
import { noneLost } from "./checks.ts";
import type { Scenarios, Stage } from "./stage.ts";

export const variations: Scenarios = {
  "a changed ConfigMap is rolled out like an image, and the primary reads its own copy": configured,
  "with skipAnalysis the canary takes over as soon as it is ready, and the primary follows": skipping,
  "with stepWeightPromotion the traffic goes home in parts": homeward,
  "suspended in mid-step, a rollout stands still and then goes on": held,
  "a route edited by hand in mid-step is put right, and the run goes on from where it is": drifting,
  "another name for the service in mid-run waits for the end of the run": renamed,
  "a MetricTemplate decides, with variables, the interval and bounds of its own": templated,
};

async function configured(stage: Stage): Promise<void> {
  const app = await stage.app("configured", {
    before: [configMap("configured", "one")],
    deployment: {},
    canary: { analysis: { interval: stage.pace.step(3), stepWeights: [50] } },
    change: (object) => withVolume(object, "configured"),
  });
  const began = Date.now();
  await stage.objects.apply(configMap("configured", "two"));
  await app.holds(50);
  assert.equal((await copyOf(stage, "configured"))["greeting"], "one");
  await app.says("New revision detected! Scaling up configured.test");
  await app.says("Promotion completed! Scaling down configured.test");
  assert.equal((await copyOf(stage, "configured"))["greeting"], "two");
  assert.deepEqual(app.route.weights(began), [50, 100, 0]);
  const primary = await stage.objects.get(refer("deployment", "test/configured-primary"));
  assert.match(JSON.stringify(primary.spec), /"name":"configured-primary"/);
  await noneLost(app);
}

async function skipping(stage: Stage): Promise<void> {
  const app = await stage.app("skipping", { canary: { spec: { skipAnalysis: true } } });
  const began = Date.now();
  await app.release("2.0.0");
  await app.reaches("Succeeded");
  assert.deepEqual(app.route.weights(began), [100, 0]);
  await app.says("Promotion completed! Canary analysis was skipped for skipping.test");
  await noneLost(app);
}

async function homeward(stage: Stage): Promise<void> {
  const analysis = { interval: stage.pace.step(2), stepWeights: [50, 100], stepWeightPromotion: 40 };
  const app = await stage.app("homeward", { canary: { analysis } });
  const began = Date.now();
  await app.release("2.0.0");
  await app.reaches("Succeeded");
  assert.deepEqual(app.route.weights(began), [50, 100, 60, 20, 0]);
  await app.says("Advance homeward.test primary weight 40");
  await noneLost(app);
}

async function held(stage: Stage): Promise<void> {
  const app = await stage.app("held", {
    canary: { analysis: { interval: stage.pace.step(3), stepWeights: [20, 50] } },
  });
  const object = refer("canary", "test/held");
  await app.release("2.0.0");
  await app.holds(20);
  await stage.objects.patch(object, { spec: { suspend: true } });
  await app.says("skipping canary run as object is suspended");
  const heldSince = Date.now();
  // Longer than the step would have taken.
  await waitFor("the step would be over", () => Date.now() - heldSince > stage.pace.heldMillis);
  assert.equal((await app.canary()).status?.["canaryWeight"], 20);
  await stage.objects.patch(object, { spec: { suspend: false } });
  await app.reaches("Succeeded");
  await noneLost(app);
}

async function drifting(stage: Stage): Promise<void> {
  const app = await stage.app("drifting", {
    canary: { analysis: { interval: stage.pace.step(5), stepWeights: [20, 50] } },
  });
  const began = Date.now();
  await app.release("2.0.0");
  await app.holds(20);
  const route = refer("virtualService", "test/drifting");
  const { spec } = await stage.objects.get(route);
  const http = JSON.parse(JSON.stringify(spec?.["http"])) as { fault?: unknown; route: { weight: number }[] }[];
  const rule = http[0];
  assert.ok(rule !== undefined);
  rule.route = rule.route.map((destination) => ({ ...destination, weight: 50 }));
  rule.fault = { delay: { percentage: { value: 1 }, fixedDelay: "0.01s" } };
  await stage.objects.patch(route, { spec: { http, exportTo: ["*"] } });
  await app.reaches("Succeeded");
  assert.deepEqual(app.route.weights(began), [20, 50, 20, 50, 100, 0]);
  const after = await stage.objects.get(route);
  assert.deepEqual(after.spec?.["exportTo"], ["*"]);
  assert.match(JSON.stringify(after.spec?.["http"]), /"fixedDelay":"0.01s"/);
  await noneLost(app);
}

async function renamed(stage: Stage): Promise<void> {
  const app = await stage.app("renamed", { canary: { analysis: { interval: stage.pace.step(4), stepWeights: [30] } } });
  const object = refer("canary", "test/renamed");
  const began = Date.now();
  await app.release("2.0.0");
  await app.holds(30);
  await stage.objects.patch(object, { spec: { service: { name: "renamed-again" } } });
  await app.says(/^spec\.service\.name: was changed from renamed to renamed-again in mid-run/);
  await app.reaches("Succeeded");
  assert.deepEqual(app.route.weights(began), [30, 100, 0]);
  await stage.objects.waitFor(refer("virtualService", "test/renamed-again"), "is there", () => true);
  await noneLost(app);
}

async function templated(stage: Stage): Promise<void> {
  const query = `sum(rate(istio_requests_total{destination_workload="{{ target }}",response_code=~"{{ variables.codes }}"}[{{ interval }}])) or vector(0)`;
  const template = {
    apiVersion: "flagger.app/v1beta1",
    kind: "MetricTemplate",
    metadata: { name: "errors", namespace: "test" },
    spec: { provider: { type: "prometheus", address: stage.prometheus.url }, query },
  };
  const metric = {
    name: "errors",
    templateRef: { name: "errors" },
    templateVariables: { codes: "5.." },
    thresholdRange: { max: 1 },
  };
  const app = await stage.app("templated", {
    before: [template],
    canary: { analysis: { interval: stage.pace.step(5), threshold: 1, stepWeights: [50], metrics: [metric] } },
  });
  await app.release("2.0.0", { ERROR_PERCENT: 40 });
  const { status } = await app.reaches("Failed");
  assert.match(String(status?.["message"]), /: errors \d+\.\d\d > 1$/);
  const [measured] = (status?.["metrics"] ?? []) as readonly Record<string, unknown>[];
  assert.match(String(measured?.["query"]), /destination_workload="templated",response_code=~"5\.\."\}\[\ds\]/);
  assert.equal(measured?.["verdict"], "fail");
  await noneLost(app);
}

function configMap(name: string, greeting: string): ApiObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "test" }, data: { greeting } };
}

function withVolume(object: ApiObject, name: string): ApiObject {
  const spec = structuredClone(object.spec) as ReturnType<typeof deployment>["spec"] & {
    template: { spec: Record<string, unknown> };
  };
  spec.template.spec["volumes"] = [{ name: "config", configMap: { name } }];
  return { ...object, spec };
}

async function copyOf(stage: Stage, name: string): Promise<Record<string, string>> {
  const copy = await stage.objects.get(refer("configMap", `test/${name}-primary`));
  return copy["data"] as Record<string, string>;
}
