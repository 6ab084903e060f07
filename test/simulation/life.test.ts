import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { clusterImage } from "../../src/simulation/clusterImage.ts";
import { phraseOf } from "../../src/simulation/deeds.ts";
import { type Life, type LifeOptions, runLife } from "../../src/simulation/life.ts";
import { drawPlan } from "../../src/simulation/plan.ts";
import type { ApiServer } from "../../src/simulator/api/apiServer.ts";

/** Everything that can be seen of a life, in its order. */
async function traceOf(options: LifeOptions): Promise<{ readonly trace: string; readonly life: Life }> {
  const lines: string[] = [];
  const life = await runLife({
    ...options,
    watchers: [
      {
        wrote: (write) => void lines.push(JSON.stringify(write)),
        served: (batch) => void lines.push(JSON.stringify(batch)),
      },
    ],
    onFault: (fault) => void lines.push(JSON.stringify(fault)),
    onDeed: (deed, atMillis, isDone) => void lines.push(`${atMillis} ${phraseOf(deed)} ${isDone}`),
  });
  return { trace: lines.join("\n"), life };
}

describe("a life", () => {
  let image: ApiServer;
  before(async () => {
    image = await clusterImage();
  });

  it("is the same again from the same seed, byte for byte", async () => {
    for (const seed of [2, 6, 11]) {
      const [one, other] = [await traceOf({ seed, image }), await traceOf({ seed, image: await clusterImage() })];
      assert.ok(one.trace.length > 100_000, `only ${one.trace.length} characters`);
      // Not by assert.equal: the difference of two such texts would take minutes to print.
      const place = [...one.trace].findIndex((letter, at) => letter !== other.trace[at]);
      assert.ok(
        one.trace === other.trace,
        `${one.trace.slice(place - 200, place + 200)}\n${other.trace.slice(place - 200, place + 200)}`,
      );
      assert.deepEqual(one.life, other.life);
    }
  });

  it("is another one from another seed", async () => {
    const [one, other] = [await traceOf({ seed: 3, image }), await traceOf({ seed: 4, image })];
    assert.notEqual(one.trace, other.trace);
  });

  it("comes to rest when the storm is over, every Canary in a phase that rests", async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const life = await runLife({ seed, image });
      assert.ok(life.isSettled, `seed ${seed}: ${JSON.stringify(life.phases.at(-1))}`);
      assert.ok(life.phases.some(({ phase }) => phase === "Initialized"));
      assert.ok(life.ticks > 0 && life.requests > 0 && life.writes > 0);
    }
  });

  it("without its deeds has nothing but a beginning", async () => {
    const { deeds, last } = drawPlan(2);
    const without = new Set([...deeds, ...last].map(({ id }) => id));
    const { phases } = await runLife({ seed: 2, image, without, kinds: [] });
    assert.deepEqual(
      phases.map(({ phase }) => phase),
      ["Initializing", "Initialized"],
    );
  });

  it("has no faults where none are wanted, and those that the seed draws where it does not say", async () => {
    const { faults: none } = await faultsOf({ seed: 6, image, kinds: [] });
    assert.deepEqual(none, []);
    const { faults } = await faultsOf({ seed: 6, image });
    assert.ok(faults.length > 0);
    assert.ok(faults.every(({ atMillis }) => atMillis <= drawPlan(6).stormMillis + Date.UTC(2026, 0, 1)));
  });
});

async function faultsOf(options: LifeOptions) {
  const faults: { readonly atMillis: number; readonly kind: string }[] = [];
  await runLife({ ...options, onFault: (fault) => void faults.push(fault) });
  return { faults };
}

describe("what a life is to be", () => {
  it("is drawn from the seed alone", () => {
    for (let seed = 0; seed < 50; seed++) assert.deepEqual(drawPlan(seed), drawPlan(seed));
  });

  it("always has a release, and every kind of deed in some life", () => {
    const plans = Array.from({ length: 300 }, (_, seed) => drawPlan(seed));
    for (const { deeds } of plans) assert.ok(deeds.some(({ act }) => act.kind === "release"));
    const kinds = new Set(
      plans.flatMap(({ deeds }) => deeds.map(({ act }) => (act.kind === "delete" ? `delete ${act.what}` : act.kind))),
    );
    assert.deepEqual([...kinds].sort(), [
      "apply canary",
      "apply target",
      "delete canary",
      "delete primary",
      "delete route",
      "delete target",
      "edit canary",
      "edit settings",
      "label the route",
      "lose pods",
      "release",
      "resume",
      "scale",
      "set weights",
      "suspend",
    ]);
    assert.deepEqual([...new Set(plans.map(({ replicas }) => replicas))].sort(), [1, 2, 3]);
    assert.deepEqual([...new Set(plans.map(({ apps }) => apps.length))].sort(), [1, 2]);
  });

  it("does its deeds before the storm is over, and puts back what was taken away", () => {
    for (let seed = 0; seed < 300; seed++) {
      const { deeds, stormMillis } = drawPlan(seed);
      const missing = new Set<string>();
      for (const { atMillis, act, app } of deeds) {
        assert.ok(atMillis <= stormMillis);
        if (act.kind === "delete" && (act.what === "canary" || act.what === "target"))
          missing.add(`${app.name} ${act.what}`);
        if (act.kind === "apply canary") missing.delete(`${app.name} canary`);
        if (act.kind === "apply target") missing.delete(`${app.name} target`);
      }
      assert.deepEqual([...missing], [], `seed ${seed}`);
    }
  });
});
