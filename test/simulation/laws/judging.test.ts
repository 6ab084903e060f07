import assert from "node:assert/strict";
import { test } from "node:test";
import { CLUSTER, CONTROLLER, canary, deployment, PERSON, Scene } from "./scene.ts";

const BAD = "app:2-errors30";

function promoted(image: string, served: { readonly count: number }, spec: object = {}): readonly string[] {
  const scene = new Scene("bad-never-promoted").write(PERSON, canary({ spec }), deployment("web-primary"));
  scene.write(CONTROLLER, canary({ stage: "Warming", spec })).serve({ outcome: "answered", ...served });
  scene.write(CONTROLLER, canary({ stage: "Replacing", weight: 100, spec }));
  return scene.write(CONTROLLER, deployment("web-primary", { image, revision: "r2" })).sentences;
}

test("bad-never-promoted: a clear failure that many have seen", () => {
  assert.match(promoted(BAD, { count: 300 })[0] ?? "", /promotes a version that fails 30% .* where 99% must succeed/);
});

test("bad-never-promoted: good ones, close ones, unseen ones and unjudged ones may be", () => {
  assert.deepEqual(promoted("app:2", { count: 300 }), []);
  assert.deepEqual(promoted("app:2-errors5", { count: 300 }), []);
  assert.deepEqual(promoted(BAD, { count: 299 }), []);
  assert.deepEqual(promoted(BAD, { count: 300 }, { skipAnalysis: true }), []);
});

test("bad-never-promoted: a stranded target serves everyone already when it is mended", () => {
  const scene = new Scene("bad-never-promoted").write(PERSON, canary(), deployment("web-primary"));
  scene.serve({ outcome: "answered", count: 500 });
  scene.write(CONTROLLER, canary({ stage: "Stranded" }), canary({ stage: "Replacing" }));
  assert.deepEqual(scene.write(CONTROLLER, deployment("web-primary", { image: BAD })).sentences, []);
});

test("innocent-not-blamed: a failed check needs an error, a slow version, or pods that went", () => {
  const checked = (scene: Scene, message = "success rate 50%") =>
    scene.write(CONTROLLER, canary({ stage: "Baking", failedChecks: 1, message })).sentences;
  const scene = () =>
    new Scene("innocent-not-blamed")
      .write(PERSON, canary(), deployment("web"))
      .write(CONTROLLER, canary({ stage: "Warming" }), canary({ stage: "Baking", weight: 10 }))
      .serve({ outcome: "answered" });
  assert.match(checked(scene())[0] ?? "", /counts a failed check after 100 good answers and no bad one/);
  assert.deepEqual(checked(scene().serve({ outcome: "failed", count: 1 })), []);
  const lost = "the canary lost the pods for 10% of the traffic";
  assert.equal(checked(scene(), lost).length, 1);
  assert.deepEqual(checked(scene().write(CLUSTER, deployment("web", { available: 1 })), lost), []);
});

test("good-is-promoted: what people released in calm, clients used and fails nothing is the primary in the end", () => {
  const ended = (target: string, primary: string, answered: number, spec: object = {}) =>
    new Scene("good-is-promoted")
      .write(PERSON, deployment("web", { image: target }))
      .write(CONTROLLER, canary({ stage: "Warming" }))
      .serve({ outcome: "answered", count: answered })
      .write(
        CONTROLLER,
        deployment("web-primary", { image: primary }),
        canary({ stage: "Failed", message: "no", spec }),
      )
      .end().sentences;
  assert.match(ended("app:2", "app:1", 100)[0] ?? "", /shop\/web does not promote a good version: it is Failed, "no"/);
  assert.deepEqual(ended("app:2", "app:2", 100), []);
  assert.deepEqual(ended("app:2", "app:1", 0), []);
  assert.deepEqual(ended("app:2-errors30", "app:1", 100), []);
  assert.deepEqual(ended("app:2", "app:1", 100, { suspend: true }), []);
});

test("unmeasured-never-passes: a step needs somebody who was served in it", () => {
  const passed = (count: number, spec: object = {}) => {
    const scene = new Scene("unmeasured-never-passes").write(PERSON, canary({ spec })).serve({ outcome: "answered" });
    scene.write(CONTROLLER, canary({ stage: "Baking", weight: 10, spec }));
    if (count > 0) scene.serve({ outcome: "answered", count });
    return scene.write(CONTROLLER, canary({ stage: "Baking", weight: 50, spec })).sentences;
  };
  assert.match(passed(0)[0] ?? "", /passes its step at 10% though it served nobody there/);
  assert.deepEqual(passed(1), []);
  assert.deepEqual(passed(0, { analysis: { interval: "10s" } }), []);
});

test("unmeasured-never-passes: leaving a step otherwise is no pass", () => {
  const scene = new Scene("unmeasured-never-passes").write(PERSON, canary());
  scene.write(CONTROLLER, canary({ stage: "Baking", weight: 10 }), canary({ stage: "Retreating" }));
  assert.deepEqual(scene.sentences, []);
});
