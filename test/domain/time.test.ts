import assert from "node:assert/strict";
import { test } from "node:test";
import {
  after,
  between,
  earliest,
  formatDuration,
  instant,
  latest,
  millis,
  parseDuration,
} from "../../src/domain/time.ts";

const durations: Record<string, number | undefined> = {
  "0": 0,
  "0s": 0,
  "+0": 0,
  "30s": 30_000,
  "1m": 60_000,
  "1m30s": 90_000,
  "1.5h": 5_400_000,
  "500ms": 500,
  "1h15m30.918s": 4_530_918,
  "5.s": 5000,
  ".5s": 500,
  "+5s": 5000,
  "10ns": 1e-5,
  "11us": 0.011,
  "12µs": 0.012,
  "12μs": 0.012,
  "39h9m14.425s": 140_954_425,
  "": undefined,
  "+": undefined,
  "3": undefined,
  "-": undefined,
  s: undefined,
  ".": undefined,
  ".s": undefined,
  "1minute": undefined,
  "-5s": undefined,
  "1e3s": undefined,
  " 1s": undefined,
  "1s ": undefined,
  "1d": undefined,
  "1constructor": undefined,
  "1M": undefined,
};

for (const [text, want] of Object.entries(durations)) {
  test(`the duration "${text}" is ${want === undefined ? "refused" : `${want} ms`}`, () => {
    const parsed = parseDuration(text);
    if (want === undefined) assert.equal(parsed, undefined);
    else assert.ok(Math.abs((parsed ?? Number.NaN) - want) < 1e-9, `${parsed}`);
  });
}

test("a duration too long for a number is refused", () => {
  assert.equal(parseDuration(`${"9".repeat(400)}h`), undefined);
});

const words: Record<string, number> = {
  "0ms": 0,
  "250ms": 250,
  "1s": 1000,
  "45s": 45_000,
  "2m": 120_000,
  "1m30s": 90_000,
  "1h": 3_600_000,
  "1h1s": 3_601_000,
};

for (const [want, length] of Object.entries(words)) {
  test(`${length} ms reads ${want}`, () => assert.equal(formatDuration(millis(length)), want));
}

test("no time passes backwards, and the first and the last of several instants are found", () => {
  const [first, second] = [instant(10), instant(20)];
  assert.equal(between(first, second), 10);
  assert.equal(between(second, first), 0);
  assert.equal(after(first, millis(10)), second);
  assert.equal(earliest(), undefined);
  assert.equal(earliest(undefined, second, first), first);
  assert.equal(latest(), undefined);
  assert.equal(latest(undefined, second, first), second);
});
