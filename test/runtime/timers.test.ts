import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../src/runtime/clock.ts";
import { Timers } from "../../src/runtime/timers.ts";
import { VirtualClock } from "../../src/simulator/virtualClock.ts";

function someTimers(scale: "wall" | "monotonic" = "wall") {
  const clock = new VirtualClock();
  const start = clock.now();
  const fired: string[] = [];
  const timers = new Timers({ clock, scale, onDue: (key) => fired.push(`${key}@${clock.now() - start}`) });
  return { clock, start, fired, timers };
}

test("keys fire once, earliest first, at their time and not before", async () => {
  const { clock, start, fired, timers } = someTimers();
  timers.at("b", start + 200);
  timers.at("a", start + 100);
  timers.at("past", start - 5);
  await clock.advance(99);
  assert.deepEqual(fired, ["past@0"]);
  await clock.advance(1000);
  assert.deepEqual(fired, ["past@0", "a@100", "b@200"]);
  assert.equal(clock.pending, 0);
});

test("a later setting replaces the earlier one, in both directions, and cancel forgets", async () => {
  const { clock, start, fired, timers } = someTimers();
  timers.at("later", start + 100);
  timers.at("later", start + 300);
  timers.at("sooner", start + 300);
  timers.at("sooner", start + 50);
  timers.at("never", start + 60);
  timers.cancel("never");
  assert.equal(timers.dueAt("later"), start + 300);
  assert.equal(timers.size, 2);
  await clock.advance(1000);
  assert.deepEqual(fired, ["sooner@50", "later@300"]);
});

test("a key that sets itself anew for now runs in another turn, so that time goes on", async () => {
  const clock = new VirtualClock();
  let count = 0;
  const timers: Timers = new Timers({ clock, onDue: (key) => ++count < 3 && timers.at(key, clock.now()) });
  timers.at("a", clock.now());
  await clock.advance(0);
  assert.equal(count, 3);
});

test("a wall clock that leaps forward wakes the key within ten seconds", async () => {
  const { clock, start, fired, timers } = someTimers();
  timers.at("a", start + 3_600_000);
  clock.jump(3_600_000);
  await clock.advance(10_000);
  assert.equal(fired.length, 1);
});

test("a wall clock that is set back never makes a key early", async () => {
  const { clock, start, fired, timers } = someTimers();
  timers.at("a", start + 1000);
  clock.jump(-5000);
  await clock.advance(5999);
  assert.deepEqual(fired, []);
  await clock.advance(1);
  assert.deepEqual(fired, ["a@1000"]);
});

test("the monotonic scale knows no leaps", async () => {
  const { clock, fired, timers } = someTimers("monotonic");
  timers.at("a", clock.monotonic() + 20_000);
  clock.jump(-1e9);
  await clock.advance(20_000);
  assert.equal(fired.length, 1);
});

test("stop forgets all, and what throws keeps nobody else from firing", async () => {
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const fired: string[] = [];
  const onDue = (key: string): void => {
    fired.push(key);
    if (key === "bad") throw new Error("bad");
  };
  const timers = new Timers({ clock, onDue, report: (error) => errors.push(error) });
  for (const key of ["bad", "good"]) timers.at(key, clock.now());
  await clock.advance(0);
  assert.deepEqual(fired, ["bad", "good"]);
  assert.equal(errors.length, 1);
  timers.at("stopped", clock.now() + 5);
  timers.stop();
  assert.equal(clock.pending, 0);
  assert.throws(() => timers.at("nan", Number.NaN), RangeError);
});

test("any mixture of settings fires in the order of due times, each key once", async () => {
  const setting = fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e"),
    due: fc.nat({ max: 5000 }),
    isCancel: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(setting, { maxLength: 200 }), async (settings) => {
      const { clock, start, fired, timers } = someTimers();
      const want = new Map<string, number>();
      for (const { key, due, isCancel } of settings) {
        if (isCancel) {
          timers.cancel(key);
          want.delete(key);
        } else {
          timers.at(key, start + due);
          want.set(key, due);
        }
      }
      await clock.advance(5000);
      assert.deepEqual(fired.toSorted(), [...want].map(([key, due]) => `${key}@${due}`).toSorted());
      const times = fired.map((entry) => Number(entry.split("@")[1]));
      assert.deepEqual(
        times,
        times.toSorted((x, y) => x - y),
      );
    }),
    { numRuns: 50 },
  );
});

test("the system's clock is not early, and its timers can be taken back", async () => {
  const clock = systemClock();
  const startedAt = clock.monotonic();
  const cancel = clock.setTimer(1, () => assert.fail("was cancelled"));
  cancel();
  const waits = [0, 1, 3, 7].map(
    (millis) =>
      new Promise<void>((resolve) => {
        clock.setTimer(millis, () => {
          assert.ok(clock.monotonic() - startedAt >= millis);
          resolve();
        });
      }),
  );
  await Promise.all(waits);
  clock.setTimer(2 ** 40, () => assert.fail("far too early"))();
  assert.ok(Math.abs(clock.now() - Date.now()) < 1000);
});

test("a key that is set over and over leaves nothing behind", async () => {
  const { clock, start, fired, timers } = someTimers();
  for (let i = 0; i < 10_000; i++) timers.at("a", start + 1_000_000 - i);
  timers.at("b", start + 5);
  await clock.advance(10_000_000);
  assert.deepEqual(fired, ["b@5", "a@990001"]);
  assert.equal(timers.size, 0);
});
