import assert from "node:assert/strict";
import { test } from "node:test";
import { Chronicle, shrink, tellStory } from "../../src/simulation/story.ts";
import { canary, deployment, lease, route } from "./laws/scene.ts";

const BEGINS = 1_000_000;

function aChronicle(): Chronicle {
  const chronicle = new Chronicle();
  const objects = [lease("serin-0_1"), canary({ stage: "Baking", weight: 10 }), route(90, 10), deployment("web")];
  for (const [number, after] of objects.entries()) {
    const { kind = "", metadata } = after;
    const place = { kind, namespace: metadata.namespace, name: metadata.name };
    chronicle.wrote({ atMillis: BEGINS + number * 1000, user: "serin-0", ...place, before: undefined, after });
  }
  return chronicle;
}

test("a story says when, who, what, and at which write", () => {
  const chronicle = aChronicle();
  chronicle.deed(BEGINS + 1500, "web: release 1.1.0 (bad)");
  const breach = { law: "status-first", sentence: "it was not said", atMillis: BEGINS + 2000, write: 3 } as const;
  assert.deepEqual(tellStory(chronicle.lines, breach, { seed: 7, beginsMillis: BEGINS }).split("\n"), [
    "Seed 7: the law status-first is broken at 0:02.00, at write 3:",
    "  it was not said",
    "  0:00.00  serin-0: the lease is serin-0_1's  [1]",
    '  0:01.00  serin-0: writes in the status of web: Baking at 10, 0 failed checks, ""  [2]',
    "  0:01.50  somebody: web: release 1.1.0 (bad)",
    "  0:02.00  serin-0: routes web: primary 90, canary 10  [3]",
  ]);
});

test("the same life has the same digest, another has another", () => {
  assert.equal(aChronicle().digest, aChronicle().digest);
  const other = aChronicle();
  other.wrote({
    atMillis: 0,
    user: "x",
    kind: "Pod",
    namespace: "shop",
    name: "a",
    before: undefined,
    after: undefined,
  });
  assert.notEqual(other.digest, aChronicle().digest);
});

test("shrinking leaves the parts that it takes", async () => {
  const parts = Array.from({ length: 40 }, (_, part) => part);
  const needed = [3, 17, 18];
  let tries = 0;
  const kept = await shrink(parts, async (left) => {
    tries++;
    return needed.every((part) => left.includes(part));
  });
  assert.deepEqual(kept, needed);
  assert.ok(tries < 60, `${tries} tries`);
});

test("shrinking ends after its tries, with a story that is still broken", async () => {
  const kept = await shrink([1, 2, 3, 4, 5, 6, 7, 8], async (left) => left.includes(8), 2);
  assert.ok(kept.includes(8));
});
