import assert from "node:assert/strict";
import { test } from "node:test";
import { CLUSTER, CONTROLLER, canary, deployment, PERSON, pod, route, Scene, service, slice } from "./scene.ts";

test("nothing-lost: a loss while all is well is broken", () => {
  const scene = new Scene("nothing-lost").write(PERSON, canary(), deployment("web"));
  scene.wait(60_000).serve({ outcome: "lost", workload: undefined, why: "no healthy upstream" });
  assert.match(scene.sentences[0] ?? "", /100 requests to shop\/web by way of proxy 1 are lost: no healthy upstream/);
});

test("nothing-lost: pods that die of their own accord are nobody's step, until they are all back", () => {
  const scene = new Scene("nothing-lost").write(PERSON, canary(), deployment("web"), deployment("web-primary"));
  scene
    .wait(60_000)
    .write("kubelet", pod("a", "web-primary", true))
    .write("kubelet", pod("a", "web-primary", false));
  scene.write(CLUSTER, deployment("web-primary", { available: 1 })).serve({ outcome: "lost" });
  assert.deepEqual(scene.sentences, []);
  scene.write(CLUSTER, deployment("web-primary")).wait(5000).serve({ outcome: "lost" });
  assert.equal(scene.sentences.length, 1);
});

test("nothing-lost: what people change under traffic is theirs, a target without pods is not under traffic", () => {
  const scene = new Scene("nothing-lost").write(PERSON, canary(), deployment("web"));
  scene.wait(60_000).write(PERSON, deployment("web", { image: "app:2", available: 2 }));
  scene.write(CLUSTER, deployment("web", { image: "app:2", available: 1 })).serve({ outcome: "lost" });
  assert.deepEqual(scene.sentences, []);
  const asleep = new Scene("nothing-lost").write(PERSON, canary(), deployment("web", { replicas: 0 })).wait(60_000);
  asleep.write(PERSON, deployment("web", { replicas: 0, image: "app:2" })).serve({ outcome: "lost" });
  assert.equal(asleep.sentences.length, 1);
});

const baking = canary({ stage: "Baking", weight: 50 });

function readyToBake(): Scene {
  const scene = new Scene("pods-before-traffic").write(PERSON, baking, deployment("web"), deployment("web-primary"));
  return scene
    .write(CLUSTER, slice("web-primary", "p1", "p2"))
    .wait(60_000)
    .write(CONTROLLER, route(100, 0));
}

test("pods-before-traffic: a share needs endpoints that proxies have had time to hear of", () => {
  const early = readyToBake()
    .write(CLUSTER, slice("web-canary", "c1", "c2"))
    .wait(900)
    .write(CONTROLLER, route(50, 50));
  assert.match(early.sentences[0] ?? "", /canary of shop\/web is given 50% .* 0 of 1 pods/);
  const due = readyToBake()
    .write(CLUSTER, slice("web-canary", "c1", "c2"))
    .wait(1000)
    .write(CONTROLLER, route(50, 50));
  assert.deepEqual(due.sentences, []);
});

test("pods-before-traffic: as many pods as the share needs", () => {
  const few = readyToBake().write(CLUSTER, slice("web-canary", "c1")).wait(5000);
  assert.deepEqual(few.write(CONTROLLER, route(50, 50)).sentences, []);
  assert.match(few.write(CONTROLLER, route(40, 60)).sentences[0] ?? "", /60% .* 1 of 2/);
});

test("pods-before-traffic: fleeing traffic takes what pods there are", () => {
  const fleeing = canary({ stage: "Retreating" });
  const scene = readyToBake()
    .write(CLUSTER, slice("web-canary", "c1", "c2"))
    .wait(5000)
    .write(CONTROLLER, route(0, 100));
  scene.write(CONTROLLER, fleeing).write(CLUSTER, deployment("web", { available: 0 }), slice("web-primary", "p1"));
  assert.deepEqual(scene.wait(5000).write(CONTROLLER, route(100, 0)).sentences, []);
});

test("pods-before-traffic: what nobody answers may go to pods that were not heard of, what a canary answers may not", () => {
  const adopting = canary({ stage: "Adopting" });
  const takenFrom = (...pods: readonly string[]) =>
    readyToBake()
      .write(CLUSTER, slice("web-canary", "c1", "c2"))
      .wait(5000)
      .write(CONTROLLER, route(50, 50), adopting)
      .write(CLUSTER, slice("web-primary"), slice("web-canary", ...pods))
      .wait(5000)
      .write(CLUSTER, slice("web-primary", "p3", "p4"))
      .write(CONTROLLER, route(100, 0)).sentences;
  assert.deepEqual(takenFrom(), []);
  assert.match(takenFrom("c1")[0] ?? "", /primary of shop\/web is given 100% .* 0 of 2 pods/);
});

