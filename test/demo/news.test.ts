import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { news } from "../../src/playground/show/news.ts";
import { frameOf, rolloutOf } from "./frames.ts";

describe("the demo without a terminal", () => {
  test("tells nothing where nothing changed but the time and the rates", () => {
    const before = frameOf({});
    const clients = { windowSeconds: 3, versions: [], sent: 2000, lost: 0 };
    assert.deepEqual(news(before, frameOf({ now: 200_000, clients })), []);
  });

  test("tells each part that is started once", () => {
    const starting = (...parts: readonly string[]) =>
      ({ kind: "starting", where: "here", now: 0, beganAt: 0, parts }) as const;
    assert.deepEqual(news(undefined, starting("etcd")), ["starting etcd"]);
    assert.deepEqual(news(starting("etcd"), starting("etcd", "istiod")), ["starting istiod"]);
  });

  test("tells a change of the weights, and what clients saw before it", () => {
    const after = frameOf({ canary: { version: "2.0.0", readyPods: 2, wantedPods: 2, weight: 50 } });
    assert.deepEqual(news(frameOf({}), after), [
      "clients  1.0.0 45.0/s, 100.0 % success; 2.0.0 5.0/s, 70.0 % success (last 3 s); lost 0 of 1234",
      "weights  primary 90 %, canary 50 %",
    ]);
  });

  test("tells a loss", () => {
    const after = frameOf({ clients: { windowSeconds: 3, versions: [], sent: 1300, lost: 2 } });
    assert.deepEqual(news(frameOf({}), after), ["LOST     2 of 1300 requests"]);
  });

  test("tells Events, measurements and the phase with its sentence when they are new", () => {
    const before = frameOf({});
    const again = { at: 60_000, text: "Halt podinfo.test advancement", isWarning: true };
    const metrics = before.rollout.metrics.map((metric) => ({ ...metric, at: metric.at + 1, value: undefined }));
    const rollout = rolloutOf({ metrics, stage: "Retreating", step: undefined, message: "failed checks" });
    assert.deepEqual(news(before, frameOf({ said: [...before.said, again], rollout })), [
      "event    Halt podinfo.test advancement",
      "metric   request-success-rate not measurable (>= 99%): fail",
      "phase    Progressing, Retreating: failed checks",
    ]);
  });
});
