import assert from "node:assert/strict";
import { test } from "node:test";
import { endingOf } from "../../../src/simulation/laws/ending.ts";
import { CLUSTER, CONTROLLER, canary, deployment, event, lease, PERSON, route, Scene } from "./scene.ts";

test("status-first: the route says what the status says", () => {
  const scene = new Scene("status-first").write(PERSON, canary({ stage: "Baking", weight: 10 }));
  assert.deepEqual(scene.write(CONTROLLER, route(100, 0), route(90, 10)).sentences.slice(1), []);
  assert.match(scene.sentences[0] ?? "", /route of shop\/web gives the canary 0% while the status says 10%/);
  const told = new Scene("status-first").write(PERSON, canary({ stage: "Baking", weight: 10 }));
  assert.deepEqual(told.write(CONTROLLER, route(90, 10)).write(PERSON, route(80, 20)).sentences, []);
});

test("status-first: pods come and go in the stages for it", () => {
  const scaled = (stage: string, from: number, to: number) =>
    new Scene("status-first")
      .write(PERSON, canary({ stage }), deployment("web", { replicas: from }))
      .write(CONTROLLER, deployment("web", { replicas: to })).sentences;
  assert.deepEqual(scaled("Warming", 0, 2), []);
  assert.deepEqual(scaled("Draining", 2, 0), []);
  assert.match(scaled("Steady", 0, 2)[0] ?? "", /scaled to 2 while the status says Steady/);
  assert.match(scaled("Baking", 2, 0)[0] ?? "", /scaled to 0 while the status says Baking/);
});

test("status-first: the primary is made from what the status says", () => {
  const made = (stage: string, revision: string) =>
    new Scene("status-first")
      .write(PERSON, canary({ stage }), deployment("web-primary"))
      .write(CONTROLLER, deployment("web-primary", { image: "app:2", revision })).sentences;
  assert.deepEqual(made("Replacing", "r2"), []);
  assert.match(made("Replacing", "r3")[0] ?? "", /made from revision r3 while the status says Replacing of r2/);
  assert.match(made("Handing", "r2")[0] ?? "", /while the status says Handing/);
});

test("stages-in-order: what was written is not undone", () => {
  const goes = (from: Parameters<typeof canary>[0], to: Parameters<typeof canary>[0]) =>
    new Scene("stages-in-order").write(PERSON, canary(from)).write(CONTROLLER, canary(to)).sentences;
  assert.deepEqual(goes({ stage: "Handing" }, { stage: "Replacing" }), []);
  assert.deepEqual(goes({ stage: "Baking" }, { stage: "Terminating" }), []);
  assert.deepEqual(goes({ stage: "Steady" }, { stage: "Warming", applied: "r3" }), []);
  assert.match(goes({ stage: "Replacing" }, { stage: "Baking" })[0] ?? "", /goes from Replacing to Baking/);
  assert.match(goes({ stage: "Baking", weight: 50 }, { stage: "Baking", weight: 10 })[0] ?? "", /10% after 50%/);
  assert.match(
    goes({ stage: "Baking" }, { stage: "Baking", applied: "r3" })[0] ?? "",
    /changes its revision in Baking/,
  );
  assert.match(goes({ stage: "Baking", failedChecks: 2 }, { stage: "Baking" })[0] ?? "", /forgets failed checks/);
});

test("one-acts: nothing of the one before after its successor began", () => {
  const [one, two] = ["serin-0", "serin-1"];
  const scene = new Scene("one-acts").write(one, lease("a"), canary()).write(two, lease("b"));
  assert.deepEqual(scene.write(one, canary({ weight: 1 })).sentences, [], "it was on its way");
  scene.write(two, canary({ weight: 2 })).write(one, event("told late"));
  assert.deepEqual(scene.sentences, []);
  scene.write(one, canary({ weight: 3 }));
  assert.match(scene.sentences[0] ?? "", /serin-0 writes Canary shop\/web after its successor serin-1 began/);
});

test("one-acts: a lease that was let go is taken anew", () => {
  const scene = new Scene("one-acts").write("serin-0", lease("a"), canary(), lease(""));
  scene.write("serin-1", lease("b"), canary({ weight: 1 })).write("serin-0", lease("a"), canary({ weight: 2 }));
  assert.deepEqual(scene.sentences, []);
});

