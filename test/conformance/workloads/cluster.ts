/** What a scene needs of a cluster, whichever it is. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Transport } from "../../../src/runtime/transport.ts";

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The time of a cluster, as whoever waits for something in it has it. */
export interface SceneTime {
  /** Milliseconds since some fixed moment. */
  monotonic(): number;
  /** Let so much time go by: a real cluster's goes by itself, one that stands still is moved. */
  pass(millis: number): Promise<void>;
}

/** Of a cluster that runs by itself. */
export const REAL_TIME: SceneTime = { monotonic: () => performance.now(), pass: (millis) => sleep(millis) };

export interface WorkloadCluster {
  /** With all rights. */
  readonly transport: Transport;
  /** Undefined where the cluster cannot be reached over HTTP. */
  readonly kubectl: ((...args: readonly string[]) => Promise<Output>) | undefined;
  /** Make all running pods of a workload, `namespace/name`, ready or not. */
  setReady(workload: `${string}/${string}`, readiness: "ready" | "unready"): Promise<void>;
  /** All pods of a workload use so much from now on; undefined where nobody measures pods. */
  readonly useCpu?: (workload: `${string}/${string}`, cpu: string) => Promise<void>;
  readonly time: SceneTime;
  stop(): Promise<void>;
}

/** How often its autoscalers look, so that nobody waits for the 15 s of real clusters. */
export const AUTOSCALER_SECONDS = 1;

export type MakeCluster = () => Promise<WorkloadCluster>;
