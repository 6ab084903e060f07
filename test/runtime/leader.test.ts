import assert from "node:assert/strict";
import { test } from "node:test";
import {
  beginStandby,
  checkDurations,
  DEFAULT_DURATIONS,
  expire,
  intentOf,
  type LeaderState,
  type LeaseRecord,
  mayAct,
  observe,
  written,
} from "../../src/runtime/leader.ts";

const ours: LeaseRecord = { holder: "us", leaseMillis: 15_000, version: "1" };
const theirs: LeaseRecord = { holder: "them", leaseMillis: 15_000, version: "5" };
const leading = written(ours, 1000, DEFAULT_DURATIONS);

// What each record leads to, as seen at 1,000 ms and judged at the time given.
const INTENTS: readonly (readonly [string, LeaseRecord | undefined, number, ReturnType<typeof intentOf>])[] = [
  ["no lease", undefined, 1000, "create"],
  ["a lease that was let go", { ...theirs, holder: "" }, 1000, "take"],
  ["theirs, just seen", theirs, 1000, "wait"],
  ["theirs, a moment before it runs out", theirs, 15_999, "wait"],
  ["theirs, run out", theirs, 16_000, "take"],
  ["theirs, longer than ours", { ...theirs, leaseMillis: 60_000 }, 16_000, "wait"],
  ["ours", ours, 1000, "renew"],
];

for (const [what, record, now, want] of INTENTS) {
  test(`${what}: ${want}`, () => assert.equal(intentOf(observe(beginStandby(), record, 1000), "us", now), want));
}

test("the time of a record counts from when it was first seen as it is", () => {
  let state: LeaderState = observe(beginStandby(), theirs, 1000);
  state = observe(state, theirs, 10_000);
  assert.equal(state.seen?.since, 1000);
  state = observe(state, { ...theirs, version: "6" }, 12_000);
  assert.equal(state.seen?.since, 12_000);
});

test("who leads may act until the renew deadline, counted from when the write was sent", () => {
  assert.equal(mayAct(leading, 10_999), true);
  assert.equal(mayAct(leading, 11_000), false);
  assert.equal(expire(leading, 10_999), leading);
  assert.equal(expire(leading, 11_000).name, "lost");
  assert.equal(mayAct(beginStandby(), 0), false);
});

test("looking proves nothing: only a write that was accepted does", () => {
  const seen = observe(leading, { ...ours, version: "2" }, 9000);
  assert.equal(seen.name === "leading" && seen.provenUntil, 11_000);
});

test("a leader that finds somebody else on the lease, or none, has lost at once", () => {
  for (const record of [theirs, undefined]) {
    const state = observe(leading, record, 2000);
    assert.equal(state.name, "lost");
    assert.equal(mayAct(state, 2000), false);
    assert.equal(observe(state, theirs, 3000).name, "lost");
  }
});

test("durations that could let two act at once are refused", () => {
  checkDurations(DEFAULT_DURATIONS);
  for (const wrong of [{ leaseMillis: 10_000 }, { renewDeadlineMillis: 2_000 }, { retryMillis: 0 }]) {
    assert.throws(() => checkDurations({ ...DEFAULT_DURATIONS, ...wrong }), RangeError);
  }
});
