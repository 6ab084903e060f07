/** What becomes of a Deployment's pods, and what it says of itself meanwhile. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment } from "../../plane/manifests.ts";
import { conditionOf, type Json, reasonsOver, type Scene, type Seen, valuesOver } from "./scene.ts";

export type Open = (name: string) => Promise<Scene>;

/** A Deployment's manifest with parts of its spec replaced. */
function aDeployment(scene: Scene, options: Parameters<typeof deployment>[1], spec: Json = {}, name = "web"): Json {
  const made = deployment(name, { namespace: scene.namespace, image: "ghcr.example/web:1", ...options });
  return { ...made, spec: { ...made.spec, ...spec } };
}

const rolling = (maxSurge: number | string, maxUnavailable: number | string): Json => ({
  strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
});

const replicaSetName = async (scene: Scene, revision: string): Promise<string> => {
  const sets = await scene.list("replicaSets");
  const found = sets.find(({ metadata }) => metadata.annotations?.["deployment.kubernetes.io/revision"] === revision);
  assert.ok(found !== undefined, `there is a revision ${revision}`);
  return found.metadata.name;
};

/** Of all pods that the ReplicaSets ask for, at every moment that one could see. */
function totalsOver(scene: Scene): readonly number[] {
  const sizes = new Map<string, number>();
  return scene.history.flatMap(({ kind, type, object }) => {
    if (kind !== "replicaSets") return [];
    sizes.set(object.metadata.name, type === "DELETED" ? 0 : object.spec.replicas);
    return [...sizes.values()].reduce((total, size) => total + size, 0);
  });
}

const availableOver = (states: readonly Seen[]): readonly number[] =>
  states.map(({ status }) => status?.availableReplicas ?? 0);

