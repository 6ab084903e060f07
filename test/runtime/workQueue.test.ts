import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../src/runtime/random.ts";
import { WorkQueue, type WorkQueueOptions } from "../../src/runtime/workQueue.ts";
import { settle, VirtualClock } from "../../src/simulator/virtualClock.ts";

function aQueue(options: Partial<WorkQueueOptions> = {}) {
  const clock = new VirtualClock();
  const worked: string[] = [];
  const running = new Map<string, () => void>();
  const errors: string[] = [];
  const queue = new WorkQueue({
    clock,
    random: seededRandom(1),
    workers: 2,
    // Each key is held until the test lets it go.
    work: (key) => {
      worked.push(key);
      return new Promise((resolve) => running.set(key, resolve));
    },
    report: (key) => errors.push(key),
    ...options,
  });
  const finish = async (key: string): Promise<void> => {
    running.get(key)?.();
    running.delete(key);
    await settle();
  };
  return { clock, queue, worked, running, errors, finish };
}

test("keys wait for start, are taken in order, and no more at once than there are workers", async () => {
  const { queue, worked, finish } = aQueue();
  for (const key of ["a", "b", "c", "a"]) queue.add(key);
  await settle();
  assert.deepEqual(worked, []);
  assert.equal(queue.length, 3);
  queue.start();
  await settle();
  assert.deepEqual(worked, ["a", "b"]);
  await finish("b");
  assert.deepEqual(worked, ["a", "b", "c"]);
  await finish("a");
  await finish("c");
  assert.equal(queue.isIdle, true);
});

test("a key added while it is worked on is worked on once more, after the others in line", async () => {
  const { queue, worked, finish } = aQueue({ workers: 1 });
  queue.start();
  queue.add("a");
  await settle();
  for (const key of ["a", "b", "a"]) queue.add(key);
  await settle();
  assert.deepEqual(worked, ["a"]);
  await finish("a");
  await finish("b");
  await finish("a");
  assert.deepEqual(worked, ["a", "b", "a"]);
  assert.equal(queue.isIdle, true);
});

test("adding starts nothing until whoever adds has finished", async () => {
  const { queue, worked } = aQueue();
  queue.start();
  queue.add("a");
  assert.deepEqual(worked, []);
});

test("of two delays for one key the earlier counts", async () => {
  const { clock, queue, worked, finish } = aQueue();
  queue.start();
  queue.addAfter("a", 5000);
  queue.addAfter("a", 1000);
  queue.addAfter("a", 9000);
  await clock.advance(999);
  assert.deepEqual(worked, []);
  await clock.advance(1);
  assert.deepEqual(worked, ["a"]);
  await finish("a");
  await clock.advance(20_000);
  assert.deepEqual(worked, ["a"]);
});

test("retries wait ever longer, with jitter, up to the cap, until the key is well", () => {
  const { queue } = aQueue({ backoff: { baseMillis: 1000, capMillis: 8000 } });
  const waits = [1, 2, 3, 4, 5, 6].map(() => queue.retry("a"));
  for (const [i, longest] of [1000, 2000, 4000, 8000, 8000, 8000].entries()) {
    const wait = waits[i] ?? 0;
    assert.ok(wait >= longest / 2 && wait <= longest, `${wait} within ${longest}`);
  }
  assert.equal(queue.failures("a"), 6);
  queue.forget("a");
  assert.ok(queue.retry("a") <= 1000);
});

test("work that throws is reported and retried, and kills nothing", async () => {
  let attempts = 0;
  const work = async (): Promise<void> => {
    if (++attempts < 3) throw new Error("no");
  };
  const { clock, queue, errors } = aQueue({ work });
  queue.start();
  queue.add("a");
  await clock.advance(10_000);
  assert.equal(attempts, 3);
  assert.deepEqual(errors, ["a", "a"]);
});

test("drain starts nothing more and waits for the work in hand", async () => {
  const { clock, queue, worked, finish } = aQueue({ workers: 1 });
  queue.start();
  queue.add("a");
  queue.add("b");
  queue.addAfter("c", 10);
  await settle();
  let isDrained = false;
  const drained = queue.drain().then(() => {
    isDrained = true;
  });
  queue.add("d");
  queue.start();
  await clock.advance(1000);
  assert.equal(isDrained, false);
  await finish("a");
  await drained;
  assert.deepEqual(worked, ["a"]);
  assert.equal(clock.pending, 0);
  await queue.drain();
});

test("never two at once for one key, and no key is lost, whatever is added when", async () => {
  const step = fc.record({
    key: fc.constantFrom("a", "b", "c", "d"),
    act: fc.constantFrom("add", "later", "finish", "fail"),
    millis: fc.nat({ max: 50 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 3 }), async (steps, workers) => {
      const running = new Map<string, (error?: Error) => void>();
      /** Keys with news that nobody has begun to look at since. */
      const unseen = new Set<string>();
      const clock = new VirtualClock();
      const work = (key: string): Promise<void> => {
        assert.ok(!running.has(key), "two at once");
        assert.ok(running.size < workers, "too many at once");
        unseen.delete(key);
        return new Promise((resolve, reject) => {
          running.set(key, (error) => {
            running.delete(key);
            if (error === undefined) resolve();
            else reject(error);
          });
        });
      };
      const backoff = { baseMillis: 10, capMillis: 50 };
      const queue = new WorkQueue({ clock, random: seededRandom(1), workers, work, report: () => {}, backoff });
      queue.start();
      for (const { key, act, millis } of steps) {
        if (act === "add" || act === "later") unseen.add(key);
        if (act === "add") queue.add(key);
        else if (act === "later") queue.addAfter(key, millis);
        else {
          if (act === "fail" && running.has(key)) unseen.add(key);
          running.get(key)?.(act === "fail" ? new Error("no") : undefined);
        }
        await clock.advance(millis % 7);
      }
      for (let calm = 0; calm < 40; calm++) {
        for (const finish of [...running.values()]) finish();
        await clock.advance(10);
      }
      assert.deepEqual([...unseen], []);
      assert.equal(queue.isIdle, true);
    }),
    { numRuns: 60 },
  );
});
