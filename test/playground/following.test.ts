import assert from "node:assert/strict";
import { it } from "node:test";
import { keepFollowed } from "../../src/playground/prometheus/following.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { VirtualClock } from "../../src/simulator/virtualClock.ts";

it("a metrics server that could not be told of its targets is told again, and else only of changes", async () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  let names = ["a"];
  let fails = 1;
  const stop = keepFollowed({
    clock,
    log: silentLog(),
    everyMillis: 500,
    targets: () => names.map((name) => ({ url: name, job: "", instance: name, labels: {}, honorLabels: true })),
    follow: async (targets) => {
      told.push(targets.map(({ url }) => url).join());
      if (fails-- > 0) throw new Error("no space left on device");
    },
  });
  await clock.advance(400);
  assert.deepEqual(told, ["a"]);
  await clock.advance(2000);
  assert.deepEqual(told, ["a", "a"]);
  names = ["a", "b"];
  await clock.advance(1000);
  assert.deepEqual(told, ["a", "a", "a,b"]);
  stop();
  assert.equal(clock.pending, 0);
});
