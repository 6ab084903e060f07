import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BrokenLawError } from "./broken.ts";
import { diceOf } from "./dice.ts";
import { fieldsOf, noteFields } from "./fromSchema.ts";
import { checkKept } from "./kept.ts";
import { canaryStatus, ownSpec, SCHEMAS } from "./kinds.ts";
import { at, pathsIn, spoiled, without } from "./mutate.ts";
import { play } from "./play.ts";
import { sceneOf } from "./sceneOf.ts";
import { shrunk } from "./shrink.ts";

/** As many as a few seconds allow. `npm run fuzz` plays 100,000 others. */
const SAMPLE = 600;

describe("generated and spoiled objects", () => {
  it("go through the whole line without a throw, under every law", async () => {
    for (let seed = 0; seed < SAMPLE; seed += 1) {
      await play(sceneOf(seed)).catch((cause: unknown) => {
        throw new Error(`npm run fuzz -- --seed ${seed} --cases 1`, { cause });
      });
    }
  });
});

describe("the generator", () => {
  it("sets every field of the three kinds", () => {
    for (const kind of ["Canary", "MetricTemplate", "AlertProvider"] as const) {
      const { spec = {}, status } = SCHEMAS[kind].properties ?? {};
      const seen = new Set<string>();
      for (let seed = 0; seed < 300; seed += 1) {
        const dice = diceOf(seed);
        noteFields(ownSpec(kind, dice), spec, seen, "spec");
        if (status !== undefined) noteFields(canaryStatus(["v1"], dice), status, seen, "status");
      }
      const fields = [...fieldsOf(spec, "spec"), ...(status === undefined ? [] : fieldsOf(status, "status"))];
      assert.ok(fields.length > 5, kind);
      assert.deepEqual(
        fields.filter((field) => !seen.has(field)),
        [],
        kind,
      );
    }
  });

  it("throws the same for the same seed, and another for another", () => {
    assert.deepEqual(sceneOf(7), sceneOf(7));
    assert.notDeepEqual(sceneOf(7), sceneOf(8));
  });

  it("spoils without touching what it was given", () => {
    const given = { a: [1, { b: "x" }], c: null };
    const before = structuredClone(given);
    const results = new Set(Array.from({ length: 200 }, (_, seed) => JSON.stringify(spoiled(given, diceOf(seed), 2))));
    assert.deepEqual(given, before);
    assert.ok(results.size > 50);
  });

  it("leads to every value, also to one that is called __proto__", () => {
    const given: unknown = JSON.parse('{"a":[{"__proto__":1}]}');
    assert.deepEqual(pathsIn(given), [[], ["a"], ["a", 0], ["a", 0, "__proto__"]]);
    assert.equal(at(given, ["a", 0, "__proto__"]), 1);
    assert.equal(JSON.stringify(without(given, ["a", 0, "__proto__"])), '{"a":[{}]}');
  });
});

describe("the laws", () => {
  const rule = (weights: readonly [number, number]) => ({
    route: ["podinfo-primary", "podinfo-canary"].map((host, at) => ({ destination: { host }, weight: weights[at] })),
  });
  const route = (...http: readonly unknown[]) => ({
    kind: "VirtualService",
    metadata: { name: "podinfo", namespace: "shop", annotations: { "serin.dev/applied": "x", mine: "1" } },
    spec: { hosts: ["podinfo"], exportTo: ["."], http },
  });
  const foreign = { name: "testers", route: [{ destination: { host: "legacy" } }] };
  const own = { keys: [], hasUsualNames: true };
  const was = route(foreign, rule([100, 0]));
  const is = route(foreign, rule([90, 10]));

  it("let a new split through", () => checkKept(was, is, own));

  for (const [what, changed] of Object.entries({
    "weights that do not sum up": route(foreign, rule([90, 20])),
    "a foreign rule that is gone": route(rule([90, 10])),
    "foreign rules in another order": route(rule([90, 10]), foreign),
    "a foreign field that is gone": { ...is, spec: { ...is.spec, exportTo: undefined } },
    "a foreign annotation that is changed": { ...is, metadata: { ...is.metadata, annotations: { mine: "2" } } },
  })) {
    it(`find ${what}`, () => {
      const before = what.includes("order") ? route(foreign, { ...foreign, name: "others" }, rule([100, 0])) : was;
      const after = what.includes("order") ? route({ ...foreign, name: "others" }, foreign, rule([90, 10])) : changed;
      assert.throws(() => checkKept(before, after, own), BrokenLawError);
    });
  }
});

describe("a failure", () => {
  it("is told by the smallest scene that fails in the same way", async () => {
    const scene = sceneOf(3);
    const smallest = await shrunk(scene, async ({ canary }) => at(canary, ["spec", "service"]) !== undefined);
    assert.ok(JSON.stringify(smallest).length < JSON.stringify(scene).length / 10);
    assert.notEqual(at(smallest, ["canary", "spec", "service"]), undefined);
    assert.deepEqual([smallest.objects, smallest.happenings], [[], []]);
  });
});
