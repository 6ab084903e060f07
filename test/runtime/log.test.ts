import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonLog, silentLog } from "../../src/runtime/log.ts";
import { noMeters } from "../../src/runtime/meters.ts";
import { VirtualClock } from "../../src/simulator/virtualClock.ts";

test("a line is JSON with the level as a word, the clock's time, the message and the bindings", () => {
  const lines: string[] = [];
  const log = jsonLog({ clock: new VirtualClock(), level: "info", write: (line) => lines.push(line) });
  log.debug({}, "not told");
  log.child({ canary: "web.shop" }).warn({ step: 2 }, "shifted traffic");
  log.error({ error: new Error("outer", { cause: new Error("inner") }) }, "failed");
  const [first, second] = lines.map((line) => JSON.parse(line));
  const ts = "2026-01-01T00:00:00.000Z";
  assert.deepEqual(first, { level: "warn", ts, canary: "web.shop", step: 2, msg: "shifted traffic" });
  assert.equal(second.error.message, "outer");
  assert.equal(second.error.cause.message, "inner");
  assert.equal(lines.length, 2);
});

test("a silent log and meters that nobody reads take everything", () => {
  const log = silentLog().child({});
  for (const level of ["debug", "info", "warn", "error"] as const) log[level]({}, "x");
  const meters = noMeters();
  const spec = { name: "x", help: "x" };
  meters.counter(spec).add({ a: "b" }, 2);
  meters.gauge(spec).set(1);
  meters.gauge(spec).remove();
  meters.histogram(spec).observe(1);
});
