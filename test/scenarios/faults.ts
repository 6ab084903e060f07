/** Rollouts while the world around them breaks: each ends where it would have ended, and no user notices. One at a time on a stage. */
import assert from "node:assert/strict";
import { service, virtualService } from "../plane/manifests.ts";
import { refer } from "../plane/objects.ts";
import { waitFor } from "../plane/until.ts";
import { noneLost } from "./checks.ts";
import type { Controller, Scenarios, Stage } from "./stage.ts";

export const faults: Scenarios = {
  "killed in every phase of a promotion, the controller ends where one that never died ends": killed,
  "killed while it retreats, the controller still takes all traffic away and never gives any back": retreat,
  "killed on the way home in parts and while it gives back, the controller loses nobody": parting,
  "killed while a promotion is stranded, the controller leaves the traffic where it is until the primary is ready":
    stranded,
  "a target deleted in mid-step takes no user with it": deleted,
  "the leader is lost in mid-step and the standby goes on": handed,
  "an API server that dies and comes back in mid-step changes nothing": outlived,
  "time without Prometheus neither promotes nor rolls back": blind,
};

type Strike = (name: string, wanted: string, weight?: number) => Promise<void>;

/** A controller, and how to kill it as soon as it has brought a Canary to this stage. */
async function striking(stage: Stage): Promise<Strike> {
  const serin = await stage.controller();
  return async (name, wanted, weight) => {
    await inStage(stage, name, wanted, weight);
    await serin.kill9();
    await serin.start();
  };
}

async function killed(stage: Stage): Promise<void> {
  // Slow to start, so that every phase lasts long enough to be struck in.
  const slowPods = { START_SECONDS: stage.pace.startSeconds, SHUTDOWN: "abrupt" } as const;
  const strike = await striking(stage);
  const initialising = stage.app("killed", {
    deployment: { env: slowPods },
    canary: { analysis: { interval: stage.pace.step(5), stepWeights: [10, 50, 100] } },
  });
  await strike("killed", "Copying");
  await strike("killed", "Adopting");
  const app = await initialising;
  const began = Date.now();
  await app.release("2.0.0", slowPods);
  await strike("killed", "Warming");
  await strike("killed", "Baking", 10);
  await strike("killed", "Baking", 50);
  await strike("killed", "Baking", 100);
  await strike("killed", "Replacing");
  await strike("killed", "Draining");
  const { status } = await app.reaches("Succeeded", 60_000);
  assert.deepEqual(app.route.weights(began), [10, 50, 100, 0]);
  assert.equal(status?.["failedChecks"], 0);
  assert.equal((await stage.objects.get(refer("deployment", "test/killed"))).spec?.["replicas"], 0);
  await noneLost(app);
}

async function retreat(stage: Stage): Promise<void> {
  const strike = await striking(stage);
  const app = await stage.app("retreat", {
    canary: { analysis: { interval: stage.pace.step(5), threshold: 1, stepWeights: [30, 60] } },
  });
  const began = Date.now();
  await app.release("2.0.0", { ERROR_PERCENT: 50 });
  await strike("retreat", "Retreating");
  await app.reaches("Failed", 30_000);
  assert.deepEqual(app.route.weights(began), [30, 0]);
  await noneLost(app);
}

async function parting(stage: Stage): Promise<void> {
  const slowPods = { START_SECONDS: stage.pace.startSeconds, SHUTDOWN: "abrupt" } as const;
  const strike = await striking(stage);
  const given = virtualService("parting", { hosts: ["parting.example.com"], weights: { parting: 100 } });
  const app = await stage.app("parting", {
    before: [service("parting"), given],
    deployment: { env: slowPods },
    canary: {
      spec: { revertOnDeletion: true },
      analysis: { interval: stage.pace.step(4), stepWeights: [50], stepWeightPromotion: 50 },
    },
  });
  const began = Date.now();
  await app.release("2.0.0", slowPods);
  await strike("parting", "Handing");
  await strike("parting", "Returning", 50);
  await app.reaches("Succeeded", 60_000);
  assert.deepEqual(app.route.weights(began), [50, 100, 50, 0]);
  await stage.objects.delete(refer("canary", "test/parting"));
  await strike("parting", "Terminating");
  await strike("parting", "GivingBack");
  await stage.objects.waitForGone(refer("canary", "test/parting"), 60_000);
  await noneLost(app);
  assert.deepEqual((await stage.objects.get(refer("virtualService", "test/parting"))).spec, given.spec);
}

