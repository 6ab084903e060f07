import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { KubeObject } from "../../../src/runtime/transport.ts";
import { cores } from "../../../src/simulator/workloads/autoscaling/metrics.ts";
import { scaleSets } from "../../../src/simulator/workloads/deployment/proportion.ts";
import { sizeOf } from "../../../src/simulator/workloads/deployment/sets.ts";
import { resizeNewest, shrinkOld } from "../../../src/simulator/workloads/deployment/sizes.ts";
import { type DeploymentSpec, fenceposts } from "../../../src/simulator/workloads/deployment/spec.ts";
import { isSameTemplate, templateHash, withHash } from "../../../src/simulator/workloads/deployment/template.ts";
import { leastMissedFirst } from "../../../src/simulator/workloads/replicaSet/farewell.ts";

const cases: Record<string, { surge: unknown; unavailable: unknown; replicas: number; want: [number, number] }> = {
  "a quarter of four is one each": { surge: "25%", unavailable: "25%", replicas: 4, want: [1, 1] },
  "surge is rounded up, unavailability down": { surge: "30%", unavailable: "30%", replicas: 5, want: [2, 1] },
  "a quarter of one is one more and none fewer": { surge: "25%", unavailable: "25%", replicas: 1, want: [1, 0] },
  "nothing at all is one pod missing": { surge: 0, unavailable: "10%", replicas: 3, want: [0, 1] },
  "no more can be missing than there are": { surge: 1, unavailable: 7, replicas: 3, want: [1, 3] },
  "numbers are as they are": { surge: 3, unavailable: 2, replicas: 10, want: [3, 2] },
};
for (const [name, { surge, unavailable, replicas, want }] of Object.entries(cases)) {
  test(`allowances: ${name}`, () => {
    const { maxSurge, maxUnavailable } = fenceposts(surge, unavailable, replicas);
    assert.deepEqual([maxSurge, maxUnavailable], want);
  });
}

function aSet(name: string, size: number, available: number, annotations: Record<string, string> = {}): KubeObject {
  const metadata = { name, uid: name, annotations, creationTimestamp: "2026-01-01T00:00:00Z" };
  return { metadata, spec: { replicas: size }, status: { replicas: size, availableReplicas: available } };
}

const spec = (replicas: number, maxSurge: number, maxUnavailable: number): DeploymentSpec => ({
  replicas,
  strategy: "RollingUpdate",
  maxSurge,
  maxUnavailable,
  isPaused: false,
  minReadySeconds: 0,
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
  template: {},
});

test("a step of an update never asks for more than the surge, nor takes what must be available", () => {
  const size = fc.integer({ min: 0, max: 12 });
  const pods = fc.tuple(size, size).map(([one, other]) => [Math.max(one, other), Math.min(one, other)] as const);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(4), fc.nat(4), pods, pods, (replicas, surge, missing, a, b) => {
      const allowed = fenceposts(surge, missing, replicas);
      const wanted = spec(replicas, allowed.maxSurge, allowed.maxUnavailable);
      const sets = { newest: aSet("new", ...a), old: [aSet("old", ...b)] };
      const before = a[0] + b[0];
      const up = resizeNewest(wanted, sets);
      if (up !== undefined && up.size > a[0]) assert.ok(before - a[0] + up.size <= replicas + allowed.maxSurge);
      const [down] = shrinkOld(wanted, sets);
      const taken = down === undefined ? 0 : b[0] - down.size;
      const serving = Math.max(0, taken - (b[0] - b[1]));
      // Of pods that serve, no more than leave the least that must.
      if (serving > 0) assert.ok(a[1] + b[1] - serving >= replicas - allowed.maxUnavailable);
    }),
  );
});

test("a status that lags behind the last resize lets no pod go that is needed", () => {
  const sets = { newest: aSet("new", 3, 0), old: [aSet("old", 4, 11)] };
  const sizes = shrinkOld(spec(4, 3, 2), sets).map(({ size }) => size);
  assert.deepEqual(sizes, [2]);
});

test("scaling in the middle of an update is shared out, and nothing is lost by rounding", () => {
  const size = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 40 }), (one, other, replicas) => {
      const annotations = { "deployment.kubernetes.io/max-replicas": String(one + other) };
      const sets = { newest: aSet("new", one, 0, annotations), old: [aSet("old", other, other, annotations)] };
      const resizes = scaleSets(spec(replicas, 1, 0), sets, one + other);
      const total = resizes.reduce((sum, resize) => sum + resize.size, 0);
      assert.equal(total, replicas + 1);
      for (const resize of resizes) assert.ok(resize.size >= 0 && Number.isInteger(sizeOf(resize.set)));
    }),
  );
});

test("a template is the same whatever hash it has, and its name does not depend on the order of fields", () => {
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image: "web:1" }] } };
  const turned = { spec: { containers: [{ image: "web:1", name: "app" }] }, metadata: { labels: { app: "web" } } };
  assert.equal(templateHash(template, 0), templateHash(turned, 0));
  assert.notEqual(templateHash(template, 0), templateHash(template, 1));
  assert.ok(isSameTemplate(withHash(template, "abc"), turned));
  assert.ok(!isSameTemplate(template, { ...turned, spec: { containers: [] } }));
});

test("those that serve nobody go first, then those that were ready last", () => {
  const now = Date.UTC(2026, 0, 2);
  const pod = (name: string, phase: string, readyAt?: number): KubeObject => ({
    metadata: { name, uid: name, creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { nodeName: "node-1" },
    status: {
      phase,
      conditions:
        readyAt === undefined
          ? []
          : [{ type: "Ready", status: "True", lastTransitionTime: new Date(readyAt).toISOString() }],
    },
  });
  const pods = [
    pod("old", "Running", now - 80_000_000),
    pod("young", "Running", now - 1_000),
    pod("unready", "Running"),
    pod("pending", "Pending"),
  ];
  const order = leastMissedFirst(pods, () => 1, now).map(({ metadata }) => metadata.name);
  assert.deepEqual(order, ["pending", "unready", "young", "old"]);
});

test("cores are read in every unit", () => {
  assert.deepEqual(["250m", "2", "1.5", "500000n", "much"].map(cores), [0.25, 2, 1.5, 0.0005, undefined]);
});
