import assert from "node:assert/strict";
import { test } from "node:test";
import { seconds } from "../../src/domain/time.ts";
import { Life } from "../build/life.ts";
import { World } from "../build/world.ts";

async function initialized(prepare: (world: World) => void = () => {}): Promise<{ life: Life; world: World }> {
  const world = new World();
  prepare(world);
  const life = new Life(world);
  await life.pass(seconds(30));
  assert.deepEqual(world.status.phase, { name: "Steady", outcome: "Initialized" });
  return { life, world };
}

test("a good revision is seen at 10, 50 and 100 % and then promoted", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(300));
  assert.deepEqual(world.phases, [
    ...["Copying", "Adopting", "Steady"],
    ...["Warming", "Baking 10", "Baking 50", "Baking 100", "Replacing", "Draining", "Steady"],
  ]);
  assert.deepEqual(world.weights, [0, 10, 50, 100, 0]);
  assert.deepEqual(world.told, [
    "Initialization done! podinfo.test",
    "New revision detected! Scaling up podinfo.test",
    "Starting canary analysis for podinfo.test",
    "Advance podinfo.test canary weight 10",
    "Advance podinfo.test canary weight 50",
    "Advance podinfo.test canary weight 100",
    "Copying podinfo.test template spec to podinfo-primary.test",
    "Routing all traffic to primary",
    "Promotion completed! Scaling down podinfo.test",
  ]);
  assert.equal(world.primary?.revision, "v2");
  assert.equal(world.target?.replicas, 0);
});

test("endpoints that come late cost time, and no request", async () => {
  const { life, world } = await initialized((late) => {
    late.endpointLag = seconds(8);
  });
  world.push("v2");
  await life.pass(seconds(300));
  assert.deepEqual(world.weights, [0, 10, 50, 100, 0]);
  assert.equal(world.primary?.revision, "v2");
});

test("endpoints that never come get no traffic", async () => {
  const { life, world } = await initialized();
  world.endpointLag = seconds(100_000);
  world.push("v2");
  await life.pass(seconds(300));
  assert.deepEqual(world.status.phase, { name: "Failed", reason: "ProgressDeadlineExceeded" });
  assert.deepEqual(world.weights, [0]);
});

test("a bad revision goes no further than 10 %", async () => {
  const { life, world } = await initialized();
  world.sample = { kind: "value", value: 98.69 };
  world.push("v2");
  await life.pass(seconds(300));
  assert.deepEqual(world.phases.slice(3), ["Warming", "Baking 10", "Retreating", "Failed"]);
  assert.deepEqual(world.weights, [0, 10, 0]);
  assert.deepEqual(world.told.slice(4), [
    "Halt podinfo.test advancement success rate 98.69% < 99%",
    "Rolling back podinfo.test failed checks threshold reached 2: the last one at 10% of the traffic: success rate 98.69% < 99%",
    "Canary failed! Scaling down podinfo.test",
  ]);
  assert.equal(world.primary?.revision, "v1-old");
  assert.equal(world.target?.replicas, 0);
});

test("pods are not taken away from under a route that a lagging watch does not show", async () => {
  const { life, world } = await initialized();
  world.sample = { kind: "value", value: 98.69 };
  world.push("v2");
  await life.until(({ status }) => status.phase.name === "Retreating");
  world.shownRoute = world.route;
  world.route = { canary: 10, since: world.now };
  await life.pass(seconds(60));
  assert.deepEqual(world.weights, [0, 10, 0, 0], "it went home once more");
  assert.equal(world.phases.at(-1), "Failed");
  assert.equal(world.target?.replicas, 0);
});

test("a primary that is deleted right after it took all traffic gives it back at once, and is made anew by the next", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.until(({ status }) => status.phase.name === "Draining");
  world.deletePrimary();
  await life.pass(seconds(2));
  assert.equal(world.route?.canary, 100);
  world.push("v3");
  await life.pass(seconds(300));
  assert.equal(world.primary?.revision, "v3");
  assert.equal(world.route?.canary, 0);
});

test("a provider that nobody knows, named in mid-run, does not cut off the way home", async () => {
  const { life, world } = await initialized();
  world.sample = { kind: "value", value: 98.69 };
  world.push("v2");
  await life.until(({ weights }) => weights.at(-1) === 10);
  world.edit({ provider: "linkerd" });
  await life.pass(seconds(300));
  assert.deepEqual(world.phases.at(-1), "Failed");
  assert.deepEqual(world.weights, [0, 10, 0]);
  assert.equal(world.target?.replicas, 0);
});

