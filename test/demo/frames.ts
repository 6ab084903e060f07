/** A frame of the demo in the middle of a bad release, with what matters laid over it. */
import type { Frame, Rollout } from "../../src/playground/show/view.ts";

const now = 100_000;

export function frameOf(own: Partial<Frame>): Frame {
  return {
    kind: "frame",
    now,
    beganAt: 40_000,
    where: "on a real Kubernetes, Istio and Envoy",
    act: "2 of 2: a bad release",
    primary: { version: "1.0.0", readyPods: 2, wantedPods: 2, weight: 90 },
    canary: { version: "2.0.0", readyPods: 1, wantedPods: 2, weight: 10 },
    clients: {
      windowSeconds: 3,
      versions: [
        { version: "1.0.0", perSecond: 45, successPercent: 100 },
        { version: "2.0.0", perSecond: 5, successPercent: 70 },
      ],
      sent: 1234,
      lost: 0,
    },
    rollout: rolloutOf({}),
    said: [{ at: 50_000, text: "Advance podinfo.test canary weight 10", isWarning: false }],
    ...own,
  };
}

export function rolloutOf(own: Partial<Rollout>): Rollout {
  const metric = { name: "request-success-rate", value: 70.123, bound: ">= 99%", verdict: "fail" };
  return {
    phase: "Progressing",
    stage: "Baking",
    step: 0,
    steps: 3,
    failedChecks: 1,
    threshold: 2,
    isSuspended: false,
    checkAt: now + 2500,
    stageSince: 90_000,
    metrics: [{ ...metric, message: "success rate 70.12% < 99%", at: now - 2000 }],
    message: "success rate 70.12% < 99%",
    ...own,
  };
}
