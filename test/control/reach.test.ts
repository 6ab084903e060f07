import assert from "node:assert/strict";
import { test } from "node:test";
import { Reach } from "../../src/control/reach.ts";
import type { WorkloadFacts } from "../../src/domain/observation.ts";
import { after, seconds } from "../../src/domain/time.ts";
import { aRollout, NEW, NOW } from "../build/aRollout.ts";

const KEY = "test/podinfo";
const workload = aRollout().seen.primary;
const settle = seconds(10);
const later = (count: number) => after(NOW, seconds(count));

/** Looks at pods after so many seconds, and tells how many were heard of and how many seconds on the next one will be. */
function looking(reach = new Reach(), version: "primary" | "canary" = "canary") {
  return (at: number, pods: string, change: Partial<WorkloadFacts> = {}) => {
    const seen = { pods: pods.split(" ").filter(Boolean), workload: workload && { ...workload, ...change } };
    const { ready, heard, nextHeardAt } = reach.look(KEY, version, { ...seen, now: later(at), settle });
    assert.equal(ready, seen.pods.length);
    return [heard, nextHeardAt === undefined ? undefined : (nextHeardAt - later(at)) / 1000];
  };
}

test("a pod is heard of so long after it was seen first", () => {
  const look = looking();
  assert.deepEqual(look(0, "a b"), [0, 10]);
  assert.deepEqual(look(9, "a b"), [0, 1]);
  assert.deepEqual(look(10, "a b"), [2, undefined]);
});

test("each by itself: one that comes, or comes and goes, puts nobody else off", () => {
  const look = looking();
  look(0, "a b");
  assert.deepEqual(look(8, "a b c"), [0, 2]);
  assert.deepEqual(look(10, "a c"), [1, 8]);
  assert.deepEqual(look(11, "a b c"), [1, 7]);
  assert.deepEqual(look(18, "a b c"), [2, 3]);
});

test("a workload that is not ready for a while says nothing of pods that stay", () => {
  const look = looking();
  look(0, "a b");
  assert.deepEqual(look(10, "a b", { isReady: false }), [2, undefined]);
  assert.deepEqual(look(11, "a b"), [2, undefined]);
});

test("pods that were there before a new revision count from when that is ready: they may be those it replaced", () => {
  const look = looking();
  look(0, "old1 old2");
  assert.deepEqual(look(20, "old1 old2", { revision: NEW, isReady: false }), [0, 10]);
  assert.deepEqual(look(25, "old1 new1", { revision: NEW, isReady: false }), [0, 10]);
  assert.deepEqual(look(28, "old1 new1", { revision: NEW }), [0, 7]);
  assert.deepEqual(look(35, "old1 new1", { revision: NEW }), [1, 3]);
  assert.deepEqual(look(36, "new1 new2", { revision: NEW }), [1, 10]);
});

test("versions and rollouts are apart, and what is forgotten begins anew", () => {
  const reach = new Reach();
  const [canary, primary] = [looking(reach), looking(reach, "primary")];
  canary(0, "a");
  assert.deepEqual(primary(10, "a"), [0, 10]);
  assert.deepEqual(canary(10, "a"), [1, undefined]);
  reach.forget("test/other");
  assert.deepEqual(canary(11, "a"), [1, undefined]);
  reach.forget(KEY);
  assert.deepEqual(canary(12, "a"), [0, 10]);
  assert.deepEqual(canary(22, "a"), [1, undefined]);
  reach.forgetAll();
  assert.deepEqual(canary(23, "a"), [0, 10]);
});
