/** Whole rollouts on the real plane, side by side, as their users and their owners see them. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { summarise, withinBinomial } from "./client.ts";
import type { Controller } from "./controller.ts";
import { service, virtualService } from "./manifests.ts";
import { refer } from "./objects.ts";
import { type App, type Stage, setStage } from "./stage.ts";

/**
 * Pods that take their time to start and close connections when told to stop. A target that is changed in mid-run rolls at
 * once, by Kubernetes' own hand: only the time its new pods take leaves anybody the time to move the traffic off the old.
 */
const slowPods = { START_SECONDS: 3, SHUTDOWN: "abrupt" } as const;
/** From a weight being written until every proxy has surely followed. */
const settleMillis = 1000;

describe("rollouts on the real plane", { concurrency: 4 }, () => {
  let stage: Stage;
  let controller: Controller;

  before(async () => {
    stage = await setStage();
    controller = await stage.controller();
  });

  after(async () => {
    await controller?.stop();
    await stage?.stop();
  });

  test("a good version goes 10, 50, 100 and is promoted without a lost request", async () => {
    const app = await stage.app("good", {
      deployment: { env: slowPods },
      canary: { analysis: { interval: "6s", stepWeights: [10, 50, 100] } },
    });
    const began = Date.now();
    await app.release("2.0.0", slowPods);
    const { status } = await app.reaches("Succeeded", 120_000);
    assert.deepEqual(app.route.weights(began), [10, 50, 100, 0]);
    checkShares(app, began, [10, 50, 100]);
    await app.close();
    const { errorsByVersion, byVersion } = noneLost(app);
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
  });

  test("a version that fails 30 % of its requests loses all traffic, and one sentence says why", async () => {
    // Long enough a step that a tenth of the traffic leaves enough requests to judge by.
    const app = await stage.app("bad", {
      canary: { analysis: { interval: "6s", threshold: 2, stepWeights: [10, 50, 100] } },
    });
    const began = Date.now();
    await app.release("2.0.0", { ERROR_PERCENT: 30 });
    const { status } = await app.reaches("Failed", 60_000);
    assert.deepEqual(app.route.weights(began), [10, 0]);
    await app.close();
    noneLost(app);
    assert.match(
      String(status?.["message"]),
      /^failed checks threshold reached 2; the last one at 10% of the traffic: success rate [67]\d\.\d\d% < 99%$/,
    );
    assert.deepEqual(promoted(status), { status: "False", reason: "Failed" });
    assert.equal((await stage.objects.get(refer("deployment", "test/bad"))).spec?.["replicas"], 0);
    await app.says(/^Rolling back bad\.test failed checks threshold reached 2: .*success rate/);
    await app.says("Canary failed! Scaling down bad.test");
  });

  test("a version that answers too slowly is rolled back", async () => {
    const metrics = [{ name: "request-duration", thresholdRange: { max: 500 }, interval: "10s" }];
    const app = await stage.app("slow", { canary: { analysis: { interval: "3s", threshold: 1, metrics } } });
    await app.release("2.0.0", { LATENCY_MILLIS: 900 });
    const { status } = await app.reaches("Failed", 60_000);
    await app.close();
    noneLost(app);
    assert.match(String(status?.["message"]), /request duration .* > 500ms$/);
  });

  test("a new revision in mid-run starts over and is promoted instead", async () => {
    const app = await stage.app("again", {
      deployment: { env: slowPods },
      canary: { analysis: { interval: "3s", stepWeights: [10, 50] } },
    });
    await app.release("2.0.0", slowPods);
    await stage.objects.waitFor(
      refer("canary", "test/again"),
      "is at 50",
      ({ status }) => status?.["canaryWeight"] === 50,
    );
    const renewed = Date.now();
    await app.release("3.0.0", slowPods);
    await app.says("New revision detected! Restarting analysis for again.test");
    await app.reaches("Succeeded", 90_000);
    await app.close();
    noneLost(app);
    assert.deepEqual(app.route.weights(renewed), [0, 10, 50, 100, 0]);
    assert.equal(await primaryImage(stage, "again"), "ghcr.example/again:3.0.0");
  });

  test("a revert in mid-run brings the traffic home and leaves the primary alone", async () => {
    const app = await stage.app("revert", {
      deployment: { env: slowPods },
      canary: { analysis: { interval: "3s", stepWeights: [20, 50] } },
    });
    await app.release("2.0.0", slowPods);
    await stage.objects.waitFor(
      refer("canary", "test/revert"),
      "is at 20",
      ({ status }) => status?.["canaryWeight"] === 20,
    );
    await app.release("1.0.0", slowPods);
    await app.says("Rolling back revert.test the target was reverted to the promoted revision");
    const { status } = await app.reaches("Succeeded", 60_000);
    await app.close();
    noneLost(app);
    assert.equal(status?.["lastAppliedSpec"], status?.["lastPromotedSpec"]);
    assert.equal(await primaryImage(stage, "revert"), "ghcr.example/revert:1.0.0");
  });

  test("an image that never gets ready never gets traffic", async () => {
    const app = await stage.app("unready", { canary: { spec: { progressDeadlineSeconds: 6 } } });
    const began = Date.now();
    await app.release("missing");
    const { status } = await app.reaches("Failed", 60_000);
    assert.deepEqual(app.route.weights(began), []);
    await app.close();
    noneLost(app);
    assert.match(
      String(status?.["message"]),
      /^progress deadline exceeded: canary deployment unready\.test not ready: /,
    );
    await app.says(/^Rolling back unready\.test progress deadline exceeded/);
  });

  test("a primary that never gets ready gets no traffic, and a later recovery ends the promotion", async () => {
    const app = await stage.app("stuck", {
      canary: { spec: { progressDeadlineSeconds: 6 }, analysis: { interval: "3s", stepWeights: [50, 100] } },
    });
    const began = Date.now();
    await app.release("2.0.0");
    await app.reaches("Promoting", 60_000, "Replacing");
    await stage.plane.node.behave("test/stuck-primary", { ready: false });
    const { status } = await app.reaches("Failed", 60_000, "Stranded");
    assert.equal(status?.["canaryWeight"], 100);
    assert.deepEqual(app.route.weights(began), [50, 100]);
    await app.says(/^Promotion of stuck\.test failed, primary not ready: /);
    await stage.plane.node.behave("test/stuck-primary", { ready: true });
    await app.reaches("Succeeded", 60_000);
    await app.close();
    noneLost(app);
    assert.deepEqual(app.route.weights(began), [50, 100, 0]);
  });

  test("deletion in mid-run gives back the Service and the route that were there before", async () => {
    const given = virtualService("leaving", { hosts: ["leaving.example.com"], weights: { leaving: 100 } });
    const app = await stage.app("leaving", {
      before: [service("leaving"), given],
      canary: { spec: { revertOnDeletion: true }, analysis: { interval: "5s", stepWeights: [20, 50] } },
    });
    await app.release("2.0.0");
    await stage.objects.waitFor(
      refer("canary", "test/leaving"),
      "is at 20",
      ({ status }) => status?.["canaryWeight"] === 20,
    );
    await stage.objects.delete(refer("canary", "test/leaving"));
    await stage.objects.waitForGone(refer("canary", "test/leaving"), 60_000);
    await stage.objects.waitForGone(refer("deployment", "test/leaving-primary"), 30_000);
    await app.close();
    noneLost(app);
    const route = await stage.objects.get(refer("virtualService", "test/leaving"));
    assert.deepEqual(route.spec, given.spec);
    const apex = await stage.objects.get(refer("service", "test/leaving"));
    assert.deepEqual(apex.spec?.["selector"], { app: "leaving" });
  });
});

