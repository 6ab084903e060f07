/** What kubectl's `rollout` does, by what it prints and by what comes of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment } from "../../plane/manifests.ts";
import type { Open } from "./deployments.ts";

export function kubectlScenes(open: Open): void {
  test("kubectl rollout: status, history, undo, pause, resume, restart", async (context) => {
    const scene = await open("kubectl");
    const { kubectl } = scene.cluster;
    if (kubectl === undefined) return context.skip("there is no kubectl on this machine");
    const rollout = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await kubectl("-n", scene.namespace, "rollout", ...args);
      assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
      return stdout;
    };
    await scene.create("deployments", deployment("web", { namespace: scene.namespace, replicas: 2 }));
    assert.match(await rollout("status", "deployment/web", "--timeout=20s"), /successfully rolled out/);
    await scene.setImage("web", "ghcr.example/web:2.0.0");
    assert.match(await rollout("status", "deployment/web", "--timeout=20s"), /successfully rolled out/);
    assert.match(await rollout("history", "deployment/web"), /1 +<none>\n2 +<none>/);
    assert.match(await rollout("undo", "deployment/web"), /rolled back/);
    await rollout("status", "deployment/web", "--timeout=20s");
    assert.deepEqual(await scene.sizes("web"), { 2: 0, 3: 2 });
    assert.match(await rollout("pause", "deployment/web"), /paused/);
    assert.match(await rollout("restart", "deployment/web").catch(({ message }: Error) => message), /paused/);
    assert.match(await rollout("resume", "deployment/web"), /resumed/);
    assert.match(await rollout("restart", "deployment/web"), /restarted/);
    await rollout("status", "deployment/web", "--timeout=20s");
    assert.deepEqual(await scene.sizes("web"), { 2: 0, 3: 0, 4: 2 });
  });

  test("kubectl rollout status says that the deadline has passed", async (context) => {
    const scene = await open("kubectl-deadline");
    const { kubectl } = scene.cluster;
    if (kubectl === undefined) return context.skip("there is no kubectl on this machine");
    const options = { namespace: scene.namespace, image: "ghcr.example/missing:1", progressDeadlineSeconds: 2 };
    await scene.create("deployments", deployment("web", options));
    const { code, stderr } = await kubectl(
      "-n",
      scene.namespace,
      "rollout",
      "status",
      "deployment/web",
      "--timeout=20s",
    );
    assert.equal(code, 1);
    assert.match(stderr, /deployment "web" exceeded its progress deadline/);
  });
}
