import assert from "node:assert/strict";
import { test } from "node:test";
import { InvariantError, invariant, RejectedError, StaleError, UnavailableError } from "../../src/control/errors.ts";
import { Inbox } from "../../src/control/inbox.ts";
import { pass } from "../../src/control/line.ts";
import type { Desk } from "../../src/control/observe.ts";
import type { CanaryRecord, Ports } from "../../src/control/ports.ts";
import { Reach } from "../../src/control/reach.ts";
import { Rejections } from "../../src/control/rejections.ts";
import { type Retry, retryFor } from "../../src/control/retry.ts";
import { seconds } from "../../src/domain/time.ts";
import { aRollout, NOW } from "../build/aRollout.ts";
import { TIMING, World } from "../build/world.ts";

const KEY = "test/podinfo";

/** A desk at a fresh world, with some of its ports replaced. */
function aDesk(change: (ports: Ports) => Partial<Ports> = () => ({})): { desk: Desk; world: World } {
  const world = new World();
  const inbox = new Inbox(() => {});
  const ports = world.ports(
    (result) => inbox.deliver(KEY, result),
    () => inbox.drop(KEY),
  );
  const desk: Desk = {
    ports: { ...ports, ...change(ports) },
    inbox,
    rejections: new Rejections(),
    reach: new Reach(),
    timing: TIMING,
  };
  return { desk, world };
}

const withRecord =
  (change: Partial<CanaryRecord>) =>
  ({ canaries }: Ports): Partial<Ports> => ({
    canaries: {
      ...canaries,
      get: (key) => {
        const record = canaries.get(key);
        return record && { ...record, ...change };
      },
    },
  });

test("a Canary that is gone is left alone", async () => {
  const { desk, world } = aDesk();
  world.deleteCanary();
  assert.deepEqual(await pass(KEY, desk), { kind: "done", wakeAt: undefined });
});

test("who cannot prove to lead does nothing", async () => {
  const { desk, world } = aDesk(() => ({ leadership: { mayAct: () => false } }));
  assert.deepEqual(await pass(KEY, desk), { kind: "done", wakeAt: undefined });
  assert.equal(world.writes, 0);
});

const refusal = { path: "spec.targetRef", message: "is missing", reason: "InvalidSpec", severity: "blocking" } as const;

test("a spec that cannot be understood is told once on the object and to people", async () => {
  const { desk, world } = aDesk(withRecord({ spec: undefined, refusals: [refusal] }));
  await pass(KEY, desk);
  await pass(KEY, desk);
  assert.equal(world.writes, 1);
  assert.deepEqual(world.told, ["spec.targetRef: is missing"]);
  assert.deepEqual(
    world.status.problems.map(({ message }) => message),
    ["spec.targetRef: is missing"],
  );
});

test("deleting a Canary that cannot be understood waits for nothing", async () => {
  const { desk, world } = aDesk(({ canaries }) => ({
    canaries: {
      ...canaries,
      get: (key) => {
        const record = canaries.get(key);
        return record && { ...record, spec: undefined, facts: { ...record.facts, deleting: true } };
      },
      setFinalizer: async (_, presence) => void presences.push(presence),
    },
  }));
  const presences: string[] = [];
  await pass(KEY, desk);
  assert.deepEqual(presences, ["absent"]);
  assert.deepEqual(world.told, []);
});

test("what a spec asks for in vain is told, and does not keep the rest from being done", async () => {
  const advisory = {
    ...refusal,
    path: "spec.autoscalerRef",
    message: "is not supported",
    severity: "advisory",
  } as const;
  const { desk, world } = aDesk(withRecord({ refusals: [advisory, advisory] }));
  await pass(KEY, desk);
  assert.deepEqual(world.told, ["spec.autoscalerRef: is not supported"]);
  assert.equal(world.status.phase.name, "Copying");
});

test("of two Canaries with one target the younger waits", async () => {
  const { desk, world } = aDesk(({ canaries }) => ({ canaries: { ...canaries, sharingTarget: () => ["test/older"] } }));
  await pass(KEY, desk);
  assert.equal(world.status.phase.name, "New");
  assert.deepEqual(world.told, [
    "spec.targetRef: the target already belongs to Canary test/older; delete one of the two",
  ]);
});

test("and the older goes on", async () => {
  const { desk, world } = aDesk(({ canaries }) => ({ canaries: { ...canaries, sharingTarget: () => [KEY] } }));
  await pass(KEY, desk);
  assert.equal(world.status.phase.name, "Copying");
});

test("a kind and a provider that nobody serves touch nothing", async () => {
  const { desk, world } = aDesk(() => ({
    workloads: { Deployment: undefined, DaemonSet: undefined, Service: undefined },
    routers: {},
  }));
  assert.deepEqual(await pass(KEY, desk), { kind: "done", wakeAt: undefined });
  assert.equal(world.status.phase.name, "New");
});

