import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Engine } from "../src/engine.ts";
import { noMeters } from "../src/runtime/meters.ts";
import { seededRandom } from "../src/runtime/random.ts";
import type { Transport, TransportRequest, TransportResponse } from "../src/runtime/transport.ts";
import { clusterImage } from "../src/simulation/clusterImage.ts";
import { QUIET_LOG } from "../src/simulation/quietLog.ts";
import { CONFIG } from "../src/simulation/world.ts";
import { transportTo } from "../src/simulator/api/transport.ts";
import type { WriteSeen } from "../src/simulator/happening.ts";
import { ALL_IS_WELL, aWorld, phaseIn } from "./build/simWorld.ts";

const NAME = "serin-0";
const image = await clusterImage();

type Answer = TransportResponse | Promise<TransportResponse> | undefined;

/** One replica that begins to lead, in a cluster whose every answer can be taken over. */
async function aReplica(answer: (request: TransportRequest) => Answer) {
  const writes: WriteSeen[] = [];
  const world = await aWorld(0, { image, watchers: [{ wrote: (write) => void writes.push(write) }] });
  const straight = transportTo(world.api, NAME);
  const transport: Transport = {
    ...straight,
    request: async (request) => answer(request) ?? straight.request(request),
  };
  const engine = new Engine({
    config: { ...CONFIG, identity: NAME },
    transport,
    prometheus: ALL_IS_WELL,
    clock: world.clock,
    random: seededRandom(1),
    log: QUIET_LOG,
    meters: noMeters(),
  });
  const parts: (() => Promise<void> | void)[] = [];
  void engine.start((_, stop) => void parts.push(stop));
  const own = (kind: (kind: string) => boolean) => writes.filter((write) => write.user === NAME && kind(write.kind));
  return {
    world,
    engine,
    acts: () => own((kind) => kind !== "Lease").length,
    renewals: () => own((kind) => kind === "Lease").length,
    stop: async () => {
      for (const stop of parts.toReversed()) await stop();
      await world.stop();
    },
  };
}

/** All lists of Canaries but the first, which fills the cache. */
function catchUps(answer: (attempt: number) => Answer): (request: TransportRequest) => Answer {
  let lists = 0;
  return ({ method, path }) =>
    method === "GET" && path.endsWith("/canaries") && lists++ > 0 ? answer(lists - 1) : undefined;
}

const isLease = ({ path }: TransportRequest): boolean => path.includes("/leases");
const nothing = { status: 503, body: "" };

suite("a new leader", () => {
  test("does nothing until it knows what was written last, says so, and keeps its lease", async () => {
    const late = Promise.withResolvers<TransportResponse>();
    const replica = await aReplica(catchUps((attempt) => (attempt === 1 ? late.promise : undefined)));
    const { world, engine } = replica;
    await world.clock.advance(9_000);
    assert.deepEqual(engine.readiness(), { role: "leader", waitingFor: ["what was written last on Canaries"] });
    assert.equal(replica.acts(), 0);
    assert.ok(replica.renewals() > 1);
    late.resolve(nothing);
    await world.clock.until(() => phaseIn(world) === "Initialized");
    assert.deepEqual(engine.readiness(), { role: "leader", waitingFor: [] });
    await replica.stop();
  });

  test("acts within the second in which it began to lead, where nothing goes wrong", async () => {
    const replica = await aReplica(() => undefined);
    await replica.world.clock.until(() => replica.renewals() > 0);
    await replica.world.clock.advance(1000);
    assert.ok(replica.acts() > 0);
    await replica.stop();
  });

  test("asks again each second where the server does not answer", async () => {
    const attempts: number[] = [];
    const replica = await aReplica(
      catchUps((attempt) => {
        attempts.push(replica.world.clock.monotonic());
        return attempt <= 3 ? nothing : undefined;
      }),
    );
    await replica.world.clock.until(() => phaseIn(replica.world) === "Initialized");
    const [first = 0] = attempts;
    assert.deepEqual(
      attempts.map((at) => at - first),
      [0, 1000, 2000, 3000],
    );
    await replica.stop();
  });

  test("that leads no more asks no more, and does nothing with an answer that comes then", async () => {
    const late = Promise.withResolvers<TransportResponse>();
    let isCutOff = false;
    let lists = 0;
    const isList = catchUps((attempt) => {
      lists = attempt;
      return attempt === 1 ? late.promise : nothing;
    });
    const replica = await aReplica((request) => (isCutOff && isLease(request) ? nothing : isList(request)));
    const { world, engine } = replica;
    await world.clock.until(() => engine.readiness().role === "leader");
    isCutOff = true;
    await world.clock.until(() => engine.readiness().role === "standby");
    late.resolve({ status: 200, body: { kind: "CanaryList", metadata: { resourceVersion: "1" }, items: [] } });
    await world.clock.advance(60_000);
    assert.equal(lists, 1);
    assert.equal(replica.acts(), 0);
    assert.deepEqual(engine.readiness(), { role: "standby", waitingFor: [] });
    await replica.stop();
  });
});