test("told-is-written: an Event says what a status said before", () => {
  const scene = new Scene("told-is-written").write(CONTROLLER, canary({ stage: "Baking", weight: 10 }));
  scene.write(CONTROLLER, event("Advance web.shop canary weight 10"));
  scene.write(CONTROLLER, canary({ stage: "Baking", weight: 10, message: "success rate 50%" }));
  scene.write(CONTROLLER, event("Halt web.shop advancement success rate 50%"));
  assert.deepEqual(scene.sentences, []);
  scene.write(CONTROLLER, event("Starting canary analysis for web.shop\nAdvance web.shop canary weight 50"));
  assert.match(scene.sentences[0] ?? "", /people are told "Advance web.shop canary weight 50"/);
});

test("told-is-written: a problem is told in its own words", () => {
  const problems = [{ message: "spec.targetRef: Deployment shop/web does not exist" }];
  const scene = new Scene("told-is-written").write(CONTROLLER, canary({ status: { problems } }));
  scene.write(CONTROLLER, event("spec.targetRef: Deployment shop/web does not exist"));
  assert.deepEqual(scene.sentences, []);
  assert.equal(scene.write(CONTROLLER, event("something else")).sentences.length, 1);
});

test("silence-at-rest: nothing is written while nothing happens", () => {
  const scene = new Scene("silence-at-rest").write(PERSON, canary()).wait(25_000);
  scene.write(CONTROLLER, route(100, 0)).wait(50_000).write(CONTROLLER, lease("a"));
  assert.deepEqual(scene.sentences, []);
  scene.write(CONTROLLER, route(99, 1));
  assert.match(scene.sentences[0] ?? "", /writes VirtualService shop\/web after 50 s in which nothing happened/);
});

test("silence-at-rest: nothing is asked either, but who leads", () => {
  const scene = () => new Scene("silence-at-rest").write(PERSON, canary()).wait(40_000);
  for (const what of ["GET /apis/apps/v1/deployments", "query up"]) {
    assert.match(scene().ask(CONTROLLER, what).sentences[0] ?? "", /^serin-0 asks: .*, after 40 s in which nothing/);
  }
  const lease = "/apis/coordination.k8s.io/v1/namespaces/serin/leases";
  const fine = scene().ask(CONTROLLER, `GET ${lease}/serin`).ask(CONTROLLER, `POST ${lease}`).ask(PERSON, "GET /x");
  assert.deepEqual(fine.sentences, []);
  assert.deepEqual(
    scene()
      .write(CONTROLLER, canary({ stage: "Baking" }))
      .wait(40_000)
      .ask(CONTROLLER, "query up").sentences,
    [],
  );
});

test("silence-at-rest: somebody else's change is news, and so is a rollout under way", () => {
  const scene = new Scene("silence-at-rest").write(PERSON, canary()).wait(600_000);
  scene.write(PERSON, deployment("web", { image: "app:2" })).write(CONTROLLER, canary({ stage: "Warming" }));
  assert.deepEqual(scene.wait(600_000).write(CONTROLLER, canary({ stage: "Baking" })).sentences, []);
});

test("everything-ends: a stage has a bound, a checked step a new one", () => {
  const scene = new Scene("everything-ends").write(CONTROLLER, canary({ stage: "Baking", weight: 10 })).wait(559_000);
  scene
    .write(CONTROLLER, canary({ stage: "Baking", weight: 10, failedChecks: 1 }))
    .wait(559_000)
    .end();
  assert.deepEqual(scene.sentences, []);
  assert.match(scene.wait(2000).end().sentences[0] ?? "", /shop\/web has been in Baking for 561 s/);
});

test("everything-ends: rest, a hold, and what waits for people have none", () => {
  const held = { status: { suspendedSince: "2026-01-01T00:00:00Z" } };
  for (const object of [canary(), canary({ stage: "Baking", ...held }), canary({ stage: "New" })]) {
    assert.deepEqual(new Scene("everything-ends").write(CONTROLLER, object).wait(1e7).end().sentences, []);
  }
  const broken = new Scene("everything-ends").write(CONTROLLER, canary({ stage: "Retreating" }));
  broken.write(CLUSTER, deployment("web-primary", { available: 0 }));
  assert.deepEqual(broken.wait(1e7).end().sentences, []);
});

test("comes-to-rest and storm-forgotten judge the end alone", () => {
  assert.deepEqual(new Scene("comes-to-rest").end().sentences, []);
  assert.equal(new Scene("comes-to-rest").end({ isSettled: false }).sentences.length, 1);
  const ends = { isSettled: true, endState: "a\nweight: 10" };
  assert.deepEqual(new Scene("storm-forgotten").end(endingOf(ends, ends)).sentences, []);
  const other = endingOf(ends, { ...ends, endState: "a\nweight: 50" });
  assert.match(new Scene("storm-forgotten").end(other).sentences[0] ?? "", /"weight: 10" instead of "weight: 50"/);
});
