import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Behaviour, behaviourOf, parseAnnotation, refusedIn } from "../../../src/simulator/pods/behaviour.ts";
import type { PodObject } from "../../../src/simulator/pods/podObject.ts";

const pod = (image: string, env: Record<string, string> = {}, probe = 0): PodObject => ({
  metadata: { name: "web-1" },
  spec: {
    containers: [
      {
        name: "app",
        image,
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
        readinessProbe: { initialDelaySeconds: probe },
      },
    ],
  },
});

const of = (image: string, env: Record<string, string> = {}, probe = 0): Behaviour =>
  behaviourOf(pod(image, env, probe));

const plain: Behaviour = {
  version: "1.0.0",
  startSeconds: 0,
  errorPercent: 0,
  latencyMillis: 0,
  fate: "serves",
  shutdown: "abrupt",
  shutdownSeconds: 2,
  ready: true,
  cpuMillicores: 1,
};

describe("what a pod does", () => {
  const cases: Readonly<Record<string, readonly [Behaviour, Partial<Behaviour>]>> = {
    "is to serve": [of("ghcr.example:5000/web:1.0.0@sha256:00"), {}],
    "is said by words of the tag": [
      of("web:2-errors30-latency200-start5-graceful3"),
      {
        version: "2-errors30-latency200-start5-graceful3",
        errorPercent: 30,
        latencyMillis: 200,
        startSeconds: 5,
        shutdown: "graceful",
        shutdownSeconds: 3,
      },
    ],
    "is not said by other words of the tag": [of("web:1.0.0-alpine-rc1"), { version: "1.0.0-alpine-rc1" }],
    "is said by the environment before the tag": [
      of("web:1-errors30", { ERROR_PERCENT: "5", VERSION: "1.0.0" }),
      { errorPercent: 5 },
    ],
    "is delayed by the probe": [of("web:1.0.0", {}, 7), { startSeconds: 7 }],
    "is nothing without an image": [of("missing:1.0.0", { CRASH: "1" }), { fate: "image missing" }],
    "is not said by what is no number of its kind": [
      of("web:1.0.0", { ERROR_PERCENT: "30%", LATENCY_MILLIS: "-5", START_SECONDS: "", SHUTDOWN_SECONDS: "two" }),
      {},
    ],
    "is to use cpu": [of("web:1.0.0", { CPU_MILLICORES: "80" }), { cpuMillicores: 80 }],
    "is to use cpu by the tag": [of("web:1-cpu80"), { version: "1-cpu80", cpuMillicores: 80 }],
    "is to crash": [of("web:1.0.0", { CRASH: "1" }), { fate: "crashes" }],
    "has the version latest without a tag": [of("web"), { version: "latest" }],
  };
  for (const [name, [got, want]] of Object.entries(cases)) it(name, () => assert.deepEqual(got, { ...plain, ...want }));

  it("is changed by an annotation, whose other words are told", () => {
    assert.deepEqual(parseAnnotation("errors=30%, latency=1.5s start=500ms,ready=false"), {
      changes: { errorPercent: 30, latencyMillis: 1500, startSeconds: 0.5, ready: false },
      unknown: [],
    });
    assert.deepEqual(parseAnnotation("crash,shutdown=graceful,version=3").changes, {
      fate: "crashes",
      shutdown: "graceful",
      version: "3",
    });
    assert.deepEqual(parseAnnotation("errors=130%,nonsense=1,latency=fast").unknown, [
      "errors=130%",
      "nonsense=1",
      "latency=fast",
    ]);
    assert.deepEqual(parseAnnotation("errors=30abc,ready=perhaps,crash=no,latency=-1,version=").changes, {});
    assert.deepEqual(parseAnnotation("cpu=80m").changes, { cpuMillicores: 80 });
    assert.deepEqual(parseAnnotation("cpu=8Gi").unknown, ["cpu=8Gi"]);
    assert.deepEqual(parseAnnotation(undefined), { changes: {}, unknown: [] });
  });

  it("is told where the manifest says it in vain", () => {
    const env = { ERROR_PERCENT: "130", CRASH: "yes", SHUTDOWN: "slowly", VERSION: "2", OTHER: "text" };
    assert.deepEqual(refusedIn(pod("web:1.0.0-alpine-errors130-latency200", env)), [
      'the image\'s tag: "errors130" has no amount that can be used',
      'the environment: "ERROR_PERCENT=130" has no value that can be used',
      'the environment: "CRASH=yes" has no value that can be used',
      'the environment: "SHUTDOWN=slowly" has no value that can be used',
    ]);
    assert.deepEqual(refusedIn(pod("web:1.0.0-rc1", { CRASH: "0", ERROR_PERCENT: "5" })), []);
  });
});
