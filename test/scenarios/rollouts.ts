/** Whole rollouts as their users and their owners see them. Each application has a name of its own, so all can run at once. */
import assert from "node:assert/strict";
import { service, virtualService } from "../plane/manifests.ts";
import { refer } from "../plane/objects.ts";
import { checkShares, noneLost, primaryImage, promoted } from "./checks.ts";
import type { Scenarios, Stage } from "./stage.ts";

export const rollouts: Scenarios = {
  "a good version goes 10, 50, 100 and is promoted without a lost request": good,
  "a version that fails 30 % of its requests loses all traffic, and one sentence says why": bad,
  "a version that fails every request is seen at once": dead,
  "a version that answers too slowly is rolled back": slow,
  "a new revision in mid-run starts over and is promoted instead": again,
  "a revert in mid-run brings the traffic home and leaves the primary alone": revert,
  "an image that never gets ready never gets traffic": unready,
  "a primary that never gets ready gets no traffic, and a later recovery ends the promotion": stuck,
  "deletion in mid-run gives back the Service and the route that were there before": leaving,
};

/**
 * Pods that take their time to start and close connections when told to stop. A target that is changed in mid-run rolls at
 * once, by Kubernetes' own hand: only the time its new pods take leaves anybody the time to move the traffic off the old.
 */
function slowPodsOf(stage: Stage) {
  return { START_SECONDS: stage.pace.startSeconds, SHUTDOWN: "abrupt" } as const;
}

async function good(stage: Stage): Promise<void> {
  const slowPods = slowPodsOf(stage);
  const app = await stage.app("good", {
    deployment: { env: slowPods },
    canary: { analysis: { interval: stage.pace.step(6), stepWeights: [10, 50, 100] } },
  });
  const began = Date.now();
  await app.release("2.0.0", slowPods);
  const { status } = await app.reaches("Succeeded", 120_000);
  assert.deepEqual(app.route.weights(began), [10, 50, 100, 0]);
  checkShares(app, began, [10, 50, 100], stage.pace.settleMillis);
  const { errorsByVersion, byVersion } = await noneLost(app);
  assert.deepEqual(errorsByVersion, {});
  assert.deepEqual(Object.keys(byVersion).toSorted(), ["1.0.0", "2.0.0"]);
  assert.equal(status?.["canaryWeight"], 0);
  assert.equal(status?.["lastPromotedSpec"], status?.["lastAppliedSpec"]);
  await app.says("Promotion completed! Scaling down good.test");
  assert.deepEqual(await app.sentences(), [
    "Initialization done! good.test",
    "New revision detected! Scaling up good.test",
    "Starting canary analysis for good.test",
    "Advance good.test canary weight 10",
    "Advance good.test canary weight 50",
    "Advance good.test canary weight 100",
    "Copying good.test template spec to good-primary.test",
    "Routing all traffic to primary",
    "Promotion completed! Scaling down good.test",
  ]);
}

async function bad(stage: Stage): Promise<void> {
  const app = await stage.app("bad", {
    ratePerSecond: stage.pace.enoughPerSecond,
    canary: { analysis: { interval: stage.pace.step(6), threshold: 2, stepWeights: [10, 50, 100] } },
  });
  const began = Date.now();
  await app.release("2.0.0", { ERROR_PERCENT: 30 });
  const { status } = await app.reaches("Failed", 60_000);
  assert.deepEqual(app.route.weights(began), [10, 0]);
  await noneLost(app);
  assert.match(
    String(status?.["message"]),
    /^failed checks threshold reached 2; the last one at 10% of the traffic: success rate [67]\d\.\d\d% < 99%$/,
  );
  assert.deepEqual(promoted(status), { status: "False", reason: "Failed" });
  assert.equal((await stage.objects.get(refer("deployment", "test/bad"))).spec?.["replicas"], 0);
  await app.says(/^Rolling back bad\.test failed checks threshold reached 2: .*success rate/);
  await app.says("Canary failed! Scaling down bad.test");
}

async function dead(stage: Stage): Promise<void> {
  const analysis = { interval: stage.pace.step(6), threshold: 1, stepWeights: [20, 50] };
  const app = await stage.app("dead", { canary: { analysis } });
  const began = Date.now();
  await app.release("2.0.0", { ERROR_PERCENT: 100 });
  const { status } = await app.reaches("Failed", 60_000);
  assert.deepEqual(app.route.weights(began), [20, 0]);
  await noneLost(app);
  assert.match(String(status?.["message"]), /at 20% of the traffic: success rate 0\.00% < 99%$/);
}

