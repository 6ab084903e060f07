import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PodObject } from "../../../src/simulator/pods/podObject.ts";
import {
  isEven,
  moodAt,
  nextTurn,
  nodeBehaviourOf,
  type PodProfile,
  profileInManifest,
} from "../../../src/simulator/traffic/profile.ts";
import { SCENARIOS, scenarioOf } from "../../../src/simulator/traffic/scenarios.ts";
import { steady } from "../../../src/simulator/traffic/shape.ts";

function pod(env: Readonly<Record<string, string | number>>, more: object = {}): PodObject {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value: String(value) }));
  const container = { name: "app", image: "images.example/web:1.2.3", env: variables, ...more };
  return { metadata: { name: "web-0", namespace: "shop" }, spec: { containers: [container] } };
}

const profile = (env: Readonly<Record<string, string | number>>): PodProfile => profileInManifest(pod(env));
const moodOf = (given: PodProfile, ageSeconds: number) =>
  moodAt(given, { ageMillis: ageSeconds * 1000, nowMillis: ageSeconds * 1000, seed: 1 });

describe("a pod's profile", () => {
  it("is even where the manifest says no more than the plane's pods obey", () => {
    const given = profile({ ERROR_PERCENT: 5, LATENCY_MILLIS: 80, START_SECONDS: 3 });
    assert.ok(isEven(given));
    assert.equal(given.version, "1.2.3");
    assert.equal(moodOf(given, 500).latencyMillis, 80);
    assert.ok(Math.abs(moodOf(given, 500).errorShare - 0.05) < 1e-12);
    assert.equal(nextTurn(given, 0), undefined);
    assert.deepEqual(nodeBehaviourOf(given), { readyAfterMillis: 3000, fate: "serves", endsAfterMillis: 0 });
  });

  it("reads what more there is, and takes no notice of what is no number", () => {
    assert.deepEqual(profile({ CLUMP_PERCENT: 40 }).clumps, { percent: 40, everySeconds: 60, lastsSeconds: 5 });
    assert.deepEqual(profile({ LEAK_MILLIS_PER_MINUTE: 7 }).leak, {
      afterSeconds: 0,
      percentPerMinute: 0,
      millisPerMinute: 7,
    });
    assert.deepEqual(profile({ FLAP_ILL_SECONDS: 9 }).flap, { wellSeconds: 30, illSeconds: 9, percent: undefined });
    assert.equal(profile({ CRASH_AFTER_SECONDS: "soon", CLUMP_PERCENT: "-3" }).crashAfterSeconds, undefined);
    assert.equal(profile({ CLUMP_PERCENT: "-3" }).clumps, undefined);
  });

  it("serves on while a hook sleeps before the end, and the node waits for it", () => {
    for (const preStop of [{ sleep: { seconds: 7 } }, { exec: { command: ["sh", "-c", "sleep 7"] } }]) {
      const given = profileInManifest(pod({}, { lifecycle: { preStop } }));
      assert.deepEqual([given.shutdown, given.shutdownSeconds], ["graceful", 7]);
      assert.equal(nodeBehaviourOf(given).endsAfterMillis, 7000);
    }
  });

  it("leaks from its age on, and never beyond all", () => {
    const given = profile({ LEAK_AFTER_SECONDS: 60, LEAK_PERCENT_PER_MINUTE: 30, LEAK_MILLIS_PER_MINUTE: 100 });
    assert.deepEqual(moodOf(given, 60), { errorShare: 0, latencyMillis: 0 });
    assert.ok(Math.abs(moodOf(given, 120).errorShare - 0.3) < 1e-12);
    assert.equal(moodOf(given, 120).latencyMillis, 100);
    assert.equal(moodOf(given, 6000).errorShare, 1);
  });

  it("flaps with a percentage between well and ill, without turning its connections away", () => {
    const given = profile({ FLAP_WELL_SECONDS: 20, FLAP_ILL_SECONDS: 10, FLAP_PERCENT: 50 });
    assert.deepEqual(
      [19, 20, 29, 30, 50].map((age) => moodOf(given, age).errorShare),
      [0, 0.5, 0.5, 0, 0.5],
    );
    assert.equal(nextTurn(given, 0), undefined);
  });

  it("turns at the ages that it names, whichever comes first", () => {
    const given = profile({ FLAP_WELL_SECONDS: 20, FLAP_ILL_SECONDS: 10, CRASH_AFTER_SECONDS: 45 });
    assert.deepEqual(nextTurn(given, 0), { atAgeMillis: 20_000, kind: "refuses" });
    assert.deepEqual(nextTurn(given, 20_000), { atAgeMillis: 30_000, kind: "accepts" });
    assert.deepEqual(nextTurn(given, 30_000), { atAgeMillis: 45_000, kind: "ends" });
    assert.deepEqual(nextTurn(given, 70_000), { atAgeMillis: 70_000, kind: "ends" }, "it cannot have got so old");
  });
});

describe("scenarios", () => {
  const wellShares = (name: (typeof SCENARIOS)[number]) => {
    const given = { ...profile({}), ...scenarioOf(name, { errorPercent: 30, addedMillis: 400 }).profile };
    return [30, 70, 600].map((age) => Math.round(100 * moodOf(given, age).errorShare));
  };

  it("say of a version what their names say", () => {
    assert.deepEqual(wellShares("good"), [0, 0, 0]);
    assert.deepEqual(wellShares("bad"), [30, 30, 30]);
    assert.deepEqual(wellShares("slow-leak"), [0, 1, 27]);
    assert.deepEqual(wellShares("spike"), [0, 30, 0]);
    assert.deepEqual(wellShares("flapping"), [0, 0, 0]);
    assert.deepEqual(scenarioOf("crash").profile, { crashAfterSeconds: 90 });
  });

  it("leave clients as they are, but for the one in which nobody comes", () => {
    for (const name of SCENARIOS) {
      const { ratePerSecond } = scenarioOf(name).shapeOf(steady(20));
      assert.equal(ratePerSecond, name === "no-traffic" ? 0 : 20);
    }
  });
});