export function deploymentScenes(open: Open): void {
  test("a new Deployment comes up, and says how", async () => {
    const scene = await open("new");
    await scene.create("deployments", aDeployment(scene, { replicas: 3, env: { START_SECONDS: 1 } }));
    const web = await scene.rolledOut("web");
    const states = scene.statesOf("deployments", "web");
    const progress = ["NewReplicaSetCreated", "ReplicaSetUpdated", "NewReplicaSetAvailable"];
    assert.deepEqual(reasonsOver(states, "Progressing"), progress);
    assert.deepEqual(reasonsOver(states, "Available"), ["MinimumReplicasUnavailable", "MinimumReplicasAvailable"]);
    const { conditions: _, terminatingReplicas: __, ...counts } = web.status ?? {};
    const all = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
    assert.deepEqual(counts, { observedGeneration: 1, ...all });
    assert.equal(web.metadata.annotations?.["deployment.kubernetes.io/revision"], "1");
    const [set] = await scene.list("replicaSets");
    assert.ok(set !== undefined);
    const { labels, annotations, ownerReferences } = set.metadata;
    const hash = labels?.["pod-template-hash"];
    assert.equal(set.metadata.name, `web-${hash}`);
    assert.deepEqual(labels, { app: "web", "pod-template-hash": hash });
    assert.deepEqual(annotations, {
      "deployment.kubernetes.io/desired-replicas": "3",
      "deployment.kubernetes.io/max-replicas": "4",
      "deployment.kubernetes.io/revision": "1",
    });
    assert.deepEqual(
      ownerReferences?.map(({ kind, name, controller, blockOwnerDeletion }) => [
        kind,
        name,
        controller,
        blockOwnerDeletion,
      ]),
      [["Deployment", "web", true, true]],
    );
    const { conditions: ___, terminatingReplicas: ____, ...setCounts } = set.status ?? {};
    assert.deepEqual(setCounts, {
      observedGeneration: 1,
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    const pods = await scene.list("pods");
    for (const pod of pods) {
      assert.match(pod.metadata.name, new RegExp(`^web-${hash}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
      assert.equal(pod.metadata.labels?.["pod-template-hash"], hash);
    }
    assert.equal(
      conditionOf(web, "Progressing")?.message,
      `ReplicaSet "${set.metadata.name}" has successfully progressed.`,
    );
    assert.equal(conditionOf(web, "Available")?.message, "Deployment has minimum availability.");
  });

  const updates: Record<string, { replicas: number; spec: Json; most: number; least: number }> = {
    "a quarter each way": { replicas: 4, spec: {}, most: 5, least: 3 },
    "one more at a time": { replicas: 3, spec: rolling(1, 0), most: 4, least: 3 },
    "one fewer at a time": { replicas: 3, spec: rolling(0, 1), most: 3, least: 2 },
    "percentages, up and down": { replicas: 5, spec: rolling("30%", "30%"), most: 7, least: 4 },
    "all at once": { replicas: 3, spec: rolling("100%", "100%"), most: 6, least: 0 },
    "nothing in percent is one pod missing": { replicas: 2, spec: rolling("0%", "30%"), most: 2, least: 1 },
  };
  for (const [index, [name, { replicas, spec, most, least }]] of Object.entries(updates).entries()) {
    test(`an update goes by surge and unavailability: ${name}`, async () => {
      const scene = await open(`update-${index}`);
      await scene.create("deployments", aDeployment(scene, { replicas }, spec));
      await scene.rolledOut("web");
      const from = scene.statesOf("deployments", "web").length;
      await scene.setImage("web", "ghcr.example/web:2");
      const web = await scene.rolledOut("web");
      assert.equal(Math.max(...totalsOver(scene)), most);
      const states = scene.statesOf("deployments", "web").slice(from);
      assert.ok(Math.min(...availableOver(states)) >= least, `available: ${availableOver(states)}`);
      const reasons = reasonsOver(states, "Progressing").filter(
        (reason, at) => at > 0 || reason !== "NewReplicaSetAvailable",
      );
      assert.deepEqual(reasons, ["NewReplicaSetCreated", "ReplicaSetUpdated", "NewReplicaSetAvailable"]);
      assert.deepEqual(await scene.sizes("web"), { 1: 0, 2: replicas });
      assert.equal(web.metadata.annotations?.["deployment.kubernetes.io/revision"], "2");
      assert.equal(
        (await scene.get("replicaSets", await replicaSetName(scene, "2"))).metadata.annotations?.[
          "deployment.kubernetes.io/max-replicas"
        ],
        String(most),
      );
    });
  }

  test("Recreate has no pods of two templates", async () => {
    const scene = await open("recreate");
    await scene.create("deployments", aDeployment(scene, { replicas: 2 }, { strategy: { type: "Recreate" } }));
    await scene.rolledOut("web");
    await scene.setImage("web", "ghcr.example/web:2");
    await scene.rolledOut("web");
    const images = new Map<string, string>();
    for (const { kind, type, object } of scene.history) {
      if (kind !== "pods") continue;
      const { containers } = object.spec as unknown as { readonly containers: readonly { readonly image: string }[] };
      if (type === "DELETED") images.delete(object.metadata.name);
      else images.set(object.metadata.name, containers[0]?.image ?? "");
      assert.ok(new Set(images.values()).size <= 1, [...images.values()].join(" "));
    }
    assert.deepEqual(await scene.sizes("web"), { 1: 0, 2: 2 });
  });

  test("going back uses the old ReplicaSet under a new number", async () => {
    const scene = await open("back");
    await scene.create("deployments", aDeployment(scene, { replicas: 1 }));
    await scene.rolledOut("web");
    const first = await replicaSetName(scene, "1");
    await scene.setImage("web", "ghcr.example/web:2");
    await scene.rolledOut("web");
    await scene.setImage("web", "ghcr.example/web:1");
    const web = await scene.rolledOut("web");
    assert.equal(await replicaSetName(scene, "3"), first);
    assert.deepEqual(await scene.sizes("web"), { 2: 0, 3: 1 });
    assert.equal(web.metadata.annotations?.["deployment.kubernetes.io/revision"], "3");
    const set = await scene.get("replicaSets", first);
    assert.equal(set.metadata.annotations?.["deployment.kubernetes.io/revision-history"], "1");
  });

  test("what is paused rolls nothing out, scales all the same, and goes on when resumed", async () => {
    const scene = await open("paused");
    await scene.create("deployments", aDeployment(scene, { replicas: 1 }));
    await scene.rolledOut("web");
    await scene.patch("deployments", "web", { spec: { paused: true } });
    const reason = async (): Promise<string | undefined> =>
      conditionOf(await scene.get("deployments", "web"), "Progressing")?.reason;
    await scene.until(
      "it says that it is paused",
      async () => (await reason()) === "DeploymentPaused" || (await reason()),
    );
    assert.equal(conditionOf(await scene.get("deployments", "web"), "Progressing")?.status, "Unknown");
    await scene.setImage("web", "ghcr.example/web:2");
    await scene.patch("deployments", "web", { spec: { replicas: 2 } });
    await scene.until(
      "it is scaled",
      async () => (await scene.get("deployments", "web")).status?.availableReplicas === 2,
    );
    assert.deepEqual(await scene.sizes("web"), { 1: 2 });
    const from = scene.statesOf("deployments", "web").length;
    await scene.patch("deployments", "web", { spec: { paused: false } });
    await scene.rolledOut("web");
    const reasons = reasonsOver(scene.statesOf("deployments", "web").slice(from), "Progressing");
    // Kubernetes' own controller writes NewReplicaSetCreated too, on an object that it has made old itself: a coin decides.
    const sure = reasons.filter((one) => one !== "DeploymentPaused" && one !== "NewReplicaSetCreated");
    assert.deepEqual(sure, ["DeploymentResumed", "ReplicaSetUpdated", "NewReplicaSetAvailable"]);
    assert.deepEqual(await scene.sizes("web"), { 1: 0, 2: 2 });
  });

  test("scaling while an update is stuck is shared out", async () => {
    const scene = await open("share");
    await scene.create("deployments", aDeployment(scene, { replicas: 10 }, rolling(3, 2)));
    await scene.rolledOut("web");
    await scene.setImage("web", "ghcr.example/missing:2");
    const sizes = (wanted: Json) => async () => {
      const seen = await scene.sizes("web");
      return JSON.stringify(seen) === JSON.stringify(wanted) || seen;
    };
    await scene.until("the update is stuck", sizes({ 1: 8, 2: 5 }));
    await scene.until(
      "the old pods are gone",
      async () => (await scene.get("deployments", "web")).status?.replicas === 13,
    );
    await scene.patch("deployments", "web", { spec: { replicas: 15 } });
    await scene.until("both have grown", sizes({ 1: 11, 2: 7 }));
    await scene.patch("deployments", "web", { spec: { replicas: 4 } });
    // To 4 and 3 by their shares, then down by the two that may be missing, and up by what that gives room for.
    await scene.until("both have shrunk", sizes({ 1: 2, 2: 4 }));
    const shares = scene.history.flatMap(({ kind, object }) => (kind === "replicaSets" ? object.spec.replicas : []));
    assert.ok(shares.includes(4), "the old one had its share first");
  });

  test("old ReplicaSets are kept as far as the history goes", async () => {
    const scene = await open("history");
    await scene.create("deployments", aDeployment(scene, { replicas: 1 }, { revisionHistoryLimit: 1 }));
    await scene.rolledOut("web");
    for (const tag of ["2", "3"]) {
      await scene.setImage("web", `ghcr.example/web:${tag}`);
      await scene.rolledOut("web");
    }
    await scene.until("the first is gone", async () => JSON.stringify(await scene.sizes("web")) === '{"2":0,"3":1}');
  });

  for (const [fate, options] of Object.entries({
    "an image that is missing": { image: "ghcr.example/missing:2" },
    "a crash loop": { env: { CRASH: 1 } },
  })) {
    test(`no progress within the deadline is told: ${fate}`, async () => {
      const scene = await open(`deadline-${fate.split(" ").at(-1)}`);
      await scene.create("deployments", aDeployment(scene, { progressDeadlineSeconds: 2, ...options }));
      await scene.until("the deadline has passed", async () => {
        const condition = conditionOf(await scene.get("deployments", "web"), "Progressing");
        return (condition?.status === "False" && condition.reason === "ProgressDeadlineExceeded") || condition;
      });
      const web = await scene.get("deployments", "web");
      const set = await replicaSetName(scene, "1");
      assert.equal(conditionOf(web, "Progressing")?.message, `ReplicaSet "${set}" has timed out progressing.`);
      const updated = scene.statesOf("deployments", "web").flatMap((state) => conditionOf(state, "Progressing") ?? []);
      const times = updated.map(({ lastUpdateTime }) => Date.parse(lastUpdateTime));
      assert.ok(Math.max(...times) - Math.min(...times) >= 2000);
      const counts = valuesOver([web], ({ status }) => status?.["unavailableReplicas"]);
      assert.deepEqual(counts, [1]);
      // Another template gets another chance.
      await scene.patch("deployments", "web", aDeployment(scene, { progressDeadlineSeconds: 2 }), "merge");
      await scene.rolledOut("web");
    });
  }

  test("a pod counts once it was ready for long enough", async () => {
    const scene = await open("minready");
    await scene.create("deployments", aDeployment(scene, { replicas: 1, minReadySeconds: 2 }));
    await scene.rolledOut("web");
    const states = scene.statesOf("deployments", "web");
    const counts = valuesOver(states, ({ status }) => [
      Number(status?.["readyReplicas"] ?? 0),
      status?.availableReplicas ?? 0,
    ]);
    assert.deepEqual(counts, [
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
  });

  test("losing pods later is news of availability, not of progress", async () => {
    const scene = await open("lost");
    await scene.create("deployments", aDeployment(scene, { replicas: 2 }));
    const before = conditionOf(await scene.rolledOut("web"), "Progressing");
    await scene.cluster.setReady(`${scene.namespace}/web`, "unready");
    const availability = async () => {
      const { status, reason } = conditionOf(await scene.get("deployments", "web"), "Available") ?? {};
      return `${status} ${reason}`;
    };
    await scene.until("it says so", async () => (await availability()) === "False MinimumReplicasUnavailable");
    const web = await scene.get("deployments", "web");
    assert.equal(conditionOf(web, "Available")?.message, "Deployment does not have minimum availability.");
    assert.deepEqual(conditionOf(web, "Progressing"), before);
    await scene.cluster.setReady(`${scene.namespace}/web`, "ready");
    await scene.until("it is well again", async () => (await availability()) === "True MinimumReplicasAvailable");
  });

  test("the cheapest pod goes first", async () => {
    const scene = await open("cheap");
    await scene.create("deployments", aDeployment(scene, { replicas: 3 }));
    await scene.rolledOut("web");
    const [, cheap] = await scene.list("pods");
    assert.ok(cheap !== undefined);
    const annotations = { "controller.kubernetes.io/pod-deletion-cost": "-10" };
    await scene.patch("pods", cheap.metadata.name, { metadata: { annotations } });
    await scene.patch("deployments", "web", { spec: { replicas: 2 } });
    await scene.until("it is gone", async () => (await scene.find("pods", cheap.metadata.name)) === undefined);
    await scene.until("two are left", async () => (await scene.list("pods")).length === 2);
  });

  test("scaled to nothing and back", async () => {
    const scene = await open("zero");
    await scene.create("deployments", aDeployment(scene, { replicas: 2 }));
    await scene.rolledOut("web");
    await scene.patch("deployments", "web", { spec: { replicas: 0 } });
    const { status } = await scene.rolledOut("web");
    assert.deepEqual(
      Object.keys(status ?? {})
        .filter((field) => field !== "terminatingReplicas")
        .sort(),
      ["conditions", "observedGeneration"],
    );
    await scene.until("no pods are left", async () => (await scene.list("pods")).length === 0);
    await scene.patch("deployments", "web", { spec: { replicas: 1 } });
    await scene.rolledOut("web");
    assert.deepEqual(await scene.sizes("web"), { 1: 1 });
  });

  test("a pod that matches and is nobody's is adopted, and one that matches no more is let go", async () => {
    const scene = await open("adopt");
    await scene.create("deployments", aDeployment(scene, { replicas: 2 }));
    await scene.rolledOut("web");
    const [first] = await scene.list("pods");
    assert.ok(first !== undefined);
    await scene.patch("pods", first.metadata.name, { metadata: { labels: { app: "other" } } });
    await scene.until(
      "it has no owner",
      async () => (await scene.get("pods", first.metadata.name)).metadata.ownerReferences === undefined,
    );
    await scene.until("another took its place", async () => (await scene.list("pods", "app=web")).length === 2);
    await scene.patch("pods", first.metadata.name, { metadata: { labels: { app: "web" } } });
    await scene.until("one of the three went", async () => {
      const pods = await scene.list("pods");
      return pods.length === 2 && pods.every(({ metadata }) => metadata.ownerReferences?.[0]?.kind === "ReplicaSet");
    });
  });
}
