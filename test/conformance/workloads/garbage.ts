/** What goes when its owner goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment, service } from "../../plane/manifests.ts";
import type { Open } from "./deployments.ts";
import type { Scene } from "./scene.ts";

async function counts(scene: Scene): Promise<string> {
  const sets = await scene.list("replicaSets");
  const pods = await scene.list("pods");
  return `${sets.length} ${pods.length}`;
}

async function aWeb(scene: Scene): Promise<void> {
  await scene.create("deployments", deployment("web", { namespace: scene.namespace, replicas: 2 }));
  await scene.rolledOut("web");
}

export function garbageScenes(open: Open): void {
  test("in the background, the owner goes first", async () => {
    const scene = await open("background");
    await aWeb(scene);
    await scene.delete("deployments", "web", "Background");
    assert.equal(await scene.find("deployments", "web"), undefined);
    await scene.until("all is gone", async () => (await counts(scene)) === "0 0");
  });

  test("in the foreground, the owner goes last", async () => {
    const scene = await open("foreground");
    await aWeb(scene);
    await scene.delete("deployments", "web", "Foreground");
    await scene.until("it is gone", async () => (await scene.find("deployments", "web")) === undefined);
    assert.equal(await counts(scene), "0 0");
    const last = scene.statesOf("deployments", "web").at(-1);
    assert.ok(last?.metadata.deletionTimestamp !== undefined);
    assert.ok(
      scene.statesOf("deployments", "web").some(({ metadata }) => metadata.finalizers?.includes("foregroundDeletion")),
    );
  });

  test("what is orphaned stays, and is adopted by the next", async () => {
    const scene = await open("orphan");
    await aWeb(scene);
    const [set] = await scene.list("replicaSets");
    await scene.delete("deployments", "web", "Orphan");
    await scene.until("it is gone", async () => (await scene.find("deployments", "web")) === undefined);
    const [left] = await scene.list("replicaSets");
    assert.equal(left?.metadata.name, set?.metadata.name);
    assert.equal(left?.metadata.ownerReferences, undefined);
    assert.equal(await counts(scene), "1 2");
    await aWeb(scene);
    assert.equal(await counts(scene), "1 2");
    const [again] = await scene.list("replicaSets");
    assert.equal(again?.metadata.ownerReferences?.[0]?.name, "web");
  });

  test("an owner that never was is as good as gone, and one of several is enough", async () => {
    const scene = await open("absent");
    const account = await scene.get("serviceAccounts", "default");
    const owner = (name: string, uid: string) => ({ apiVersion: "v1", kind: "ServiceAccount", name, uid });
    const ghost = owner("ghost", "00000000-0000-4000-8000-000000000000");
    const real = owner("default", account.metadata.uid ?? "");
    await scene.create("services", { ...service("lost"), metadata: { name: "lost", ownerReferences: [ghost] } });
    await scene.create("services", { ...service("kept"), metadata: { name: "kept", ownerReferences: [ghost, real] } });
    await scene.until(
      "the one without an owner is gone",
      async () => (await scene.find("services", "lost")) === undefined,
    );
    await scene.until("the other has forgotten the absent one", async () => {
      const { ownerReferences } = (await scene.get("services", "kept")).metadata;
      return ownerReferences?.map(({ name }) => name).join() === "default" || ownerReferences;
    });
  });

  test("a namespace is emptied, and then it goes", async () => {
    const scene = await open("emptied");
    await aWeb(scene);
    await scene.create("services", service("web", { namespace: scene.namespace }));
    const path = `/api/v1/namespaces/${scene.namespace}`;
    await scene.send("DELETE", path);
    await scene.until("it is gone", async () => {
      const { status, body } = await scene.cluster.transport.request({ method: "GET", path, timeoutMillis: 5000 });
      return status === 404 || body;
    });
    assert.equal((await scene.list("services")).length, 0);
    assert.equal(await counts(scene), "0 0");
  });

  test("an account that is taken away comes back", async () => {
    const scene = await open("account");
    const { uid } = (await scene.get("serviceAccounts", "default")).metadata;
    await scene.delete("serviceAccounts", "default");
    await scene.until(
      "there is another",
      async () => ![undefined, uid].includes((await scene.find("serviceAccounts", "default"))?.metadata.uid),
    );
  });
}
