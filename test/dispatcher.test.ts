import assert from "node:assert/strict";
import { test } from "node:test";
import { RejectedError } from "../src/control/errors.ts";
import { Inbox } from "../src/control/inbox.ts";
import type { Desk } from "../src/control/observe.ts";
import { Reach } from "../src/control/reach.ts";
import { Rejections } from "../src/control/rejections.ts";
import { Dispatcher } from "../src/dispatcher.ts";
import type { Status } from "../src/domain/status.ts";
import { instant, seconds } from "../src/domain/time.ts";
import { silentLog } from "../src/runtime/log.ts";
import { noMeters } from "../src/runtime/meters.ts";
import { seededRandom } from "../src/runtime/random.ts";
import { VirtualClock } from "../src/simulator/virtualClock.ts";
import { aRollout, NOW, OLD } from "./build/aRollout.ts";
import { TIMING, World } from "./build/world.ts";

const KEY = "test/podinfo";

test("a deadline is kept while the API server refuses everything else", async () => {
  const clock = new VirtualClock(NOW);
  const world = new World();
  const inbox = new Inbox(() => {});
  const ports = world.ports(
    () => {},
    () => {},
  );
  let status: Status = { ...aRollout().warming().seen.status, lastAppliedRevision: OLD };
  const driver = ports.workloads.Deployment;
  const refuse = async () => {
    throw new RejectedError("denied by policy");
  };
  const desk: Desk = {
    ports: {
      ...ports,
      clock: { now: () => instant(clock.now()) },
      canaries: {
        ...ports.canaries,
        get: (key) => {
          const record = ports.canaries.get(key);
          return record && { ...record, status };
        },
        commit: async (_, next) => {
          status = next;
        },
        setFinalizer: async () => {},
      },
      workloads: { ...ports.workloads, Deployment: driver && { ...driver, apply: refuse } },
    },
    inbox,
    rejections: new Rejections(),
    reach: new Reach(),
    timing: TIMING,
  };
  const tools = { clock, random: seededRandom(1), log: silentLog(), meters: noMeters() };
  const dispatcher = new Dispatcher({ ...tools, workers: 1, desk: () => desk });
  dispatcher.start();
  dispatcher.wake(KEY);
  await clock.advance(world.spec.progressDeadline - 1);
  assert.equal(status.phase.name, "Warming");
  await clock.advance(seconds(1));
  assert.equal(status.phase.name, "Retreating");
  await dispatcher.stop();
});
