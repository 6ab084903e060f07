/** DaemonSets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { daemonSet } from "../../plane/manifests.ts";
import type { Open } from "./deployments.ts";

export function otherScenes(open: Open): void {
  test("a DaemonSet has one pod a node, updates it, and has none where no node is selected", async () => {
    const scene = await open("daemons");
    await scene.create("daemonSets", daemonSet("agent", { namespace: scene.namespace, image: "ghcr.example/agent:1" }));
    const counts = async (): Promise<string> => {
      const { status = {}, metadata } = await scene.get("daemonSets", "agent");
      const {
        desiredNumberScheduled: desired,
        currentNumberScheduled: current,
        updatedNumberScheduled: updated,
      } = status;
      if (status["observedGeneration"] !== metadata.generation) return "old";
      return [desired, current, updated ?? 0, status["numberReady"], status["numberAvailable"] ?? 0].join(" ");
    };
    const become = (wanted: string): Promise<void> =>
      scene.until(`its counts are ${wanted}`, async () => {
        const seen = await counts();
        return seen === wanted || seen;
      });
    await become("1 1 1 1 1");
    const [pod] = await scene.list("pods");
    assert.match(pod?.metadata.name ?? "", /^agent-\w{5}$/);
    assert.equal(pod?.metadata.ownerReferences?.[0]?.kind, "DaemonSet");
    const spec = { template: { spec: { containers: [{ name: "app", image: "ghcr.example/agent:2" }] } } };
    await scene.patch("daemonSets", "agent", { spec }, "strategic");
    await become("1 1 1 1 1");
    await scene.until("there is one, of the new image", async () => {
      const pods = await scene.list("pods");
      return pods.length === 1 && pods[0]?.metadata.uid !== pod?.metadata.uid;
    });
    await scene.patch("daemonSets", "agent", { spec: { template: { spec: { nodeSelector: { nowhere: "true" } } } } });
    await become("0 0 0 0 0");
    await scene.until("it is gone", async () => (await scene.list("pods")).length === 0);
  });
}
