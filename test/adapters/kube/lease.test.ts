import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LeaderElection } from "../../../src/adapters/kube/lease.ts";
import { microTime } from "../../../src/adapters/kube/leaseObject.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import {
  type KubeObject,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../../src/runtime/transport.ts";
import { settle, VirtualClock } from "../../../src/simulator/virtualClock.ts";

/** One Lease with compare-and-swap, and a network that is slow, or loses requests or answers. */
class LeaseServer {
  readonly clock: VirtualClock;
  lease: (KubeObject & { spec: Record<string, unknown> }) | undefined;
  writes: string[] = [];
  #version = 100;

  constructor(clock: VirtualClock) {
    this.clock = clock;
  }

  transport(
    weather: () => { before: number; after: number; lost: boolean } = () => ({ before: 0, after: 0, lost: false }),
  ): Transport {
    return {
      request: async (request) => {
        const { before, after, lost } = weather();
        const dueAt = this.clock.monotonic() + request.timeoutMillis;
        const late = async (millis: number): Promise<void> => {
          const left = dueAt - this.clock.monotonic();
          await new Promise<void>((resolve) => void this.clock.setTimer(Math.min(millis, left), resolve));
          if (millis >= left) throw new TransportError("deadline passed");
        };
        if (before + after === 0 && !lost) return this.handle(request);
        // What is under way arrives, whether or not its sender still waits for the answer.
        const handled = new Promise<TransportResponse>((resolve) => {
          this.clock.setTimer(before, () => resolve(this.handle(request)));
        });
        await late(before);
        const response = await handled;
        await late(lost ? request.timeoutMillis : after);
        return response;
      },
      watch: () => assert.fail("an election does not watch"),
    };
  }

