import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Random, seededRandom } from "../../../src/runtime/random.ts";
import { binomial, poisson } from "../../../src/simulator/traffic/draw.ts";

const DRAWS = 20_000;

function momentsOf(draw: (dice: Random) => number): { readonly mean: number; readonly variance: number } {
  const dice = seededRandom(7);
  const drawn = Array.from({ length: DRAWS }, () => draw(dice));
  assert.ok(drawn.every((number) => Number.isInteger(number) && number >= 0));
  const mean = drawn.reduce((sum, number) => sum + number, 0) / DRAWS;
  const variance = drawn.reduce((sum, number) => sum + (number - mean) ** 2, 0) / (DRAWS - 1);
  return { mean, variance };
}

function assertMoments(found: ReturnType<typeof momentsOf>, mean: number, variance: number): void {
  assert.ok(Math.abs(found.mean - mean) < 5 * Math.sqrt(variance / DRAWS), `mean ${found.mean}, not ${mean}`);
  assert.ok(Math.abs(found.variance / variance - 1) < 0.08, `variance ${found.variance}, not ${variance}`);
}

describe("poisson", () => {
  for (const mean of [0.05, 1, 11, 13, 80, 5000, 2e6]) {
    it(`has the mean and the variance of ${mean}`, () => {
      assertMoments(
        momentsOf((dice) => poisson(mean, dice)),
        mean,
        mean,
      );
    });
  }

  it("brings none where none is to be expected", () => {
    for (const mean of [0, -1, Number.NaN]) assert.equal(poisson(mean, seededRandom(1)), 0);
  });
});

describe("binomial", () => {
  for (const [count, share] of [
    [1, 0.3],
    [10, 0.5],
    [40, 0.01],
    [40, 0.97],
    [100, 0.4],
    [3000, 0.1],
    [3000, 0.9],
    [5_000_000, 0.25],
  ] as const) {
    it(`has the mean and the variance of ${count} with a chance of ${share}`, () => {
      const moments = momentsOf((dice) => binomial(count, share, dice));
      assertMoments(moments, count * share, count * share * (1 - share));
    });
  }

  it("is all or nothing where chance has no say", () => {
    const dice = seededRandom(1);
    assert.deepEqual([binomial(9, 0, dice), binomial(9, 1, dice), binomial(0, 0.5, dice)], [0, 9, 0]);
    assert.deepEqual([binomial(9, -0.1, dice), binomial(9, 1.1, dice), binomial(9, Number.NaN, dice)], [0, 9, 0]);
  });

  it("takes as many chances for many as for few", () => {
    const tosses = (count: number): number => {
      const dice = seededRandom(3);
      let asked = 0;
      const counting = {
        next: () => {
          asked += 1;
          return dice.next();
        },
      };
      for (let draw = 0; draw < 1000; draw++) binomial(count, 0.3, counting);
      return asked;
    };
    assert.ok(tosses(1_000_000_000) < 2 * tosses(1000));
  });
});
