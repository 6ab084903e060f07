import assert from "node:assert/strict";
import { test } from "node:test";
import { Limiter } from "../../src/runtime/limiter.ts";
import { settle, VirtualClock } from "../../src/simulator/virtualClock.ts";

function aLimiter(qps: number, burst: number) {
  const clock = new VirtualClock();
  const limiter = new Limiter({ clock, qps, burst });
  const through: string[] = [];
  const acquire = (name: string, signal?: AbortSignal) =>
    limiter.acquire(signal).then(
      () => through.push(`${name}@${clock.monotonic()}`),
      () => through.push(`${name} gave up`),
    );
  return { clock, limiter, through, acquire };
}

test("a burst goes at once, the rest at the rate, first come first served", async () => {
  const { clock, acquire, through, limiter } = aLimiter(10, 2);
  for (const name of ["a", "b", "c", "d"]) void acquire(name);
  assert.equal(limiter.waiting, 2);
  await clock.advance(1000);
  assert.deepEqual(through, ["a@0", "b@0", "c@100", "d@200"]);
  assert.equal(clock.pending, 0);
});

test("quiet time saves up no more than the burst", async () => {
  const { clock, acquire, through } = aLimiter(10, 2);
  await clock.advance(3_600_000);
  for (const name of ["a", "b", "c"]) void acquire(name);
  await settle();
  assert.equal(through.length, 2);
});

test("who gives up frees its place", async () => {
  const { clock, acquire, through } = aLimiter(10, 1);
  const controller = new AbortController();
  void acquire("a");
  void acquire("b", controller.signal);
  void acquire("c");
  controller.abort();
  await clock.advance(100);
  assert.deepEqual(through, ["a@0", "b gave up", "c@100"]);
  await acquire("d", AbortSignal.abort());
  assert.equal(through.at(-1), "d gave up");
});

test("an odd rate does not spin, and no limit is no limit", async () => {
  const odd = aLimiter(7, 1);
  for (let i = 0; i < 50; i++) void odd.acquire(String(i));
  await odd.clock.advance(7_001);
  assert.equal(odd.through.length, 50);
  const free = aLimiter(0, 1);
  await Promise.all(Array.from({ length: 100 }, () => free.acquire("x")));
  assert.equal(free.through.length, 100);
});
