import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { Gate } from "../../../src/adapters/metrics/gate.ts";

/** Jobs that say when they start and end only when told to. */
function jobs(gate: Gate) {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (lane: string, name: string, signal?: AbortSignal) =>
    gate.run(
      lane,
      () =>
        new Promise<string>((resolve) => {
          started.push(name);
          ends.set(name, () => resolve(name));
        }),
      signal,
    );
  const end = async (name: string) => {
    ends.get(name)?.();
    await turn();
  };
  return { started, start, end };
}

describe("the gate", () => {
  test("holds back what is too many, and lets it in as others leave", async () => {
    const { started, start, end } = jobs(new Gate(4));
    const answers = ["a1", "a2", "a3", "b1", "b2"].map((name) => start(name.slice(0, 1), name));
    await turn();
    assert.deepEqual(started, ["a1", "a2", "a3", "b1"]);
    await end("a1");
    assert.deepEqual(started, ["a1", "a2", "a3", "b1", "b2"]);
    for (const name of started) await end(name);
    assert.deepEqual(await Promise.all(answers), ["a1", "a2", "a3", "b1", "b2"]);
  });

  test("keeps room for others when one lane hangs", async () => {
    const { started, start } = jobs(new Gate(4));
    for (let job = 0; job < 20; job++) void start("dead", `dead${job}`);
    void start("alive", "alive");
    await turn();
    assert.deepEqual(started, ["dead0", "dead1", "dead2", "alive"]);
  });

  test("lanes take turns", async () => {
    const { started, start, end } = jobs(new Gate(1));
    for (const name of ["a1", "a2", "a3", "b1", "c1"]) void start(name.slice(0, 1), name);
    await turn();
    for (const name of ["a1", "a2", "b1", "c1", "a3"]) await end(name);
    assert.deepEqual(started, ["a1", "a2", "b1", "c1", "a3"]);
  });

  test("a failed job leaves its place", async () => {
    const gate = new Gate(1);
    await assert.rejects(
      gate.run("a", () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.equal(await gate.run("a", async () => 1), 1);
  });

  test("who withdraws while waiting is forgotten", async () => {
    const { started, start, end } = jobs(new Gate(1));
    const abandon = new AbortController();
    void start("a", "a1");
    const withdrawn = start("a", "a2", abandon.signal);
    void start("a", "a3");
    abandon.abort(new Error("withdrawn"));
    await assert.rejects(withdrawn, /withdrawn/);
    await end("a1");
    assert.deepEqual(started, ["a1", "a3"]);
    await assert.rejects(start("a", "a4", AbortSignal.abort(new Error("before"))), /before/);
  });

  test("never more at once than there are places, and everyone gets in", async () => {
    const lanes = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(lanes, fc.integer({ min: 1, max: 6 }), async (order, places) => {
        const gate = new Gate(places);
        let running = 0;
        const job = async () => {
          assert.ok(++running <= places);
          await turn();
          running--;
        };
        await Promise.all(order.map((lane) => gate.run(lane, job)));
        assert.equal(running, 0);
      }),
      { numRuns: 50 },
    );
  });
});
