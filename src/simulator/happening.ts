import type { KubeObject } from "../runtime/transport.ts";

/** What the parts of a simulated world tell those who watch it: laws, traces, reports. Times are milliseconds since the epoch. */

/** A write that took effect at the API server, whatever its client was told. */
export interface WriteSeen {
  readonly atMillis: number;
  /** Who wrote, as the transport named it: a replica, the node, a workload controller, a person. */
  readonly user: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** Undefined: it was created by this. */
  readonly before: KubeObject | undefined;
  /** Undefined: it is gone by this. */
  readonly after: KubeObject | undefined;
}

/** Requests that clients sent to one host in a stretch of time, that went through one proxy and ended alike. */
export interface RequestBatch {
  readonly fromMillis: number;
  readonly toMillis: number;
  /** The apex Service, as `namespace/name`. */
  readonly service: string;
  readonly proxy: number;
  /** The workload that answered, as `namespace/name`; undefined where nobody did. */
  readonly workload: string | undefined;
  /** The image tag of the pods that answered. */
  readonly version: string | undefined;
  readonly count: number;
  /** `lost`: no pod answered, which a rollout must never cause. `failed`: a pod answered with an error of its own. */
  readonly outcome: "answered" | "failed" | "lost";
  /** Why they are lost, in the proxy's words. */
  readonly why: string | undefined;
}

/** What a replica asked of the API server or of the metrics server, as it arrived there: whatever it led to, but no watch. */
export interface RequestSeen {
  readonly atMillis: number;
  readonly user: string;
  /** For example "GET /apis/apps/v1/deployments". */
  readonly what: string;
}

/** Who watches a world. Called at once, in the order in which things happen; must not write. */
export interface Watcher {
  wrote?(write: WriteSeen): void;
  served?(batch: RequestBatch): void;
  asked?(request: RequestSeen): void;
}