  handle({ method, path, body }: TransportRequest): TransportResponse {
    if (method === "GET")
      return this.lease === undefined ? { status: 404, body: {} } : { status: 200, body: this.lease };
    const sent = body as KubeObject & { spec: Record<string, unknown> };
    for (const field of ["renewTime", "acquireTime"]) {
      if (!/T\d\d:\d\d:\d\d\.\d{6}Z$/.test(String(sent.spec[field]))) return { status: 400, body: "bad MicroTime" };
    }
    const isCreate = method === "POST";
    assert.equal(path, `/apis/coordination.k8s.io/v1/namespaces/serin/leases${isCreate ? "" : "/serin"}`);
    if (isCreate && this.lease !== undefined) return { status: 409, body: {} };
    if (!isCreate && sent.metadata.resourceVersion !== this.lease?.metadata.resourceVersion)
      return { status: 409, body: {} };
    const metadata = { ...sent.metadata, resourceVersion: String(++this.#version) };
    this.lease = { ...sent, metadata };
    this.writes.push(`${method} ${sent.spec["holderIdentity"]}`);
    return { status: isCreate ? 201 : 200, body: this.lease };
  }
}

function anElection(
  server: LeaseServer,
  identity: string,
  options: { clock?: Clock; transport?: Transport; seed?: number } = {},
) {
  const { clock = server.clock, transport = server.transport(), seed = identity.length } = options;
  const common = { namespace: "serin", name: "serin", log: silentLog(), random: seededRandom(seed) };
  const election = new LeaderElection({ transport, clock, identity, ...common });
  const news: boolean[] = [];
  return { election, news, start: () => election.start((leading) => news.push(leading)) };
}

test("the first takes a lease that does not exist, and keeps it at a third of the deadline", async () => {
  const server = new LeaseServer(new VirtualClock());
  const { election, news, start } = anElection(server, "one");
  assert.equal(election.mayAct(), false);
  start();
  await server.clock.advance(0);
  assert.equal(election.mayAct(), true);
  await server.clock.advance(59_000);
  assert.equal(election.mayAct(), true);
  assert.deepEqual(news, [true]);
  assert.equal(server.writes.length, 18);
  assert.equal(server.lease?.spec["leaseDurationSeconds"], 15);
  assert.equal(server.lease?.spec["leaseTransitions"], 0);
  assert.match(election.identity, /^one_[0-9a-f]{8}$/);
});

test("another waits, and takes over at once when the lease is released", async () => {
  const server = new LeaseServer(new VirtualClock());
  const [one, two] = [anElection(server, "one"), anElection(server, "second")];
  one.start();
  await server.clock.advance(100);
  two.start();
  await server.clock.advance(60_000);
  assert.equal(two.election.mayAct(), false);
  assert.equal(two.election.holder, one.election.identity);
  await one.election.stop();
  assert.equal(one.election.mayAct(), false);
  assert.deepEqual(one.news, [true, false]);
  assert.equal(server.lease?.spec["holderIdentity"], "");
  await server.clock.advance(2_500);
  assert.equal(two.election.mayAct(), true);
  assert.equal(server.lease?.spec["leaseTransitions"], 1);
});

test("another takes over when the holder died, but not before the lease was seen unchanged for its whole time", async () => {
  const server = new LeaseServer(new VirtualClock());
  const dead = {
    holderIdentity: "dead",
    leaseDurationSeconds: 15,
    renewTime: microTime(0),
    acquireTime: microTime(0),
    leaseTransitions: 4,
  };
  server.lease = {
    metadata: { name: "serin", resourceVersion: "7", labels: { keep: "me" } },
    spec: { ...dead, strategy: "x" },
  };
  const two = anElection(server, "two");
  two.start();
  // The record's own time is decades old, which proves nothing: that clock may be wrong.
  await server.clock.advance(14_999);
  assert.equal(two.election.mayAct(), false);
  await server.clock.advance(3_000);
  assert.equal(two.election.mayAct(), true);
  assert.equal(server.lease?.spec["leaseTransitions"], 5);
  assert.equal(server.lease?.spec["strategy"], "x");
  assert.deepEqual(server.lease?.metadata.labels, { keep: "me" });
});

test("a restarted instance does not take the lease of its former self for its own", async () => {
  const server = new LeaseServer(new VirtualClock());
  const [before, after] = [anElection(server, "pod", { seed: 1 }), anElection(server, "pod", { seed: 2 })];
  before.start();
  await server.clock.advance(0);
  after.start();
  await server.clock.advance(9_000);
  assert.equal(after.election.mayAct(), false);
});

test("without an API server the leader stops acting at its deadline, and leads again when it is back", async () => {
  const server = new LeaseServer(new VirtualClock());
  const real = server.transport();
  let isAway = false;
  const transport: Transport = {
    ...real,
    request: async (request) => (isAway ? { status: 503, body: "" } : real.request(request)),
  };
  const { election, news, start } = anElection(server, "one", { transport });
  start();
  await server.clock.advance(0);
  isAway = true;
  await server.clock.advance(9_999);
  assert.equal(election.mayAct(), true);
  await server.clock.advance(1);
  assert.equal(election.mayAct(), false);
  assert.deepEqual(news, [true, false]);
  isAway = false;
  await server.clock.advance(3_000);
  assert.deepEqual(news, [true, false, true]);
});

test("a machine that was suspended does not act on a monotonic clock that stood still", async () => {
  const server = new LeaseServer(new VirtualClock());
  const { election, start } = anElection(server, "one");
  start();
  await server.clock.advance(1_000);
  server.clock.jump(3_600_000);
  assert.equal(election.mayAct(), false);
  await server.clock.advance(5_000);
  assert.equal(election.mayAct(), true);
});

test("whoever was told not to act hears when it may again, wherever the wall clock went meanwhile", async () => {
  const server = new LeaseServer(new VirtualClock());
  const { election, news, start } = anElection(server, "one");
  start();
  await server.clock.advance(1_000);
  server.clock.jump(60_000);
  assert.equal(election.mayAct(), false);
  server.clock.jump(-60_000);
  assert.equal(election.mayAct(), false, "what was left undone meanwhile would be forgotten");
  assert.deepEqual(news, [true]);
  await server.clock.advance(5_000);
  assert.equal(election.mayAct(), true);
  assert.deepEqual(news, [true, false, true]);
});

test("a leap of the wall clock that nobody met is no news", async () => {
  const server = new LeaseServer(new VirtualClock());
  const { election, news, start } = anElection(server, "one");
  start();
  await server.clock.advance(1_000);
  server.clock.jump(60_000);
  await server.clock.advance(5_000);
  assert.equal(election.mayAct(), true);
  assert.deepEqual(news, [true]);
});

test("a wall clock that is set back does not cost the lease", async () => {
  const server = new LeaseServer(new VirtualClock());
  const { election, news, start } = anElection(server, "one");
  start();
  await server.clock.advance(1_000);
  server.clock.jump(-86_400_000);
  await server.clock.advance(60_000);
  assert.equal(election.mayAct(), true);
  assert.deepEqual(news, [true]);
});

test("a hanging call does not outlive the renew deadline", async () => {
  const server = new LeaseServer(new VirtualClock());
  let lost = false;
  const transport = server.transport(() => ({ before: 0, after: 0, lost }));
  const { election, start } = anElection(server, "one", { transport });
  start();
  await server.clock.advance(0);
  lost = true;
  await server.clock.advance(10_000);
  // The writes arrived, but nobody told us: we cannot prove it.
  assert.equal(election.mayAct(), false);
  assert.ok(server.writes.length > 1);
});

/** A clock that runs at another rate, from another start, and whose process can be paused: its timers wait until resumed. */
class PausableClock implements Clock {
  readonly #base: VirtualClock;
  readonly #rate: number;
  readonly #skew: number;
  #held: (() => void)[] | undefined;

  constructor(base: VirtualClock, rate: number, skew: number) {
    this.#base = base;
    this.#rate = rate;
    this.#skew = skew;
  }

  now = (): number => this.#base.now() * this.#rate + this.#skew;
  monotonic = (): number => this.#base.monotonic() * this.#rate + 12_345;
  setTimer = (delayMillis: number, fn: () => void): (() => void) => {
    let isCancelled = false;
    const run = (): void => {
      if (!isCancelled) fn();
    };
    const cancel = this.#base.setTimer(delayMillis / this.#rate, () =>
      this.#held === undefined ? run() : this.#held.push(run),
    );
    return () => {
      isCancelled = true;
      cancel();
    };
  };

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run();
  }
}

