import type { KubeObject, Method, Transport } from "../../runtime/transport.ts";
import { textAt } from "../api/json.ts";
import { collectionPath, type Kind } from "./kinds.ts";

/** The API server said no. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;
  readonly reason: string;
  /** The server's own. */
  readonly words: string;
  constructor(
    request: string,
    words: string,
    { status, reason }: { readonly status: number; readonly reason: string },
  ) {
    super(`${request}: ${words}`);
    this.words = words;
    this.status = status;
    this.reason = reason;
  }
}

export interface DeleteOptions {
  readonly propagationPolicy?: "Background" | "Foreground" | "Orphan";
  readonly gracePeriodSeconds?: number;
}

/** What a write names: an object's place. */
export interface Place {
  readonly namespace?: string | undefined;
  readonly name: string;
}

const TIMEOUT_MILLIS = 30_000;

/** Controllers of a cluster write under this one name, as their program does. */
const FIELD_MANAGER = "kube-controller-manager";

/** Single requests. Rejects with `RefusedError` where the answer is no success. */
export class Client {
  readonly #transport: Transport;
  readonly #signal: AbortSignal;

  constructor(transport: Transport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  /** What is there now, past all caches. Undefined where nothing is. */
  async read(kind: Kind, place: Place): Promise<KubeObject | undefined> {
    try {
      return await this.send("GET", pathOf(kind, place));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** One of its parts, such as its scale. */
  readPart(kind: Kind, place: Place, subresource: string): Promise<KubeObject> {
    return this.send("GET", pathOf(kind, place, subresource));
  }

  create(kind: Kind, namespace: string | undefined, body: object): Promise<KubeObject> {
    return this.send("POST", collectionPath(kind, namespace), body);
  }

  /** Replace the whole object, or its part that `subresource` names, if it is still in the version that we know. */
  update(kind: Kind, object: KubeObject, subresource = ""): Promise<KubeObject> {
    return this.send("PUT", pathOf(kind, object.metadata, subresource), object);
  }

  /** Merge a patch. Its metadata may carry the uid and version that it is meant for. */
  patch(kind: Kind, place: Place, body: object, subresource = ""): Promise<KubeObject> {
    return this.send("PATCH", pathOf(kind, place, subresource), body);
  }

  /** Ask for the end of exactly this object. Answers what the server says: its last state, or a `Status`. */
  delete(kind: Kind, { metadata }: KubeObject, options: DeleteOptions = {}): Promise<KubeObject> {
    const { uid } = metadata;
    return this.send("DELETE", pathOf(kind, metadata), { ...options, preconditions: { uid } });
  }

  async send(method: Method, path: string, body?: object): Promise<KubeObject> {
    const isWrite = method === "POST" || method === "PUT" || method === "PATCH";
    const response = await this.#transport.request({
      method,
      path,
      ...(isWrite ? { query: { fieldManager: FIELD_MANAGER } } : {}),
      ...(body === undefined ? {} : { body }),
      ...(method === "PATCH" ? { contentType: "application/merge-patch+json" } : {}),
      timeoutMillis: TIMEOUT_MILLIS,
      signal: this.#signal,
    });
    if (response.status < 300) return response.body as KubeObject;
    const { status } = response;
    const words = textAt(response.body, "message") ?? `http ${status}`;
    throw new RefusedError(`${method} ${path}`, words, { status, reason: textAt(response.body, "reason") ?? "" });
  }
}

export function pathOf(kind: Kind, { namespace, name }: Place, subresource = ""): string {
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
  return subresource === "" ? path : `${path}/${subresource}`;
}

/** Not there any more, or another one of that name: whatever was to be done to it is moot. */
export function isGone(error: unknown): boolean {
  return error instanceof RefusedError && error.status === 404;
}

/** Its namespace takes nothing new any more. */
export function isTooLate(error: unknown): boolean {
  return error instanceof RefusedError && error.status === 403 && error.message.includes("being terminated");
}

export function isConflict(error: unknown): boolean {
  return error instanceof RefusedError && error.status === 409;
}
