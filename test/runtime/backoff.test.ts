import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { backoffMillis } from "../../src/runtime/backoff.ts";
import { seededRandom, systemRandom } from "../../src/runtime/random.ts";

test("delays double up to the cap and are never shorter than half", () => {
  const policy = { baseMillis: 100, capMillis: 1000 };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (failures, seed) => {
      const longest = Math.min(1000, 100 * 2 ** (failures - 1));
      const delay = backoffMillis(policy, failures, seededRandom(seed));
      return delay >= longest / 2 && delay <= longest;
    }),
  );
});

test("a seed gives the same numbers again, spread from 0 to 1", () => {
  const draw = (seed: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 1000 }, () => random.next());
  };
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
  const numbers = draw(42);
  assert.ok(numbers.every((n) => n >= 0 && n < 1));
  const mean = numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  assert.ok(mean > 0.45 && mean < 0.55);
  const own = systemRandom().next();
  assert.ok(own >= 0 && own < 1);
});
