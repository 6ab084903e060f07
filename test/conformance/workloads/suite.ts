/** Scenes that every cluster plays alike: a real one with its own controllers, and ours. */
import { after, afterEach, before, describe } from "node:test";
import { autoscalerScenes } from "./autoscalers.ts";
import type { MakeCluster, WorkloadCluster } from "./cluster.ts";
import { deploymentScenes } from "./deployments.ts";
import { endpointScenes } from "./endpoints.ts";
import { garbageScenes } from "./garbage.ts";
import { kubectlScenes } from "./kubectl.ts";
import { otherScenes } from "./others.ts";
import { Scene } from "./scene.ts";

export function workloadSuite(name: string, makeCluster: MakeCluster): void {
  describe(`workloads: ${name}`, () => {
    let cluster: WorkloadCluster | undefined;
    const scenes: Scene[] = [];
    before(async () => {
      cluster = await makeCluster();
    });
    after(() => cluster?.stop());
    afterEach(() => {
      for (const scene of scenes.splice(0)) scene.close();
    });
    const open = async (scene: string): Promise<Scene> => {
      if (cluster === undefined) throw new Error("there is no cluster");
      const opened = await Scene.open(cluster, `scene-${scene}`);
      scenes.push(opened);
      return opened;
    };
    deploymentScenes(open);
    endpointScenes(open);
    garbageScenes(open);
    otherScenes(open);
    autoscalerScenes(open);
    kubectlScenes(open);
  });
}
