import { type AutoscalingOptions, autoscalerController } from "./autoscaling/autoscalerController.ts";
import { daemonSetController } from "./daemonSet/daemonSetController.ts";
import { deploymentController } from "./deployment/deploymentController.ts";
import { endpointsController } from "./endpoints/endpointsController.ts";
import { GarbageCollector } from "./garbage/collector.ts";
import { namespaceController } from "./garbage/namespaces.ts";
import { replicaSetController } from "./replicaSet/replicaSetController.ts";
import { type Controller, makeWorld, type WorldOptions } from "./world.ts";

export interface WorkloadsOptions extends WorldOptions, AutoscalingOptions {}

export interface Workloads {
  /** Resolves once the caches are complete and the controllers run. */
  readonly ready: Promise<void>;
  /** Nothing is written after this resolves. */
  stop(): Promise<void>;
}

/** The controllers of a cluster's workloads, as clients of whatever API server stands behind the transport. */
export function startWorkloads(options: WorkloadsOptions): Workloads {
  const ending = new AbortController();
  const world = makeWorld(options, ending.signal);
  const collector = new GarbageCollector(world);
  const controllers: readonly Controller[] = [
    deploymentController(world),
    replicaSetController(world),
    daemonSetController(world),
    endpointsController(world),
    namespaceController(world, collector.inventory),
    autoscalerController(world, collector.inventory, options),
    collector,
  ];
  const caches = Object.values(world.kinds);
  const start = async (): Promise<void> => {
    await Promise.all(caches.map((cached) => cached.start()));
    if (!ending.signal.aborted) for (const controller of controllers) controller.start();
  };
  const stop = async (): Promise<void> => {
    ending.abort();
    for (const cached of caches) cached.stop();
    await Promise.all(controllers.map((controller) => controller.stop()));
  };
  return { ready: start(), stop };
}
