import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { expectedRequests, rateAt, type Shape, steady } from "../../../src/simulator/traffic/shape.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

const over = (shape: Shape, millis: number, step = 1000): readonly number[] =>
  Array.from({ length: millis / step }, (_, index) =>
    expectedRequests(shape, START + index * step, START + (index + 1) * step),
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const isClose = (found: number, wanted: number): boolean => Math.abs(found - wanted) <= Math.abs(wanted) * 1e-3;

describe("a shape", () => {
  it("that is steady has its rate at all times, in stretches of whatever length", () => {
    assert.equal(rateAt(steady(40), START), 40);
    assert.equal(expectedRequests(steady(40), START, START + 250), 10);
  });

  it("of a day is highest at its peak and lowest half a day later, with the same number in all", () => {
    const shape: Shape = { ratePerSecond: 100, day: { swing: 0.6, peakHour: 15 } };
    assert.ok(isClose(rateAt(shape, START + 15 * HOUR), 160));
    assert.ok(isClose(rateAt(shape, START + 3 * HOUR), 40));
    assert.ok(isClose(sum(over(shape, DAY, 60_000)), (100 * DAY) / 1000));
  });

  it("is silent once in each stretch, at moments that the seed draws", () => {
    const shape: Shape = { ratePerSecond: 10, silences: { everyMillis: 60_000, lastsMillis: 12_500 } };
    const seconds = over(shape, 600_000);
    assert.ok(isClose(sum(seconds), 10 * (600 - 10 * 12.5)));
    for (let minute = 0; minute < 10; minute++) {
      const silent = seconds.slice(minute * 60, minute * 60 + 60).filter((expected) => expected === 0).length;
      assert.ok(silent === 11 || silent === 12, `${silent}`);
    }
    assert.notDeepEqual(seconds, over({ ...shape, seed: 5 }, 600_000));
    assert.deepEqual(seconds, over(shape, 600_000));
  });

  it("bursts, and knows episodes to the millisecond", () => {
    const bursts = { everyMillis: 100_000, lastsMillis: 10_000, factor: 5 };
    assert.ok(isClose(sum(over({ ratePerSecond: 10, bursts }, 1_000_000)), 10_000 * 1.4));
    const episodes = [{ fromMillis: START + 1_500, toMillis: START + 2_750, factor: 0 }];
    assert.deepEqual(over({ ratePerSecond: 8, episodes }, 4_000), [8, 4, 2, 8]);
  });

  it("comes to the same in one stretch as in many", () => {
    const shape: Shape = {
      ratePerSecond: 10,
      bursts: { everyMillis: 50_000, lastsMillis: 7_000, factor: 3 },
      silences: { everyMillis: 30_000, lastsMillis: 4_000 },
      seed: 9,
    };
    assert.ok(isClose(expectedRequests(shape, START, START + 300_000), sum(over(shape, 300_000, 100))));
  });
});