test("an outage of the metrics ends a run after the deadline, and neither promotes nor fails a check before", async () => {
  const { life, world } = await initialized();
  world.sample = { kind: "unmeasurable", why: "502" };
  world.push("v2");
  await life.pass(seconds(60));
  assert.equal(world.phases.at(-1), "Baking 10");
  await life.pass(seconds(200));
  assert.deepEqual(world.status.phase, { name: "Failed", reason: "NoEvidence" });
  assert.equal(world.status.failedChecks, 0);
  const halts = world.told.filter((message) => message.startsWith("Halt"));
  assert.deepEqual(halts, ["Halt advancement metric request-success-rate could not be measured: 502"]);
});

test("an outage that passes costs only time", async () => {
  const { life, world } = await initialized();
  world.sample = { kind: "noData", why: "no requests" };
  world.push("v2");
  await life.pass(seconds(60));
  world.sample = { kind: "value", value: 100 };
  await life.pass(seconds(300));
  assert.equal(world.phases.at(-1), "Steady");
  assert.equal(world.primary?.revision, "v2");
});

test("a newer revision in mid-run starts over from no traffic", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(50));
  world.push("v3");
  await life.pass(seconds(300));
  assert.deepEqual(world.weights, [0, 10, 50, 0, 10, 50, 100, 0]);
  assert.equal(world.primary?.revision, "v3");
  assert.deepEqual(
    world.status.history.map(({ revision, outcome }) => `${revision} ${outcome}`),
    ["v3 promoted", "v2 superseded"],
  );
});

test("a revision taken back in mid-run is abandoned, and nothing is promoted", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(50));
  world.push("v1-old");
  await life.pass(seconds(300));
  assert.deepEqual(world.phases.slice(3), ["Warming", "Baking 10", "Baking 50", "Retreating", "Steady"]);
  assert.equal(world.primary?.revision, "v1-old");
  assert.equal(world.target?.replicas, 0);
});

test("a newer revision during promotion waits for its own run, and no client meets it before", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.until(({ status }) => status.phase.name === "Replacing");
  world.push("v3");
  await life.pass(seconds(300));
  assert.deepEqual(world.phases.slice(7), [
    ...["Replacing", "Draining", "Steady"],
    ...["Warming", "Baking 10", "Baking 50", "Baking 100", "Replacing", "Draining", "Steady"],
  ]);
  assert.equal(world.primary?.revision, "v3");
});

test("an image that does not start gets no traffic at all", async () => {
  const { life, world } = await initialized();
  world.broken.add("podinfo v2");
  world.push("v2");
  await life.pass(seconds(300));
  assert.deepEqual(world.status.phase, { name: "Failed", reason: "ProgressDeadlineExceeded" });
  assert.deepEqual(world.weights, [0]);
});

async function stranded() {
  const { life, world } = await initialized();
  world.broken.add("podinfo-primary v2");
  world.push("v2");
  await life.pass(seconds(400));
  assert.equal(world.phases.at(-1), "Stranded");
  assert.equal(world.route?.canary, 100);
  assert.equal(world.target?.replicas, 2);
  return { life, world };
}

test("a primary that does not start leaves all traffic with the healthy canary, until a fix", async () => {
  const { life, world } = await stranded();
  world.push("v3");
  await life.pass(seconds(100));
  assert.deepEqual(world.phases.slice(-4), ["Stranded", "Replacing", "Draining", "Steady"]);
  assert.equal(world.primary?.revision, "v3");
  assert.equal(world.route?.canary, 0);
});

test("or until it starts after all", async () => {
  const { life, world } = await stranded();
  world.broken.clear();
  world.primary?.lose(3, world.now);
  await life.pass(seconds(100));
  assert.deepEqual(world.phases.slice(-3), ["Stranded", "Draining", "Steady"]);
  assert.equal(world.primary?.revision, "v2");
  assert.equal(world.route?.canary, 0);
});

test("or until the change is taken back", async () => {
  const { life, world } = await stranded();
  world.push("v1-old");
  await life.pass(seconds(100));
  assert.equal(world.phases.at(-1), "Steady");
  assert.equal(world.primary?.revision, "v1-old");
});

test("a controller killed while it gives the fix to a broken primary gives it all the same", async () => {
  const { life, world } = await stranded();
  world.push("v3");
  const start = world.writes;
  world.fault = () => (world.writes === start + 1 ? "crashBefore" : "none");
  await life.pass(seconds(20)).catch(() => {});
  world.fault = () => "none";
  await life.pass(seconds(100));
  assert.equal(world.phases.at(-1), "Steady");
  assert.equal(world.primary?.revision, "v3");
});

test("a target deleted in mid-run ends it on the primary", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(50));
  world.deleteTarget();
  await life.pass(seconds(60));
  assert.deepEqual(world.status.phase, { name: "Failed", reason: "TargetGone" });
  assert.equal(world.route?.canary, 0);
  world.createTarget("v1-old");
  await life.pass(seconds(60));
  assert.equal(world.status.phase.name, "Failed");
  world.push("v3");
  await life.pass(seconds(300));
  assert.equal(world.primary?.revision, "v3");
});

