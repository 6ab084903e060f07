import assert from "node:assert/strict";
import { test } from "node:test";
import { RejectedError } from "../../src/control/errors.ts";
import { Inbox } from "../../src/control/inbox.ts";
import { pass } from "../../src/control/line.ts";
import type { Ports } from "../../src/control/ports.ts";
import { Reach } from "../../src/control/reach.ts";
import { Rejections } from "../../src/control/rejections.ts";
import type { Problem } from "../../src/domain/status.ts";
import { TIMING, World } from "../build/world.ts";

const KEY = "test/podinfo";

/** What is told of a fresh Canary in a world that is changed like this. */
async function told(change: (ports: Ports) => Partial<Ports>): Promise<readonly string[]> {
  const world = new World();
  const ports = world.ports(
    () => {},
    () => {},
  );
  const desk = {
    ports: { ...ports, ...change(ports) },
    inbox: new Inbox(() => {}),
    rejections: new Rejections(),
    reach: new Reach(),
    timing: TIMING,
  };
  await pass(KEY, desk);
  await pass(KEY, desk);
  return world.told;
}

const taken: Problem = { reason: "WorkloadConflict", message: "spec.targetRef: is taken", severity: "blocking" };

/** The ports with a driver that finds this problem, or throws this error. */
function driving({ workloads }: Ports, found: readonly Problem[], refusal?: Error): Pick<Ports, "workloads"> {
  const { Deployment: driver } = workloads;
  const changed = driver && {
    read: (subject: Parameters<typeof driver.read>[0]) => ({ ...driver.read(subject), problems: found }),
    apply: async () => {
      if (refusal !== undefined) throw refusal;
    },
  };
  return { workloads: { ...workloads, Deployment: changed } };
}

test("what follows from a shared target is no further news", async () => {
  const sharing = (ports: Ports) => ({ canaries: { ...ports.canaries, sharingTarget: () => ["test/older"] } });
  assert.deepEqual(await told((ports) => driving(ports, [taken])), [taken.message]);
  assert.deepEqual(await told((ports) => ({ ...driving(ports, [taken]), ...sharing(ports) })), [
    "spec.targetRef: the target already belongs to Canary test/older; delete one of the two",
  ]);
});

test("a refusal of the API server names the part of the spec that asked for it", async () => {
  const workload = new RejectedError("patch Deployment test/podinfo: denied");
  assert.deepEqual(await told((ports) => driving(ports, [], workload)), [
    "spec.targetRef: patch Deployment test/podinfo: denied",
  ]);
});

test("one that names a field already keeps its words", async () => {
  const named = new RejectedError("spec.targetRef: is taken");
  assert.deepEqual(await told((ports) => driving(ports, [], named)), ["spec.targetRef: is taken"]);
});

test("a default provider that nobody knows is told on every Canary that names none", async () => {
  assert.deepEqual(await told(() => ({ defaultProvider: "linkerd" })), [
    'spec.provider: is empty, and the controller\'s default "linkerd" is not supported; write one of: istio',
  ]);
});

test("a status that somebody else wrote is put right, though nothing follows from it", async () => {
  const world = new World();
  const ports = world.ports(
    () => {},
    () => {},
  );
  let isMisreported = false;
  const get: Ports["canaries"]["get"] = (key) => {
    const record = ports.canaries.get(key);
    return record && { ...record, isMisreported };
  };
  const desk = {
    ports: { ...ports, canaries: { ...ports.canaries, get } },
    inbox: new Inbox(() => {}),
    rejections: new Rejections(),
    reach: new Reach(),
    timing: TIMING,
  };
  await pass(KEY, desk);
  await pass(KEY, desk);
  const { writes, told: before } = world;
  await pass(KEY, desk);
  assert.equal(world.writes, writes);
  isMisreported = true;
  await pass(KEY, desk);
  assert.equal(world.writes, writes + 1);
  assert.deepEqual(world.told, before);
});