test("pods-stay: not before the slowest proxy and the last request are done", () => {
  const draining = (millis: number) => {
    const scene = new Scene("pods-stay").write(PERSON, canary({ stage: "Draining" }), deployment("web"));
    scene.write(CONTROLLER, route(50, 50)).wait(5000).write(CONTROLLER, route(100, 0)).wait(millis);
    return scene.write(CONTROLLER, deployment("web", { replicas: 0 })).sentences;
  };
  assert.deepEqual(draining(4000), []);
  assert.match(draining(3999)[0] ?? "", /pods of shop\/web are taken away 3999 ms after/);
});

test("pods-stay: without a route the Service says who is served", () => {
  const scene = new Scene("pods-stay").write(PERSON, canary({ stage: "Adopting" }), deployment("web"));
  scene
    .write(PERSON, service("web", "web"))
    .wait(60_000)
    .write(CONTROLLER, deployment("web", { replicas: 0 }));
  assert.match(scene.sentences[0] ?? "", /while clients are sent to them/);
});

test("pods-stay: the primary is given fewer only by a promotion, and no fewer than its owner asks for", () => {
  const given = (primary: Parameters<typeof deployment>[1], shares: readonly [number, number] = [0, 100]) => {
    const scene = new Scene("pods-stay").write(PERSON, canary({ stage: "Replacing" }));
    scene.write(PERSON, deployment("web", { replicas: 3 }), deployment("web-primary", { replicas: 5 }));
    scene.write(CONTROLLER, route(...shares)).wait(60_000);
    return scene.write(CONTROLLER, deployment("web-primary", primary)).sentences;
  };
  assert.deepEqual(given({ replicas: 3, image: "app:2" }), []);
  const told = ["the primary of shop/web is given fewer pods than it had"];
  assert.deepEqual(given({ replicas: 2, image: "app:2" }), told);
  assert.deepEqual(given({ replicas: 3 }), told);
  assert.deepEqual(given({ replicas: 3, image: "app:2" }, [1, 99]), told);
});

test("primary-untouched: another template only where nobody is sent any more", () => {
  const replaced = (millis: number) => {
    const scene = new Scene("primary-untouched").write(
      PERSON,
      canary({ stage: "Replacing" }),
      deployment("web-primary"),
    );
    scene.write(CONTROLLER, route(50, 50)).wait(5000).write(CONTROLLER, route(0, 100)).wait(millis);
    return scene.write(CONTROLLER, deployment("web-primary", { image: "app:2" })).sentences;
  };
  assert.deepEqual(replaced(1000), []);
  assert.match(replaced(999)[0] ?? "", /primary of shop\/web is replaced 999 ms after/);
});

test("primary-untouched: a hand that sends clients there counts when a controller can have heard of it", () => {
  const replaced = (user: string, millis: number) => {
    const scene = new Scene("primary-untouched").write(PERSON, canary({ stage: "Baking" }), deployment("web-primary"));
    scene.write(CONTROLLER, route(50, 50)).wait(5000).write(CONTROLLER, route(0, 100)).wait(5000);
    scene.write(user, route(30, 70)).wait(millis);
    return scene.write(CONTROLLER, deployment("web-primary", { image: "app:2" })).sentences;
  };
  assert.deepEqual(replaced(PERSON, 499), []);
  assert.match(replaced(PERSON, 500)[0] ?? "", /while it serves clients/);
  assert.match(replaced(CONTROLLER, 499)[0] ?? "", /while it serves clients/);
});

test("retreat-only-retreats: nothing more for what was rolled back, something for the next", () => {
  const scene = new Scene("retreat-only-retreats").write(PERSON, canary({ stage: "Baking", weight: 50 }));
  scene.write(CONTROLLER, route(50, 50), canary({ stage: "Retreating" }), route(90, 10));
  assert.deepEqual(scene.sentences, []);
  scene.write(CONTROLLER, canary({ stage: "Warming", applied: "r3" }), route(70, 30));
  assert.deepEqual(scene.sentences, []);
  scene.write(CONTROLLER, canary({ stage: "Failed", phase: "Failed", applied: "r3" }), route(100, 0), route(99, 1));
  assert.match(scene.sentences[0] ?? "", /given more again from 0% to 1%/);
});
