import assert from "node:assert/strict";
import { test } from "node:test";
import { Process } from "../../src/simulation/process.ts";
import { settlePromises, VirtualClock } from "../../src/simulator/virtualClock.ts";

test("who sets a timer anew until its time has come gets there, after a suspension of any length", async () => {
  for (const millis of [60_000.1, 60_000 + 1 / 3, 99_999.9]) {
    const clock = new VirtualClock(0, settlePromises);
    const process = new Process({ clock, skewMillis: () => 0, strikeAt: () => undefined, onStruckDead: () => {} });
    await clock.advance(100_000.2);
    process.suspend(millis);
    await clock.advance(millis);
    // As near as numbers of this size can be, and nearer than those of the world, which is older by the suspension.
    const due = process.clock.monotonic() + 2 ** -36;
    let looks = 0;
    const look = (): void => {
      looks += 1;
      assert.ok(looks < 10, "time stands still");
      if (process.clock.monotonic() < due) process.clock.setTimer(due - process.clock.monotonic(), look);
    };
    look();
    await clock.advance(1);
    assert.ok(looks > 0 && process.clock.monotonic() >= due);
  }
});
