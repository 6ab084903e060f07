import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import { inScope, waitingEdits } from "../../src/domain/scope.ts";
import { aRollout, aSpec, NEW } from "../build/aRollout.ts";

const renamed = {
  ...aSpec,
  target: { ...aSpec.target, name: "other" },
  service: { ...aSpec.service, name: "elsewhere" },
};

test("a run remembers what it was begun for, and goes by that whatever the spec says since", () => {
  const { status } = decide(aRollout().asks(NEW).seen);
  assert.equal(status.phase.name, "Warming");
  assert.deepEqual(status.scope, { target: aSpec.target, serviceName: "podinfo" });
  assert.deepEqual(inScope(renamed, status), aSpec);
});

test("the owner is told what waits for the end of the run", () => {
  const { status } = decide(aRollout().asks(NEW).seen);
  assert.deepEqual(
    waitingEdits(renamed, status).map(({ severity, message }) => `${severity} ${message}`),
    [
      "advisory spec.targetRef: was changed from Deployment podinfo to Deployment other in mid-run, and counts when the run is over",
      "advisory spec.service.name: was changed from podinfo to elsewhere in mid-run, and counts when the run is over",
    ],
  );
  assert.deepEqual(waitingEdits(aSpec, status), []);
});

test("at rest the spec's own names count at once", () => {
  const { status } = aRollout().seen;
  assert.equal(inScope(renamed, status), renamed);
  assert.deepEqual(waitingEdits(renamed, status), []);
});
