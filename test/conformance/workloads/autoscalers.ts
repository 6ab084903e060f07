/** HorizontalPodAutoscalers: their bounds, what they say of themselves, and what they make of measurements. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment } from "../../plane/manifests.ts";
import type { Open } from "./deployments.ts";
import { type Condition, conditionOf, type Json, type Scene, type Seen } from "./scene.ts";

export function autoscalerScenes(open: Open): void {
  test("an autoscaler brings a Deployment into its bounds before it looks at any measurement", async () => {
    const scene = await open("bounds");
    await scene.create("deployments", deployment("web", { namespace: scene.namespace }));
    await scene.create("autoscalers", autoscaler("web", { minReplicas: 3, maxReplicas: 5 }));
    await scene.until("there are 3", () => hasReplicas(scene, 3));
    await scene.until("it says so", () => says(scene, { AbleToScale: "True SucceededGetScale" }));
    const { status } = await scene.get("autoscalers", "web");
    assert.deepEqual([status?.["currentReplicas"], status?.["desiredReplicas"]], [3, 3]);
    assert.ok(status?.["lastScaleTime"]);
    const events = await eventsOf(scene);
    assert.ok(
      events.includes("SuccessfulRescale New size: 3; reason: Current number of replicas below Spec.MinReplicas"),
    );
    await scene.patch("deployments", "web", { spec: { replicas: 7 } });
    await scene.until("there are 5", () => hasReplicas(scene, 5));
    await scene.until("that is told", async () =>
      (await eventsOf(scene)).includes(
        "SuccessfulRescale New size: 5; reason: Current number of replicas above Spec.MaxReplicas",
      ),
    );
  });

  test("an autoscaler of pods that nobody measures says so, and leaves them alone", async () => {
    const scene = await open("unmeasured");
    // Pods that never run: where somebody measures pods, there is nothing to measure of these.
    const image = "ghcr.example/missing:1.0.0";
    await scene.create("deployments", deployment("web", { namespace: scene.namespace, replicas: 2, image }));
    await scene.create("autoscalers", autoscaler("web", { minReplicas: 1, maxReplicas: 5 }));
    await scene.until("it says so", () =>
      says(scene, { AbleToScale: "True SucceededGetScale", ScalingActive: "False FailedGetResourceMetric" }),
    );
    const seen = await scene.get("autoscalers", "web");
    const words =
      "the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: ";
    assert.ok(conditionOf(seen, "ScalingActive")?.message.startsWith(words), JSON.stringify(seen.status));
    assert.equal(conditionOf(seen, "ScalingLimited"), undefined);
    assert.deepEqual([seen.status?.["currentReplicas"], seen.status?.["desiredReplicas"]], [2, 0]);
    const events = await eventsOf(scene);
    assert.ok(events.some((event) => event.startsWith("FailedGetResourceMetric failed to get cpu utilization: ")));
    assert.ok(
      events.some((event) =>
        event.startsWith(
          "FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ",
        ),
      ),
    );
    assert.equal(await hasReplicas(scene, 2), true);
  });

  test("an autoscaler without a target, or with one that is scaled to zero, does nothing", async () => {
    const scene = await open("targets");
    await scene.create("autoscalers", autoscaler("web", { maxReplicas: 5 }));
    await scene.until("there is nothing to scale", () => says(scene, { AbleToScale: "False FailedGetScale" }));
    const gone = conditionOf(await scene.get("autoscalers", "web"), "AbleToScale");
    const words = `the HPA controller was unable to get the target's current scale: deployments.apps "web" not found`;
    assert.equal(gone?.message, words);
    await scene.create("deployments", deployment("web", { namespace: scene.namespace, replicas: 0 }));
    const disabled = { AbleToScale: "True SucceededGetScale", ScalingActive: "False ScalingDisabled" };
    await scene.until("it is off", () => says(scene, disabled));
    assert.equal(await hasReplicas(scene, 0), true);
    assert.equal((await scene.get("autoscalers", "web")).status?.["desiredReplicas"], 0);
  });

  test("an autoscaler follows what pods use: up at once but not too fast, down when nothing higher was wanted", async (context) => {
    const scene = await open("measured");
    const { useCpu } = scene.cluster;
    if (useCpu === undefined) return context.skip("nobody measures pods here");
    await scene.create("deployments", withRequest(deployment("web", { namespace: scene.namespace, replicas: 2 })));
    await scene.rolledOut("web");
    await useCpu(`${scene.namespace}/web`, "100m");
    await scene.create("autoscalers", autoscaler("web", { maxReplicas: 9 }));
    await scene.until("twice the share that was wanted asks for twice the pods", () => hasReplicas(scene, 4));
    await scene.until("it is told", async () =>
      (await eventsOf(scene)).includes(
        "SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request) above target",
      ),
    );
    await useCpu(`${scene.namespace}/web`, "10m");
    const held = {
      AbleToScale: "True ScaleDownStabilized",
      ScalingActive: "True ValidMetricFound",
      ScalingLimited: "False DesiredWithinRange",
    };
    await scene.until("it is held up by what was wanted before", () => says(scene, held));
    assert.equal(await hasReplicas(scene, 4), true);
    const { status } = await scene.get("autoscalers", "web");
    assert.deepEqual(status?.["currentMetrics"], [
      { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 10, averageValue: "10m" } } },
    ]);
    const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } };
    await scene.patch("autoscalers", "web", { spec: { minReplicas: 2, behavior } });
    await scene.until("nothing holds it", () => hasReplicas(scene, 2));
    await scene.until("its bound does", () => says(scene, { ScalingLimited: "True TooFewReplicas" }));
  });
}

const autoscaler = (target: string, spec: Json): Json => ({
  metadata: { name: target },
  spec: {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
    ...spec,
  },
});

function withRequest(object: object): object {
  const made = structuredClone(object) as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } };
  for (const container of made.spec.template.spec.containers) container["resources"] = { requests: { cpu: "100m" } };
  return made;
}

async function hasReplicas(scene: Scene, wanted: number): Promise<true | number> {
  const { spec } = await scene.get("deployments", "web");
  return spec.replicas === wanted || spec.replicas;
}

/** Whether its conditions are these; what they are where not. */
async function says(scene: Scene, wanted: Readonly<Record<string, string>>): Promise<unknown> {
  const { status }: Seen = await scene.get("autoscalers", "web");
  const conditions: readonly Condition[] = status?.conditions ?? [];
  const found = Object.fromEntries(conditions.map(({ type, status: so, reason }) => [type, `${so} ${reason}`]));
  return Object.entries(wanted).every(([type, words]) => found[type] === words) || found;
}

async function eventsOf(scene: Scene): Promise<readonly string[]> {
  const path = `/api/v1/namespaces/${scene.namespace}/events`;
  const { items } = (await scene.send("GET", path)) as unknown as { readonly items: readonly Event[] };
  return items.flatMap(({ involvedObject: { kind }, reason, message }) =>
    kind === "HorizontalPodAutoscaler" ? [`${reason} ${message}`] : [],
  );
}

interface Event {
  readonly involvedObject: { readonly kind: string };
  readonly reason: string;
  readonly message: string;
}
