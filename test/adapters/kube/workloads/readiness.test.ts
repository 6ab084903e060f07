import assert from "node:assert/strict";
import { test } from "node:test";
import { readinessOf } from "../../../../src/adapters/kube/workloads/readiness.ts";
import type { JsonObject } from "../../../../src/domain/spec.ts";
import { aDeployment } from "./aDeployment.ts";

interface Case {
  readonly title: string;
  readonly status: JsonObject;
  readonly replicas?: number;
  readonly threshold?: number;
  readonly reason: string | undefined;
  readonly hasGivenUp?: boolean;
}

const counts = (replicas: number, updated: number, available: number): JsonObject => ({
  observedGeneration: 2,
  replicas,
  updatedReplicas: updated,
  availableReplicas: available,
});
const givenUp = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
const WAITING = "waiting for rollout to finish:";

const CASES: readonly Case[] = [
  { title: "all pods run it", status: counts(4, 4, 4), reason: undefined },
  { title: "no pods are wanted", replicas: 0, status: { observedGeneration: 2 }, reason: undefined },
  {
    title: "the newest generation was not seen yet",
    status: { ...counts(4, 4, 4), observedGeneration: 1, conditions: givenUp },
    reason: `${WAITING} observed deployment generation less than desired generation`,
  },
  {
    title: "nothing was seen yet",
    status: {},
    reason: `${WAITING} observed deployment generation less than desired generation`,
  },
  {
    title: "its own controller gave up",
    status: { ...counts(4, 4, 4), conditions: givenUp },
    reason: 'deployment "web" exceeded its progress deadline',
    hasGivenUp: true,
  },
  {
    title: "pods are to be replaced",
    status: counts(4, 1, 4),
    reason: `${WAITING} 1 out of 4 new replicas have been updated`,
  },
  {
    title: "old pods are still there",
    status: counts(6, 4, 4),
    reason: `${WAITING} 2 old replicas are pending termination`,
  },
  {
    title: "a pod is not available",
    status: counts(4, 4, 3),
    reason: `${WAITING} 3 of 4 (readyThreshold 100%) updated replicas are available`,
  },
  { title: "enough pods are available", threshold: 75, status: counts(4, 4, 3), reason: undefined },
  {
    title: "half of one pod is wanted and there is none",
    replicas: 1,
    threshold: 50,
    status: counts(1, 1, 0),
    reason: `${WAITING} 0 of 1 (readyThreshold 50%) updated replicas are available`,
  },
];

for (const { title, status, replicas = 4, threshold = 100, reason, hasGivenUp = false } of CASES) {
  test(`${reason === undefined ? "ready" : "not ready"}: ${title}`, () => {
    const seen = readinessOf(aDeployment({ spec: { replicas }, status }), threshold);
    assert.equal(seen.notReadyReason, reason);
    assert.equal(seen.isReady, reason === undefined);
    assert.equal(seen.hasGivenUp, hasGivenUp);
    assert.equal(seen.desiredPods, replicas);
  });
}

test("progress is the latest of what the conditions tell", () => {
  const conditions = [
    {
      type: "Available",
      status: "False",
      lastUpdateTime: "2026-01-01T00:09:00Z",
      lastTransitionTime: "2026-01-01T00:02:00Z",
    },
    {
      type: "Progressing",
      status: "True",
      lastUpdateTime: "2026-01-01T00:01:00Z",
      lastTransitionTime: "2026-01-01T00:08:00Z",
    },
  ];
  const seen = readinessOf(aDeployment({ status: { conditions } }), 100);
  assert.equal(seen.progressedAt, Date.UTC(2026, 0, 1, 0, 2));
  assert.equal(readinessOf(aDeployment(), 100).progressedAt, undefined);
});

test("a part of a pod is none", () => {
  assert.equal(readinessOf(aDeployment({ status: { availableReplicas: 0.9 } }), 100).availablePods, 0);
});

test("fewer pods than none are none", () => {
  const deployment = {
    ...aDeployment(),
    spec: { replicas: -3 },
    status: { observedGeneration: 2, availableReplicas: -1 },
  };
  const { desiredPods, availablePods } = readinessOf(deployment, 100);
  assert.deepEqual([desiredPods, availablePods], [0, 0]);
});
