/** Rollouts while the world around them breaks: each ends where it would have ended, and no user notices. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import type { Controller } from "./controller.ts";
import { refer } from "./objects.ts";
import { type App, type Stage, setStage } from "./stage.ts";
import { waitFor } from "./until.ts";

/** Slow to start, so that every phase lasts long enough to be struck in. */
const slowPods = { START_SECONDS: 3, SHUTDOWN: "abrupt" } as const;

describe("faults on the real plane", () => {
  let stage: Stage;
  const controllers: Controller[] = [];

  before(async () => {
    stage = await setStage();
  });

  afterEach(async () => {
    await Promise.all(controllers.splice(0).map((controller) => controller.stop()));
  });

  after(() => stage?.stop());

  async function controller(options?: Parameters<Stage["controller"]>[0]): Promise<Controller> {
    const started = await stage.controller(options);
    controllers.push(started);
    return started;
  }

  /** Resolves as soon as the Canary is in this stage, holding this weight where one is named. */
  function inStage(name: string, wanted: string, weight?: number): Promise<unknown> {
    return stage.objects.waitFor(
      refer("canary", `test/${name}`),
      `is ${wanted} ${weight ?? ""}`,
      ({ status }) => status?.["stage"] === wanted && (weight === undefined || status["canaryWeight"] === weight),
      60_000,
    );
  }

  test("killed in every phase of a promotion, the controller ends where one that never died ends", async () => {
    const serin = await controller();
    const strike = async (name: string, wanted: string, weight?: number): Promise<void> => {
      await inStage(name, wanted, weight);
      await serin.kill9();
      await serin.start();
    };
    const initialising = stage.app("killed", {
      deployment: { env: slowPods },
      canary: { analysis: { interval: "5s", stepWeights: [10, 50, 100] } },
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
  });

  test("killed while it retreats, the controller still takes all traffic away and never gives any back", async () => {
    const serin = await controller();
    const app = await stage.app("retreat", {
      canary: { analysis: { interval: "5s", threshold: 1, stepWeights: [30, 60] } },
    });
    const began = Date.now();
    await app.release("2.0.0", { ERROR_PERCENT: 50 });
    await inStage("retreat", "Retreating");
    await serin.kill9();
    await serin.start();
    await app.reaches("Failed", 30_000);
    assert.deepEqual(app.route.weights(began), [30, 0]);
    await noneLost(app);
  });

  test("a target deleted in mid-step takes no user with it", async () => {
    await controller();
    const app = await stage.app("deleted", { canary: { analysis: { interval: "5s", stepWeights: [30, 60] } } });
    await app.release("2.0.0");
    await inStage("deleted", "Baking", 30);
    const began = Date.now();
    await stage.objects.delete(refer("deployment", "test/deleted"));
    const { status } = await app.reaches("Failed", 30_000);
    assert.match(String(status?.["message"]), /Deployment deleted was deleted in mid-run/);
    assert.deepEqual(app.route.weights(began), [0]);
    await app.close();
    // The pods die with their Deployment, so what was under way there is lost; the primary answers all the rest.
    const settled = app.traffic.since((app.route.whenAt(0, began) ?? 0) + 1000);
    assert.equal(settled.lost, 0, JSON.stringify(settled.lostBecause));
  });

  test("the leader is lost in mid-step and the standby goes on", async () => {
    const elected = (name: string, port: number): Promise<Controller> =>
      controller({ name, port, args: ["--enable-leader-election=true", "--leader-election-namespace=serin-system"] });
    const first = await elected("serin-a", 10_081);
    const app = await stage.app("handed", { canary: { analysis: { interval: "6s", stepWeights: [10, 50] } } });
    await elected("serin-b", 10_082);
    const began = Date.now();
    await app.release("2.0.0");
    await inStage("handed", "Baking", 10);
    await first.kill9();
    await app.reaches("Succeeded", 90_000);
    assert.deepEqual(app.route.weights(began), [10, 50, 100, 0]);
    await noneLost(app);
    const lease = await stage.objects.get(refer("lease", "serin-system/serin-leader-election"));
    assert.match(String(lease.spec?.["holderIdentity"]), /^serin-b_/);
  });

  test("an API server that dies and comes back in mid-step changes nothing", async () => {
    const serin = await controller();
    const app = await stage.app("outlived", { canary: { analysis: { interval: "5s", stepWeights: [10, 50] } } });
    await app.release("2.0.0");
    await inStage("outlived", "Baking", 10);
    await stage.plane.apiServer.restart();
    const { status } = await app.reaches("Succeeded", 90_000);
    assert.equal(status?.["failedChecks"], 0);
    assert.ok(serin.isRunning);
    await noneLost(app);
  });

  test("30 seconds without Prometheus neither promote nor roll back", async () => {
    await controller();
    const app = await stage.app("blind", {
      canary: {
        analysis: { interval: "3s", threshold: 2, stepWeights: [20, 60] },
        spec: { progressDeadlineSeconds: 90 },
      },
    });
    await app.release("2.0.0");
    await inStage("blind", "Baking", 20);
    await stage.plane.prometheus.pause();
    const blindSince = Date.now();
    await app.says(/could not be measured/);
    await waitFor("30 seconds have passed", () => Date.now() - blindSince >= 30_000, 40_000);
    const { status } = await app.canary();
    assert.equal(status?.["canaryWeight"], 20);
    assert.equal(status?.["failedChecks"], 0);
    await stage.plane.prometheus.resume();
    await app.reaches("Succeeded", 60_000);
    await noneLost(app);
  });
});

async function noneLost(app: App): Promise<void> {
  await app.close();
  const { lost, lostBecause } = app.traffic.all();
  assert.equal(lost, 0, `${app.name}: ${JSON.stringify(lostBecause)}`);
}