/** Nobody sent a request that no pod answered, from the first to the last. */
function noneLost(app: App) {
  const all = app.traffic.all();
  assert.equal(all.lost, 0, `${app.name}: ${JSON.stringify(all.lostBecause)}`);
  return all;
}

/** While the route held a weight, the clients saw it: within what chance alone explains. */
function checkShares(app: App, since: number, weights: readonly number[]): void {
  const { seen } = app.route;
  for (const weight of weights) {
    const index = seen.findIndex(({ at, canary }) => at >= since && canary === weight);
    const [from, to] = [(seen[index]?.at ?? 0) + settleMillis, seen[index + 1]?.at ?? Date.now()];
    const { byVersion, sent } = summarise(app.traffic.answers.filter(({ sentAt }) => sentAt >= from && sentAt < to));
    const count = byVersion["2.0.0"] ?? 0;
    assert.ok(withinBinomial(count, sent, weight / 100), `${count} of ${sent} at weight ${weight}`);
  }
}

function promoted(status: Record<string, unknown> | undefined) {
  const conditions = (status?.["conditions"] ?? []) as readonly Record<string, unknown>[];
  const found = conditions.find(({ type }) => type === "Promoted");
  return { status: found?.["status"], reason: found?.["reason"] };
}

async function primaryImage(stage: Stage, name: string): Promise<string | undefined> {
  const { spec } = await stage.objects.get(refer("deployment", `test/${name}-primary`));
  const template = spec?.["template"] as { spec: { containers: readonly { image: string }[] } };
  return template.spec.containers[0]?.image;
}
