import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { settle, settlePromises, VirtualClock } from "../../src/simulator/virtualClock.ts";

test("timers fire in the order of their due times, and of those that are due together the one set first", async () => {
  const delays = fc.array(fc.record({ delay: fc.nat(50), isCancelled: fc.boolean() }), { maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(delays, async (timers) => {
      const clock = new VirtualClock(0, settlePromises);
      const fired: number[] = [];
      const cancels = timers.map(({ delay }, place) =>
        clock.setTimer(delay, () => {
          assert.equal(clock.monotonic(), delay);
          fired.push(place);
        }),
      );
      for (const [place, { isCancelled }] of timers.entries()) if (isCancelled) cancels[place]?.();
      const left = [...timers.keys()].filter((place) => timers[place]?.isCancelled === false);
      assert.equal(clock.pending, left.length);
      const delayOf = (place: number): number => timers[place]?.delay ?? 0;
      await clock.advance(50);
      assert.deepEqual(
        fired,
        left.toSorted((one, other) => delayOf(one) - delayOf(other) || one - other),
      );
      assert.equal(clock.pending, 0);
    }),
  );
});

test("a timer that was cancelled twice, or after it fired, is counted once", async () => {
  const clock = new VirtualClock();
  const cancel = clock.setTimer(1, () => {});
  const other = clock.setTimer(5, () => {});
  await clock.advance(2);
  cancel();
  assert.equal(clock.pending, 1);
  other();
  other();
  assert.equal(clock.pending, 0);
});

test("a timer that is set while time passes fires in its turn", async () => {
  const clock = new VirtualClock(0);
  const seen: number[] = [];
  const again = (): void => {
    seen.push(clock.now());
    clock.setTimer(10, again);
  };
  clock.setTimer(10, again);
  await clock.advance(35);
  assert.deepEqual(seen, [10, 20, 30]);
  assert.equal(clock.now(), 35);
});

test("thousands of timers that are set and cancelled leave nothing behind", async () => {
  const clock = new VirtualClock(0, settlePromises);
  let fired = 0;
  for (let round = 0; round < 100; round++) {
    const cancels = Array.from({ length: 100 }, (_, place) => clock.setTimer(1000 + place, () => (fired += 1)));
    for (const cancel of cancels.slice(1)) cancel();
  }
  assert.equal(clock.pending, 100);
  await clock.advance(2000);
  assert.equal(fired, 100);
});

test("no time passes while promises have something left to do", async () => {
  for (const how of [settle, settlePromises]) {
    const clock = new VirtualClock(0, how);
    let depth = 0;
    clock.setTimer(1, async () => {
      for (let step = 0; step < 1000; step++) await Promise.resolve();
      depth = clock.now();
    });
    clock.setTimer(2, () => assert.equal(depth, 1));
    await clock.advance(2);
    assert.equal(depth, 1);
  }
});

test("until stops at the first time at which the condition holds", async () => {
  const clock = new VirtualClock(0);
  let isSo = false;
  clock.setTimer(700, () => (isSo = true));
  clock.setTimer(900, () => assert.fail("not yet"));
  await clock.until(() => isSo);
  assert.equal(clock.now(), 700);
  await assert.rejects(
    clock.until(() => false, 100),
    /still not so after 100 ms/,
  );
});
