/** How many pods an autoscaler asks for: most cases and their answers are those of Kubernetes' own tests. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { KubeObject } from "../../../src/runtime/transport.ts";
import { allow, type Memory } from "../../../src/simulator/workloads/autoscaling/limits.ts";
import { recommend } from "../../../src/simulator/workloads/autoscaling/recommendation.ts";

const NOW = Date.UTC(2026, 0, 2);

type Standing = "ready" | "unready" | "pending" | "failed" | "leaving";

const READY = { type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" };
const UNREADY = { ...READY, status: "False" };

const aPod = (place: number, standing: Standing): KubeObject => ({
  metadata: {
    name: `pod-${place}`,
    ...(standing === "leaving" ? { deletionTimestamp: "2026-01-02T00:00:00Z" } : {}),
  },
  spec: { containers: [{ name: "app", resources: { requests: { cpu: "1" } } }] },
  status: {
    phase: standing === "pending" ? "Pending" : standing === "failed" ? "Failed" : "Running",
    startTime: "2026-01-01T00:00:00Z",
    conditions: [standing === "unready" ? UNREADY : READY],
  },
});

interface Case {
  readonly current: number;
  /** What each pod uses, in thousandths of a core; the rest of the pods are not measured. */
  readonly levels: readonly number[];
  readonly pods?: readonly Standing[];
  readonly target: { readonly averageUtilization: number } | { readonly averageValue: string };
  /** Replicas, share and value. */
  readonly want: readonly [number, number | undefined, string];
}

const percent = (averageUtilization: number) => ({ averageUtilization });

const CASES: Readonly<Record<string, Case>> = {
  "more than was wanted": { current: 3, levels: [300, 500, 700], target: percent(30), want: [5, 50, "500m"] },
  "an unready pod slows it down": {
    current: 3,
    levels: [300, 500, 700],
    pods: ["unready", "ready", "ready"],
    target: percent(30),
    want: [4, 60, "600m"],
  },
  "unready pods hold it": {
    current: 3,
    levels: [400, 500, 700],
    pods: ["ready", "unready", "unready"],
    target: percent(30),
    want: [3, 40, "400m"],
  },
  "failed pods do not count": {
    current: 2,
    levels: [500, 700],
    pods: ["ready", "ready", "failed", "failed"],
    target: percent(30),
    want: [4, 60, "600m"],
  },
  "pods on their way out do not count": {
    current: 2,
    levels: [500, 700],
    pods: ["ready", "ready", "leaving", "leaving"],
    target: percent(30),
    want: [4, 60, "600m"],
  },
  "less than was wanted": { current: 5, levels: [100, 300, 500, 250, 250], target: percent(50), want: [3, 28, "280m"] },
  "near enough": { current: 3, levels: [1010, 1030, 1020], target: percent(100), want: [3, 102, "1020m"] },
  "one that nobody measured, at the target": {
    current: 2,
    levels: [1000],
    pods: ["ready", "ready"],
    target: percent(100),
    want: [2, 100, "1"],
  },
  "one that nobody measured, above it": {
    current: 2,
    levels: [1900],
    pods: ["ready", "ready"],
    target: percent(100),
    want: [2, 190, "1900m"],
  },
  "one that nobody measured, below it": {
    current: 2,
    levels: [600],
    pods: ["ready", "ready"],
    target: percent(100),
    want: [2, 60, "600m"],
  },
  "an amount": { current: 3, levels: [300, 500, 700], target: { averageValue: "250m" }, want: [6, undefined, "500m"] },
};

const scaler = (resource: object, more: object = {}): KubeObject => ({
  metadata: { name: "web" },
  spec: { maxReplicas: 100, metrics: [{ type: "Resource", resource }], ...more },
});

describe("what an autoscaler's metrics ask for", () => {
  for (const [name, { current, levels, pods = levels.map((): Standing => "ready"), target, want }] of Object.entries(
    CASES,
  )) {
    it(name, () => {
      const objects = pods.map((standing, place) => aPod(place, standing));
      const cpuOf = (pod: KubeObject): number | undefined => {
        const level = levels[objects.indexOf(pod)];
        return level === undefined ? undefined : level / 1000;
      };
      const measured = { pods: objects, cpuOf, current, now: NOW };
      const { wanted, statuses } = recommend(scaler({ name: "cpu", target }), measured);
      const [status] = statuses as readonly [{ readonly resource: { readonly current: Record<string, unknown> } }];
      const { averageUtilization, averageValue } = status.resource.current;
      assert.deepEqual([wanted?.replicas, averageUtilization, averageValue], want);
    });
  }

  it("is nothing where it cannot be measured, and why is said", () => {
    const target = { averageUtilization: 50 };
    const pods = [aPod(0, "ready")];
    const why = (resource: object, measured: object): string | undefined =>
      recommend(scaler(resource), { pods, cpuOf: () => 0.1, current: 1, now: NOW, ...measured }).failure?.error;
    const unmeasured = "failed to get cpu utilization: unable to get metrics for resource cpu: ";
    assert.equal(
      why({ name: "cpu", target }, { cpuOf: () => undefined }),
      `${unmeasured}no metrics returned from resource metrics API`,
    );
    assert.match(why({ name: "cpu", target }, { cpuOf: undefined }) ?? "", /could not find the requested resource/);
    assert.match(why({ name: "memory", target }, {}) ?? "", /^failed to get memory utilization: /);
    const bare = { ...aPod(0, "ready"), spec: { containers: [{ name: "app" }] } };
    assert.equal(
      why({ name: "cpu", target }, { pods: [bare] }),
      "failed to get cpu utilization: missing request for cpu in container app of Pod pod-0",
    );
    assert.equal(
      why({ name: "cpu", target }, { pods: [aPod(0, "unready"), aPod(1, "pending")].map(young) }),
      "failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)",
    );
  });

  it("is nothing less than there is while one of the metrics fails", () => {
    const metric = (name: string) => ({ type: "Resource", resource: { name, target: { averageUtilization: 50 } } });
    const both = scaler({}, { metrics: [metric("cpu"), metric("memory")] });
    const wants = (cpu: number) =>
      recommend(both, { pods: [aPod(0, "ready"), aPod(1, "ready")], cpuOf: () => cpu, current: 2, now: NOW });
    assert.equal(wants(0.1).wanted, undefined);
    assert.equal(wants(0.8).wanted?.replicas, 4);
    assert.equal(wants(0.8).failures, 1);
  });
});