test("two never both act, whatever the network, pauses, clock rates and skew", async () => {
  const step = fc.record({ who: fc.nat({ max: 2 }), pause: fc.boolean(), millis: fc.nat({ max: 12_000 }) });
  const world = fc.record({
    seed: fc.nat(),
    rates: fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0.95, max: 1.05, noNaN: true }))),
    skews: fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: -1e9, max: 1e9 }))),
    slow: fc.nat({ max: 6_000 }),
    loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
    steps: fc.array(step, { minLength: 5, maxLength: 40, size: "max" }),
  });
  let led = 0;
  await fc.assert(
    fc.asyncProperty(world, async ({ seed, rates, skews, slow, loss, steps }) => {
      const server = new LeaseServer(new VirtualClock());
      const random = seededRandom(seed);
      const weather = () => ({ before: random.next() * slow, after: random.next() * slow, lost: random.next() < loss });
      const clocks = rates.map((rate, i) => new PausableClock(server.clock, rate, skews[i] ?? 0));
      const elections = clocks.map((clock, i) =>
        anElection(server, `instance-${i}`, { clock, transport: server.transport(weather), seed: seed + i }),
      );
      for (const { start } of elections) start();
      const check = (): void => {
        const acting = elections.filter(({ election }) => election.mayAct());
        assert.ok(acting.length <= 1, `${acting.length} act`);
        led += acting.length;
      };
      for (const { who, pause, millis } of steps) {
        if (pause) clocks[who]?.pause();
        else clocks[who]?.resume();
        check();
        for (let passed = 0; passed < millis; passed += 500) {
          await server.clock.advance(500);
          check();
        }
      }
    }),
    { numRuns: 100 },
  );
  assert.ok(led > 100, "somebody led in some of these worlds");
  await settle();
});