test("a primary deleted at rest is made again", async () => {
  const { life, world } = await initialized();
  world.deletePrimary();
  await life.pass(seconds(60));
  assert.equal(world.primary?.revision, "v1-old");
  assert.equal(world.status.phase.name, "Steady");
});

test("a canary that loses its pods loses its traffic, and begins again", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(50));
  world.target?.lose(2, world.now);
  await life.pass(seconds(300));
  assert.deepEqual(world.weights, [0, 10, 50, 0, 10, 50, 100, 0]);
  assert.equal(world.status.failedChecks, 1);
});

test("traffic goes home in parts", async () => {
  const { life, world } = await initialized((fresh) => {
    const { analysis } = fresh.spec;
    const strategy = { kind: "weighted", stepWeights: [50], promotionStepWeight: 40 } as const;
    fresh.edit({ analysis: { ...analysis, strategy } });
  });
  world.push("v2");
  await life.pass(seconds(300));
  assert.deepEqual(world.weights, [0, 50, 100, 60, 20, 0]);
});

test("without analysis the canary takes all, then the primary is replaced", async () => {
  const { life, world } = await initialized((fresh) => fresh.edit({ skipAnalysis: true }));
  world.push("v2");
  await life.pass(seconds(60));
  assert.deepEqual(world.weights, [0, 100, 0]);
  assert.equal(world.told.at(-1), "Promotion completed! Canary analysis was skipped for podinfo.test");
});

test("a hold stops everything, and the run goes on where it was", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(20));
  world.edit({ suspend: true });
  await life.pass(seconds(10));
  const { writes } = world;
  await life.pass(seconds(5000));
  assert.equal(world.writes, writes);
  world.edit({ suspend: false });
  await life.pass(seconds(300));
  assert.deepEqual(world.weights, [0, 10, 50, 100, 0]);
});

for (const phase of ["Steady", "Warming", "Baking", "Replacing", "Draining"] as const) {
  test(`a Canary deleted while ${phase} gives back what was there`, async () => {
    const { life, world } = await initialized();
    if (phase !== "Steady") world.push("v2");
    await life.until(({ status }) => status.phase.name === phase);
    world.deleteCanary();
    await life.pass(seconds(120));
    assert.ok(world.isGone);
    assert.equal(world.route, undefined);
    assert.equal(world.apexOnPrimary, false);
    assert.equal(world.target?.available(world.now), 2);
  });
}

test("a Canary can be deleted after its target", async () => {
  const { life, world } = await initialized();
  world.deleteTarget();
  await life.pass(seconds(5));
  world.deleteCanary();
  await life.pass(seconds(20));
  assert.ok(world.isGone);
  assert.deepEqual(world.told.slice(-2), ["Terminating canary podinfo.test", "Terminated canary podinfo.test"]);
});

test("and after everything that it made as well", async () => {
  const { life, world } = await initialized();
  world.deleteTarget();
  world.deletePrimary();
  world.deleteCanary();
  await life.pass(seconds(20));
  assert.ok(world.isGone);
});

test("a held Canary can be deleted", async () => {
  const { life, world } = await initialized();
  world.edit({ suspend: true });
  await life.pass(seconds(5));
  world.deleteCanary();
  await life.pass(seconds(120));
  assert.ok(world.isGone);
});

test("a rollout at rest costs nothing", async () => {
  const { life, world } = await initialized();
  world.push("v2");
  await life.pass(seconds(300));
  const { passes } = life;
  const { writes } = world;
  await life.pass(seconds(100_000));
  assert.equal(life.passes, passes + 1, "the pass that the time itself begins with");
  assert.equal(world.writes, writes);
});

test("deleted while its primary is being made, it has taken nothing from the target", async () => {
  const world = new World();
  const life = new Life(world);
  world.broken.add("podinfo-primary v1-old");
  await life.until(({ status }) => status.phase.name === "Copying");
  await life.pass(seconds(5));
  world.deleteCanary();
  await life.pass(seconds(60));
  assert.ok(world.isGone);
  assert.deepEqual(world.weights, []);
});

test("a primary deleted after a failure is made anew from the next revision, before anything is taken from anybody", async () => {
  const { life, world } = await initialized();
  world.sample = { kind: "value", value: 50 };
  world.push("v2");
  await life.until(({ status }) => status.phase.name === "Failed");
  world.deletePrimary();
  world.push("v3");
  await life.pass(seconds(60));
  assert.deepEqual(world.phases.slice(-4), ["Failed", "Copying", "Adopting", "Steady"]);
  assert.equal(world.primary?.revision, "v3");
});
