import assert from "node:assert/strict";
import { test } from "node:test";
import { Reach } from "../../src/control/reach.ts";
import { after, seconds } from "../../src/domain/time.ts";
import { aRollout, NEW, NOW } from "../build/aRollout.ts";

const KEY = "test/podinfo";
const workload = aRollout().seen.primary;
const pods = ["a", "b"];
const later = (count: number) => after(NOW, seconds(count));

test("time counts from the first sight, and goes on while all stays as it is", () => {
  const reach = new Reach();
  assert.deepEqual(reach.look(KEY, "canary", { pods, workload, now: NOW }), { ready: 2, since: NOW });
  assert.equal(reach.look(KEY, "canary", { pods, workload, now: later(5) }).since, NOW);
});

test("other pods, another revision or a workload that was not ready before begin anew", () => {
  const starting = workload && { ...workload, isReady: false };
  const newer = workload && { ...workload, revision: NEW };
  for (const [before, then] of [
    [
      { pods: ["a"], workload },
      { pods, workload },
    ],
    [
      { pods: ["a", "c"], workload },
      { pods, workload },
    ],
    [
      { pods, workload: starting },
      { pods, workload },
    ],
    [
      { pods, workload },
      { pods, workload: newer },
    ],
  ] as const) {
    const reach = new Reach();
    reach.look(KEY, "canary", { ...before, now: NOW });
    assert.equal(reach.look(KEY, "canary", { ...then, now: later(5) }).since, later(5));
  }
});

test("versions and rollouts are apart, and what is forgotten begins anew", () => {
  const reach = new Reach();
  reach.look(KEY, "canary", { pods, workload, now: NOW });
  assert.equal(reach.look(KEY, "primary", { pods, workload, now: later(1) }).since, later(1));
  assert.equal(reach.look("test/other", "canary", { pods, workload, now: later(2) }).since, later(2));
  assert.equal(reach.look(KEY, "canary", { pods, workload, now: later(3) }).since, NOW);
  reach.forget(KEY);
  assert.equal(reach.look(KEY, "canary", { pods, workload, now: later(4) }).since, later(4));
});