async function slow(stage: Stage): Promise<void> {
  const metrics = [{ name: "request-duration", thresholdRange: { max: 500 }, interval: "10s" }];
  const analysis = { interval: stage.pace.step(3), threshold: 1, metrics };
  const app = await stage.app("slow", { canary: { analysis } });
  await app.release("2.0.0", { LATENCY_MILLIS: 900 });
  const { status } = await app.reaches("Failed", 60_000);
  await noneLost(app);
  assert.match(String(status?.["message"]), /request duration .* > 500ms$/);
}

async function again(stage: Stage): Promise<void> {
  const slowPods = slowPodsOf(stage);
  const analysis = { interval: stage.pace.step(3), stepWeights: [10, 50] };
  const app = await stage.app("again", { deployment: { env: slowPods }, canary: { analysis } });
  await app.release("2.0.0", slowPods);
  await app.holds(50);
  const renewed = Date.now();
  await app.release("3.0.0", slowPods);
  await app.says("New revision detected! Restarting analysis for again.test");
  await app.reaches("Succeeded", 90_000);
  await noneLost(app);
  assert.deepEqual(app.route.weights(renewed), [0, 10, 50, 100, 0]);
  assert.equal(await primaryImage(stage, "again"), "ghcr.example/again:3.0.0");
}

async function revert(stage: Stage): Promise<void> {
  const slowPods = slowPodsOf(stage);
  const analysis = { interval: stage.pace.step(3), stepWeights: [20, 50] };
  const app = await stage.app("revert", { deployment: { env: slowPods }, canary: { analysis } });
  await app.release("2.0.0", slowPods);
  await app.holds(20);
  await app.release("1.0.0", slowPods);
  await app.says("Rolling back revert.test the target was reverted to the promoted revision");
  const { status } = await app.reaches("Succeeded", 60_000);
  await noneLost(app);
  assert.equal(status?.["lastAppliedSpec"], status?.["lastPromotedSpec"]);
  assert.equal(await primaryImage(stage, "revert"), "ghcr.example/revert:1.0.0");
}

async function unready(stage: Stage): Promise<void> {
  const { deadlineSeconds } = stage.pace;
  const app = await stage.app("unready", { canary: { spec: { progressDeadlineSeconds: deadlineSeconds } } });
  const began = Date.now();
  await app.release("missing");
  const { status } = await app.reaches("Failed", 60_000);
  assert.deepEqual(app.route.weights(began), []);
  await noneLost(app);
  assert.match(String(status?.["message"]), /^progress deadline exceeded: canary deployment unready\.test not ready: /);
  await app.says(/^Rolling back unready\.test progress deadline exceeded/);
}

async function stuck(stage: Stage): Promise<void> {
  const app = await stage.app("stuck", {
    canary: {
      spec: { progressDeadlineSeconds: stage.pace.deadlineSeconds },
      analysis: { interval: stage.pace.step(3), stepWeights: [50, 100] },
    },
  });
  const began = Date.now();
  await app.release("2.0.0");
  await app.reaches("Promoting", 60_000, "Replacing");
  await stage.behave("test/stuck-primary", { ready: false });
  const { status } = await app.reaches("Failed", 60_000, "Stranded");
  assert.equal(status?.["canaryWeight"], 100);
  assert.deepEqual(app.route.weights(began), [50, 100]);
  await app.says(/^Promotion of stuck\.test failed, primary not ready: /);
  await stage.behave("test/stuck-primary", { ready: true });
  await app.reaches("Succeeded", 60_000);
  await noneLost(app);
  assert.deepEqual(app.route.weights(began), [50, 100, 0]);
}

async function leaving(stage: Stage): Promise<void> {
  const given = virtualService("leaving", { hosts: ["leaving.example.com"], weights: { leaving: 100 } });
  const app = await stage.app("leaving", {
    before: [service("leaving"), given],
    canary: {
      spec: { revertOnDeletion: true },
      analysis: { interval: stage.pace.step(5), stepWeights: [20, 50] },
    },
  });
  await app.release("2.0.0");
  await app.holds(20);
  await stage.objects.delete(refer("canary", "test/leaving"));
  await stage.objects.waitForGone(refer("canary", "test/leaving"), 60_000);
  await stage.objects.waitForGone(refer("deployment", "test/leaving-primary"), 30_000);
  await noneLost(app);
  const route = await stage.objects.get(refer("virtualService", "test/leaving"));
  assert.deepEqual(route.spec, given.spec);
  const apex = await stage.objects.get(refer("service", "test/leaving"));
  assert.deepEqual(apex.spec?.["selector"], { app: "leaving" });
}