const young = (pod: KubeObject): KubeObject => ({
  ...pod,
  status: { ...(pod["status"] as object), startTime: new Date(NOW - 1000).toISOString() },
});

const FRESH: Memory = { wanted: [], changes: [] };
const behaved = (behavior: object | undefined, bounds: object = { minReplicas: 1, maxReplicas: 100 }): KubeObject => ({
  metadata: { name: "web" },
  spec: { ...bounds, ...(behavior === undefined ? {} : { behavior }) },
});
const rules = (select: string, ...policies: readonly (readonly [string, number, number])[]) => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: select,
  policies: policies.map(([type, value, periodSeconds]) => ({ type, value, periodSeconds })),
});

describe("how far an autoscaler may go", () => {
  const at = (autoscaler: KubeObject, current: number, wanted: number, memory = FRESH): string => {
    const { replicas, able, limited } = allow(autoscaler, memory, { current, wanted, now: 1_000_000 });
    return `${replicas} ${able.reason} ${limited.status} ${limited.reason}`;
  };

  it("is twice as many at once, or 4, where it has no behaviour", () => {
    assert.equal(at(behaved(undefined), 1, 9), "4 ReadyForNewScale True ScaleUpLimit");
    assert.equal(at(behaved(undefined), 10, 90), "20 ReadyForNewScale True ScaleUpLimit");
    assert.equal(
      at(behaved(undefined, { minReplicas: 2, maxReplicas: 6 }), 4, 9),
      "6 ReadyForNewScale True TooManyReplicas",
    );
    assert.equal(
      at(behaved(undefined, { minReplicas: 2, maxReplicas: 6 }), 4, 1),
      "2 ReadyForNewScale True TooFewReplicas",
    );
  });

  it("is down to the highest that was wanted in the last minutes", () => {
    const memory = {
      ...FRESH,
      wanted: [
        { at: 1_000_000 - 299_000, replicas: 7 },
        { at: 600_000, replicas: 9 },
      ],
    };
    assert.equal(at(behaved(undefined), 8, 3, memory), "7 ScaleDownStabilized False DesiredWithinRange");
    const quick = behaved({ scaleUp: rules("Max", ["Pods", 9, 60]), scaleDown: rules("Max", ["Percent", 100, 60]) });
    assert.equal(at(quick, 8, 3, memory), "3 ReadyForNewScale False DesiredWithinRange");
  });

  it("is up to the lowest that was wanted in the window for that", () => {
    const up = { ...rules("Max", ["Percent", 900, 60]), stabilizationWindowSeconds: 60 };
    const slow = behaved({ scaleUp: up, scaleDown: rules("Max", ["Percent", 100, 60]) });
    const memory = { ...FRESH, wanted: [{ at: 990_000, replicas: 5 }] };
    assert.equal(at(slow, 4, 9, memory), "5 ScaleUpStabilized False DesiredWithinRange");
  });

  it("is what the policies leave after what was done in their time", () => {
    const both = [
      ["Pods", 4, 60],
      ["Percent", 50, 60],
    ] as const;
    const with_ = (select: string) => behaved({ scaleUp: rules(select, ...both), scaleDown: rules(select, ...both) });
    assert.equal(at(with_("Max"), 10, 90), "15 ReadyForNewScale True ScaleUpLimit");
    assert.equal(at(with_("Min"), 10, 90), "14 ReadyForNewScale True ScaleUpLimit");
    assert.equal(at(with_("Max"), 10, 1), "5 ReadyForNewScale True ScaleDownLimit");
    assert.equal(at(with_("Min"), 10, 1), "6 ReadyForNewScale True ScaleDownLimit");
    assert.equal(at(with_("Disabled"), 10, 90), "10 ReadyForNewScale True ScaleUpLimit");
    const grown = {
      ...FRESH,
      changes: [
        { at: 990_000, by: 3 },
        { at: 900_000, by: 5 },
      ],
    };
    assert.equal(at(with_("Min"), 10, 90, grown), "11 ReadyForNewScale True ScaleUpLimit");
  });

  it("is never out of its bounds", () => {
    const size = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.integer({ min: 0, max: 60 }),
        fc.boolean(),
        (one, other, current, wanted, has) => {
          const [minReplicas, maxReplicas] = [Math.min(one, other), Math.max(one, other)];
          fc.pre(minReplicas <= current && current <= maxReplicas);
          const policies = { scaleUp: rules("Max", ["Pods", 4, 15]), scaleDown: rules("Max", ["Pods", 4, 15]) };
          const autoscaler = behaved(has ? policies : undefined, { minReplicas, maxReplicas });
          const { replicas } = allow(autoscaler, FRESH, { current, wanted, now: 0 });
          assert.ok(minReplicas <= replicas && replicas <= maxReplicas, `${replicas}`);
        },
      ),
    );
  });
});
