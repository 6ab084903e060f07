/** What a scene needs of a cluster, whichever it is. */
import type { Transport } from "../../../src/runtime/transport.ts";

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WorkloadCluster {
  /** With all rights. */
  readonly transport: Transport;
  /** Undefined where the cluster cannot be reached over HTTP. */
  readonly kubectl: ((...args: readonly string[]) => Promise<Output>) | undefined;
  /** Make all running pods of a workload, `namespace/name`, ready or not. */
  setReady(workload: `${string}/${string}`, readiness: "ready" | "unready"): Promise<void>;
  /** All pods of a workload use so much from now on; undefined where nobody measures pods. */
  readonly useCpu?: (workload: `${string}/${string}`, cpu: string) => Promise<void>;
  stop(): Promise<void>;
}

/** How often its autoscalers look, so that nobody waits for the 15 s of real clusters. */
export const AUTOSCALER_SECONDS = 1;

export type MakeCluster = () => Promise<WorkloadCluster>;
