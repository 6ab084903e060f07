import type { KubeObject, Method } from "../runtime/transport.ts";
import type { ApiServer } from "../simulator/api/apiServer.ts";

/** Where an object is. */
export interface ObjectPlace {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined where the kind has no namespaces. */
  readonly namespace?: string;
  readonly name: string;
}

const PLURALS: Readonly<Record<string, string>> = { Canary: "canaries" };
const STRATEGIC = "application/strategic-merge-patch+json";
const MERGE = "application/merge-patch+json";
const APPLY = "application/apply-patch+yaml";

/** The API server refused what somebody did by hand. */
export class HandsError extends Error {
  override readonly name = "HandsError";
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** What a person does with kubectl: each request is done at once and reaches the server. Throws `HandsError` where it is refused. */
export class Hands {
  readonly #api: ApiServer;
  readonly #user: string;

  constructor(api: ApiServer, user: string) {
    this.#api = api;
    this.#user = user;
  }

  /** Server-side apply, in order, as `kubectl apply --server-side --force-conflicts`. */
  apply(...objects: readonly object[]): void {
    for (const object of objects as readonly KubeObject[]) {
      const { apiVersion = "", kind = "", metadata } = object;
      this.#patch({ apiVersion, kind, ...metadata }, object, APPLY, { force: "true" });
    }
  }

  /** Create what is not there yet. */
  create(object: object): void {
    const { apiVersion = "", kind = "", metadata } = object as KubeObject;
    const { name: _, ...collection } = { apiVersion, kind, ...metadata };
    this.#send("POST", pathOf({ ...collection, name: "" }).slice(0, -1), object);
  }

  /** Undefined where nothing is. */
  find(place: ObjectPlace): KubeObject | undefined {
    const { status, body } = this.#api.request({ method: "GET", path: pathOf(place), user: this.#user });
    return status === 200 ? (body as KubeObject) : undefined;
  }

  /** A strategic merge patch for built-in kinds, as `kubectl set image` or `kubectl patch` send it. */
  patch(place: ObjectPlace, body: object): void {
    this.#patch(place, body, STRATEGIC);
  }

  /** A merge patch, which custom kinds take as well. */
  merge(place: ObjectPlace, body: object): void {
    this.#patch(place, body, MERGE);
  }

  /** `kubectl scale`, or an autoscaler. */
  scale(place: ObjectPlace, replicas: number): void {
    this.#send("PATCH", `${pathOf(place)}/scale`, { spec: { replicas } }, MERGE);
  }

  /** Delete it, and what it owns later; nothing happens where it is gone already. */
  remove(place: ObjectPlace): void {
    const path = pathOf(place);
    const { status, body } = this.#api.request({ method: "DELETE", path, user: this.#user });
    if (status >= 300 && status !== 404) throw refused("DELETE", path, status, body);
  }

  #patch(place: ObjectPlace, body: object, contentType: string, query: Readonly<Record<string, string>> = {}): void {
    this.#send("PATCH", pathOf(place), body, contentType, query);
  }

  #send(
    method: Method,
    path: string,
    body: object,
    contentType = "application/json",
    query: Readonly<Record<string, string>> = {},
  ): void {
    const request = {
      method,
      path,
      body,
      contentType,
      query: { ...query, fieldManager: this.#user },
      user: this.#user,
    };
    const { status, body: answer } = this.#api.request(request);
    if (status >= 300) throw refused(method, path, status, answer);
  }
}

/** Where the API server has it. */
export function pathOf({ apiVersion, kind, namespace, name }: ObjectPlace): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return `${root}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}/${name}`;
}

function refused(method: Method, path: string, status: number, body: unknown): HandsError {
  const { message = JSON.stringify(body) } = (body ?? {}) as { readonly message?: string };
  return new HandsError(`${method} ${path}: ${status} ${message}`, status);
}