async function stranded(stage: Stage): Promise<void> {
  const strike = await striking(stage);
  const app = await stage.app("stranded", {
    canary: {
      spec: { progressDeadlineSeconds: stage.pace.deadlineSeconds },
      analysis: { interval: stage.pace.step(3), stepWeights: [50, 100] },
    },
  });
  const began = Date.now();
  await app.release("2.0.0");
  await inStage(stage, "stranded", "Replacing");
  await stage.behave("test/stranded-primary", { ready: false });
  await strike("stranded", "Stranded", 100);
  await stage.behave("test/stranded-primary", { ready: true });
  await app.reaches("Succeeded", 60_000);
  assert.deepEqual(app.route.weights(began), [50, 100, 0]);
  await noneLost(app);
}

async function deleted(stage: Stage): Promise<void> {
  await stage.controller();
  const app = await stage.app("deleted", {
    canary: { analysis: { interval: stage.pace.step(5), stepWeights: [30, 60] } },
  });
  await app.release("2.0.0");
  await inStage(stage, "deleted", "Baking", 30);
  // The status says what is wanted before the route has it.
  await waitFor("the route gives 30", () => app.route.whenAt(30));
  const began = Date.now();
  await stage.objects.delete(refer("deployment", "test/deleted"));
  const { status } = await app.reaches("Failed", 30_000);
  assert.match(String(status?.["message"]), /Deployment deleted was deleted in mid-run/);
  assert.deepEqual(app.route.weights(began), [0]);
  await app.close();
  // The pods die with their Deployment, so what was under way there is lost; the primary answers all the rest.
  const settled = app.traffic.since((app.route.whenAt(0, began) ?? 0) + stage.pace.settleMillis);
  assert.equal(settled.lost, 0, JSON.stringify(settled.lostBecause));
}

async function handed(stage: Stage): Promise<void> {
  const args = ["--enable-leader-election=true", "--leader-election-namespace=serin-system"];
  const elected = (name: string): Promise<Controller> => stage.controller({ name, args });
  const leader = async () => {
    const lease = await stage.objects.get(refer("lease", "serin-system/serin-leader-election"));
    return lease.spec?.["holderIdentity"];
  };
  const first = await elected("serin-a");
  const analysis = { interval: stage.pace.step(6), stepWeights: [10, 50] };
  const app = await stage.app("handed", { canary: { analysis } });
  await elected("serin-b");
  const led = await leader();
  const began = Date.now();
  await app.release("2.0.0");
  await inStage(stage, "handed", "Baking", 10);
  assert.equal(await leader(), led);
  await first.kill9();
  await app.reaches("Succeeded", 90_000);
  assert.deepEqual(app.route.weights(began), [10, 50, 100, 0]);
  await noneLost(app);
  assert.notEqual(await leader(), led);
}

async function outlived(stage: Stage): Promise<void> {
  const serin = await stage.controller();
  const app = await stage.app("outlived", {
    canary: { analysis: { interval: stage.pace.step(5), stepWeights: [10, 50] } },
  });
  await app.release("2.0.0");
  await inStage(stage, "outlived", "Baking", 10);
  await stage.restartApiServer();
  const { status } = await app.reaches("Succeeded", 90_000);
  assert.equal(status?.["failedChecks"], 0);
  assert.ok(serin.isRunning);
  await noneLost(app);
}

async function blind(stage: Stage): Promise<void> {
  await stage.controller();
  const app = await stage.app("blind", {
    canary: {
      analysis: { interval: stage.pace.step(3), threshold: 2, stepWeights: [20, 60] },
      spec: { progressDeadlineSeconds: 90 },
    },
  });
  await app.release("2.0.0");
  await inStage(stage, "blind", "Baking", 20);
  await stage.prometheus.pause();
  const blindSince = Date.now();
  await app.says(/could not be measured/);
  await waitFor("it was away for long", () => Date.now() - blindSince >= stage.pace.blindMillis);
  const { status } = await app.canary();
  assert.equal(status?.["canaryWeight"], 20);
  assert.equal(status?.["failedChecks"], 0);
  await stage.prometheus.resume();
  await app.reaches("Succeeded", 60_000);
  await noneLost(app);
}

/** Resolves as soon as the Canary is in this stage, holding this weight where one is named. */
function inStage(stage: Stage, name: string, wanted: string, weight?: number): Promise<unknown> {
  return stage.objects.waitFor(
    refer("canary", `test/${name}`),
    `is ${wanted} ${weight ?? ""}`,
    ({ status }) => status?.["stage"] === wanted && (weight === undefined || status["canaryWeight"] === weight),
    60_000,
  );
}
