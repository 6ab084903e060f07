/** Traffic to pods that a cluster's own controllers and node look after. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silentLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { transportTo } from "../../../src/simulator/api/transport.ts";
import type { PodObject } from "../../../src/simulator/pods/podObject.ts";
import { nodeBehaviourOf, profileInManifest } from "../../../src/simulator/traffic/profile.ts";
import { fakeNode } from "../../../src/simulator/workloads/node/fakeNode.ts";
import { startWorkloads } from "../../../src/simulator/workloads/startWorkloads.ts";
import { type Count, NAMESPACE, Rig, type RigOptions } from "./rig.ts";

type Env = Readonly<Record<string, string | number>>;

interface Scene {
  readonly rig: Rig;
  /** The Deployment's next revision. */
  readonly release: (tag: string, env: Env) => void;
  readonly readyEndpoints: () => number;
}

function deployment(replicas: number, tag: string, env: Env): object {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value: String(value) }));
  const labels = { app: "web" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: "app", image: `images.example/web:${tag}`, env: variables }] },
      },
    },
  };
}

/** A Deployment that runs, and traffic to it; ended after the test. */
async function withScene(
  { replicas, env, rule, options }: { replicas: number; env: Env; rule: object; options?: RigOptions },
  play: (scene: Scene) => Promise<void>,
): Promise<void> {
  const rig = new Rig();
  const shared = { clock: rig.clock, random: seededRandom(2), log: silentLog() };
  const behaviourOf = (pod: object) => nodeBehaviourOf(profileInManifest(pod as PodObject));
  const node = fakeNode({ ...shared, transport: transportTo(rig.api, "kubelet"), behaviourOf });
  const workloads = startWorkloads({ ...shared, transport: transportTo(rig.api, "controllers") });
  await rig.clock.advance(100);
  rig.service("web");
  rig.apply(deployment(replicas, "1.0.0", env));
  rig.route({ web: 100 }, rule);
  await rig.clock.advance(30_000);
  const traffic = rig.begin({ keeper: node, lagMillisOf: () => 300, ...options });
  await play({
    rig,
    release: (tag, more) => rig.apply(deployment(replicas, tag, more)),
    readyEndpoints: () =>
      rig.api
        .all("discovery.k8s.io/endpointslices")
        .flatMap((slice) => slice["endpoints"] as readonly { readonly conditions: { readonly ready: boolean } }[])
        .filter(({ conditions }) => conditions.ready).length,
  });
  traffic.stop();
  node.stop();
  await workloads.stop();
}

async function rolled(replicas: number, env: Env, rule: object): Promise<Count> {
  let count: Count | undefined;
  await withScene({ replicas, env, rule }, async ({ rig, release }) => {
    await rig.pass(5);
    release("2.0.0", { ...env, ROUND: 2 });
    count = await rig.pass(60);
    assert.deepEqual(
      [...new Set(rig.batches.slice(-3).map(({ version }) => version))],
      ["2.0.0"],
      "the new version has taken over",
    );
  });
  assert.ok(count !== undefined);
  return count;
}

describe("a Deployment that rolls", () => {
  const NO_RETRIES = { retries: { attempts: 0 } };

  it("loses what proxies send to pods that ended before they heard", async () => {
    const { lost, total } = await rolled(1, { START_SECONDS: 2 }, NO_RETRIES);
    // 300 requests a second for the 300 ms of the proxies' lag, and what the endpoints controller takes.
    assert.ok(lost > 50 && lost < 150, `${lost} of ${total}`);
  });

  it("loses nothing where pods serve on for longer than proxies lag", async () => {
    const { lost } = await rolled(1, { START_SECONDS: 2, SHUTDOWN: "graceful", SHUTDOWN_SECONDS: 3 }, NO_RETRIES);
    assert.equal(lost, 0);
  });

  it("loses nothing where the mesh tries again and another pod lives", async () => {
    const { lost } = await rolled(3, { START_SECONDS: 2 }, {});
    assert.equal(lost, 0);
  });
});

describe("a container that crashes", () => {
  it("leaves the endpoints once its node has noticed, and comes back", async () => {
    const env = { CRASH_AFTER_SECONDS: 60 };
    await withScene({ replicas: 1, env, rule: {} }, async ({ rig, readyEndpoints }) => {
      assert.equal(readyEndpoints(), 1);
      // It was started up to 30 s ago.
      const { why } = await rig.pass(33);
      const reasons = Object.keys(why);
      assert.ok(
        reasons.some((reason) => reason.includes("remote connection failure")),
        `${reasons}`,
      );
      await rig.pass(5);
      const { total, answered } = await rig.pass(20);
      assert.equal(answered, total);
      assert.equal(readyEndpoints(), 1);
    });
  });
});

describe("a pod's load", () => {
  it("is measured over some seconds, and is nobody's before that", async () => {
    await withScene({ replicas: 2, env: {}, rule: {} }, async ({ rig }) => {
      const traffic = rig.begin();
      const pods = rig.api.all("/pods");
      await rig.pass(20);
      const loads = pods.map((pod) => traffic.loadOf(pod));
      await rig.pass(20);
      const later = pods.map((pod) => traffic.loadOf(pod) ?? 0);
      traffic.stop();
      assert.equal(loads.length, 2);
      for (const load of later) assert.ok(Math.abs(load - 150) < 20, `${later}`);
    });
  });
});
