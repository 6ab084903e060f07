/**
 * The one seam to a Kubernetes API server: a request and a watch, on raw JSON.
 *
 * Behind it stands client-node's configuration and TLS in production, and a world in memory in the simulator and the
 * playground. Everything that talks to the cluster (reflectors, apply, events, lease) runs unchanged on any of them.
 */
export interface Transport {
  /**
   * Send one request and answer with whatever status the server gave, also when it is not 2xx.
   * Rejects with `TransportError` when no answer came: connection refused or reset, deadline passed, aborted.
   */
  request(request: TransportRequest): Promise<TransportResponse>;
  /**
   * Open one watch. Yields events in the server's order and ends when the server ends the stream.
   * Throws `WatchRefusedError` when the server answers with a status other than 200, `TransportError` when the
   * connection breaks, is silent for longer than `idleTimeoutMillis`, or carries something that is not an event.
   */
  watch(request: WatchRequest): AsyncIterable<WatchEvent>;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface TransportRequest {
  readonly method: Method;
  /** Absolute path with encoded segments, for example `/apis/apps/v1/namespaces/shop/deployments/web`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON value. Serialised as it is: no field is dropped. */
  readonly body?: unknown;
  /** Defaults to `application/json`. */
  readonly contentType?: string;
  /** Defaults to `application/json`. */
  readonly accept?: string;
  /** Every call has a deadline. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal;
}

export interface TransportResponse {
  readonly status: number;
  /** Parsed JSON, or the text where the body was not JSON. */
  readonly body: unknown;
  readonly retryAfterSeconds?: number;
}

export interface WatchRequest {
  readonly path: string;
  /** Without `watch=1`, which the transport adds. */
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly idleTimeoutMillis: number;
  readonly signal?: AbortSignal;
}

export type WatchEventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";

export interface WatchEvent {
  readonly type: WatchEventType;
  /** The object, or a `Status` where the type is ERROR. */
  readonly object: KubeObject;
}

/** Any Kubernetes object, as the server sent it. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly [field: string]: unknown;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** No answer came: the network, the deadline or an abort. Whether a write took effect is not known. */
export class TransportError extends Error {
  override readonly name = "TransportError";
}

/** The server refused to open a watch, for example with 403, 410 or 429. */
export class WatchRefusedError extends Error {
  override readonly name = "WatchRefusedError";
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, status: number, retryAfterSeconds?: number) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
