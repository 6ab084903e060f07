import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { silentLog } from "../../src/runtime/log.ts";
import { Shutdown } from "../../src/runtime/shutdown.ts";
import { VirtualClock } from "../../src/simulator/virtualClock.ts";

function aShutdown() {
  const clock = new VirtualClock();
  const told: string[] = [];
  const exit = (code: number): void => void told.push(`exit ${code}`);
  const shutdown = new Shutdown({ clock, log: silentLog(), deadlineMillis: 20_000, exit });
  const after = (millis: number) => () => new Promise<void>((resolve) => void clock.setTimer(millis, resolve));
  return { clock, told, shutdown, after };
}

test("parts stop in the reverse order of their start, one after the other, once", async () => {
  const { clock, told, shutdown, after } = aShutdown();
  shutdown.add("store", () => void told.push("store"));
  shutdown.add("queue", () => after(100)().then(() => void told.push("queue")));
  const signals = new EventEmitter();
  const deafen = shutdown.listen(signals);
  signals.emit("SIGTERM", "SIGTERM");
  void shutdown.run("again");
  await clock.advance(1000);
  assert.deepEqual(told, ["queue", "store", "exit 0"]);
  signals.emit("SIGINT", "SIGINT");
  assert.equal(told.at(-1), "exit 1");
  deafen();
  assert.equal(signals.listenerCount("SIGTERM"), 0);
});

test("a part that hangs or throws does not rob those after it of their time", async () => {
  const { clock, told, shutdown } = aShutdown();
  shutdown.add("lease", () => void told.push(`lease at ${clock.monotonic()}`));
  shutdown.add("throws", () => Promise.reject(new Error("no")));
  shutdown.add("throws at once", () => {
    throw new Error("no");
  });
  shutdown.add("hangs", () => new Promise(() => {}));
  const run = shutdown.run("test");
  await clock.advance(20_000);
  await run;
  assert.deepEqual(told, ["lease at 17000", "exit 1"]);
});
