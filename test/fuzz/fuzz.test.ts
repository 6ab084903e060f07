import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCanary } from "../../src/resources/parseCanary.ts";
import { BrokenLawError } from "./broken.ts";
import { diceOf } from "./dice.ts";
import { fieldsOf, noteFields } from "./fromSchema.ts";
import { checkKept } from "./kept.ts";
import { type OwnKind, SCHEMAS } from "./kinds.ts";
import { at, pathsIn, spoiled, without } from "./mutate.ts";
import { play } from "./play.ts";
import { sceneOf } from "./sceneOf.ts";
import { shrunk } from "./shrink.ts";

/** As many as a few seconds allow. `npm run fuzz` plays 100,000 others. */
const SAMPLE = 600;

/** So many that each field comes up. */
const FIELDS_SAMPLE = 1500;

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
  const scenes = Array.from({ length: FIELDS_SAMPLE }, (_, seed) => sceneOf(seed));
  const fieldsIn = (kind: OwnKind, objects: readonly unknown[]): ReadonlySet<string> => {
    const seen = new Set<string>();
    for (const object of objects) noteFields(object, SCHEMAS[kind], seen);
    return seen;
  };
  const declared = (kind: OwnKind) => fieldsOf(SCHEMAS[kind]).filter((field) => /^\.(spec|status)/.test(field));

  const drawn: Record<OwnKind, readonly unknown[]> = {
    Canary: scenes.map(({ canary }) => canary),
    MetricTemplate: scenes.flatMap(({ objects }) =>
      objects.filter(({ kind }) => kind === "MetricTemplate").map(({ object }) => object),
    ),
    AlertProvider: scenes.map(({ alertProvider }) => alertProvider),
  };
  for (const [kind, objects] of Object.entries(drawn) as [OwnKind, readonly unknown[]][]) {
    it(`sets every field of a ${kind}`, () => {
      const seen = fieldsIn(kind, objects);
      assert.ok(declared(kind).length > 5);
      assert.deepEqual(
        declared(kind).filter((field) => !seen.has(field)),
        [],
      );
    });
  }

  it("sets every field that is supported in a Canary that is not refused", () => {
    const parsed = scenes.map(({ canary }) => ({ canary, ...parseCanary(canary) }));
    const accepted = parsed.filter(({ refusals }) => refusals.every(({ severity }) => severity !== "blocking"));
    const unsupported = parsed
      .flatMap(({ refusals }) => refusals.filter(({ reason }) => reason === "NotSupported"))
      .map(({ path }) => `.${path.replaceAll(/\[\d+\]/g, "[]")}`);
    const seen = fieldsIn(
      "Canary",
      accepted.map(({ canary }) => canary),
    );
    const missed = declared("Canary").filter((field) => !seen.has(field));
    assert.deepEqual(
      missed.filter((field) => !unsupported.some((path) => field.startsWith(path))),
      [],
    );
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
  const own = { keys: [], hasUsualNames: true, targets: [] };
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
    const scene = sceneOf(5);
    const smallest = await shrunk(scene, async ({ canary }) => at(canary, ["spec", "service"]) !== undefined);
    assert.ok(JSON.stringify(smallest).length < JSON.stringify(scene).length / 10);
    assert.notEqual(at(smallest, ["canary", "spec", "service"]), undefined);
    assert.deepEqual([smallest.objects, smallest.happenings], [[], []]);
  });
});