for (const [what, given] of Object.entries({
  "that is to be given back without a route": { givenBack: false, givenBackSince: undefined },
  "that was given back a moment ago": { givenBack: true, givenBackSince: NOW },
})) {
  test(`a provider that nobody knows does not let a Canary go from what is there ${what}`, async () => {
    const record = aRollout().givingBack(seconds(3600)).spec({ provider: "linkerd" }).deleted().seen;
    const asked: string[] = [];
    const applied: string[] = [];
    const { desk } = aDesk((ports) => ({
      clock: { now: () => NOW },
      canaries: {
        ...withRecord({ spec: record.spec, status: record.status, facts: record.canary })(ports).canaries,
        commit: async () => {},
        setFinalizer: async (_, presence) => void asked.push(presence),
      } as Ports["canaries"],
      routers: {
        istio: {
          read: () => ({ facts: { route: undefined, apexOnPrimary: false, ...given }, problems: [] }),
          apply: async (_subject, _shape, { scaffold }) => void applied.push(scaffold),
          confirm: async () => {},
        },
      },
    }));
    await pass(KEY, desk);
    assert.deepEqual([asked, applied], [[], ["givenBack"]]);
  });
}

test("a refusal of the API server is told on the object until an attempt gets through", async () => {
  let isRefusing = true;
  const { desk, world } = aDesk(({ workloads: { Deployment: driver }, workloads }) => ({
    workloads: {
      ...workloads,
      Deployment: driver && {
        ...driver,
        apply: async (subject, levels) => {
          if (isRefusing && levels.primary.kind === "runs") throw new RejectedError("spec.targetRef: denied by policy");
          await driver.apply(subject, levels);
        },
      },
    },
  }));
  assert.deepEqual((await refused(desk)).retry, { kind: "now" });
  assert.deepEqual((await refused(desk)).retry, { kind: "edit", message: "spec.targetRef: denied by policy" });
  assert.deepEqual(world.told, ["spec.targetRef: denied by policy"]);
  isRefusing = false;
  assert.deepEqual(await pass(KEY, desk), { kind: "done", wakeAt: world.now });
  await pass(KEY, desk);
  assert.deepEqual(world.status.problems, []);
  assert.equal(world.primary?.revision, "v1-old");
});

async function refused(desk: Desk) {
  const outcome = await pass(KEY, desk);
  assert.ok(outcome.kind === "failed");
  return outcome;
}

test("what was not committed is neither done nor told", async () => {
  const { desk, world } = aDesk();
  await pass(KEY, desk);
  world.now = (world.now + seconds(5)) as typeof world.now;
  world.settle();
  world.fault = () => "stale";
  assert.deepEqual((await refused(desk)).retry, { kind: "now" });
  assert.equal(world.route, undefined);
  assert.deepEqual(world.phases, ["Copying"]);
});

test("an answer for a Canary that is gone is not kept", async () => {
  const { desk, world } = aDesk();
  world.deleteCanary();
  desk.inbox.deliver(KEY, { id: "1", measurements: [] });
  await pass(KEY, desk);
  assert.equal(desk.inbox.answerTo(KEY, "1"), undefined);
});

test("an answer that was folded in is kept no longer", async () => {
  const { desk } = aDesk();
  desk.inbox.deliver(KEY, { id: "1", measurements: [] });
  await pass(KEY, desk);
  assert.equal(desk.inbox.answerTo(KEY, "1"), undefined);
});

const retries: Record<string, { error: unknown; want: Retry }> = {
  "old facts are looked at again at once": { error: new StaleError("old"), want: { kind: "now" } },
  "a world that is down is given time": { error: new UnavailableError("503"), want: { kind: "backoff" } },
  "a refusal waits for an edit": { error: new RejectedError("no"), want: { kind: "edit", message: "no" } },
  "our own mistake freezes the rollout": { error: new InvariantError("broken"), want: { kind: "never" } },
  "what nobody foresaw may pass": { error: new TypeError("oops"), want: { kind: "backoff" } },
};

for (const [sentence, { error, want }] of Object.entries(retries)) {
  test(sentence, () => assert.deepEqual(retryFor(error), want));
}

test("a fact that must hold is said when it does not", () => {
  assert.doesNotThrow(() => invariant(true, "one is one"));
  assert.throws(() => invariant(false, "one is two"), new InvariantError("broken invariant: one is two"));
});

test("an answer is for the round that was asked, and a later one replaces it", () => {
  const woken: string[] = [];
  const inbox = new Inbox((key) => woken.push(key));
  inbox.deliver(KEY, { id: "1", measurements: [] });
  inbox.deliver(KEY, { id: "2", measurements: [] });
  assert.equal(inbox.answerTo(KEY, "1"), undefined);
  assert.deepEqual(inbox.answerTo(KEY, "2"), { id: "2", measurements: [] });
  inbox.drop(KEY);
  assert.equal(inbox.answerTo(KEY, "2"), undefined);
  assert.deepEqual(woken, [KEY, KEY]);
});
