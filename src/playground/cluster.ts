/** Single requests to the playground's API server, as a user with all rights. */
import type { KubeObject, Method, Transport } from "../runtime/transport.ts";

const PLURALS: Readonly<Record<string, string>> = { Canary: "canaries", EndpointSlice: "endpointslices" };
const TIMEOUT_MILLIS = 10_000;
const FIELD_MANAGER = "playground";

/** What an address is made of; without a name it is the collection's. */
export interface Place {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string;
}

export function pathOf({ apiVersion, kind, namespace, name }: Place): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = PLURALS[kind] ?? `${kind.toLowerCase()}s`;
  return [root, ...(namespace === undefined ? [] : ["namespaces", namespace]), plural, ...(name ? [name] : [])].join(
    "/",
  );
}

export class Cluster {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Server-side apply, in order. */
  async apply(...objects: readonly object[]): Promise<void> {
    for (const object of objects as readonly KubeObject[]) {
      const { apiVersion = "", kind = "", metadata } = object;
      await this.#send("PATCH", pathOf({ apiVersion, kind, ...metadata }), {
        body: object,
        contentType: "application/apply-patch+yaml",
        query: { fieldManager: FIELD_MANAGER, force: "true" },
      });
    }
  }

  /** A strategic merge patch, as `kubectl set image` sends it. */
  async patch(place: Place, body: object): Promise<void> {
    await this.#send("PATCH", pathOf(place), {
      body,
      contentType: "application/strategic-merge-patch+json",
      query: { fieldManager: FIELD_MANAGER },
    });
  }

  /** Undefined where nothing is. */
  async find(place: Place): Promise<KubeObject | undefined> {
    const { status, body } = await this.#transport.request({
      method: "GET",
      path: pathOf(place),
      timeoutMillis: TIMEOUT_MILLIS,
    });
    if (status === 404) return undefined;
    if (status >= 300) throw refused("GET", pathOf(place), status, body);
    return body as KubeObject;
  }

  async #send(
    method: Method,
    path: string,
    rest: { readonly body?: object; readonly contentType?: string; readonly query?: Readonly<Record<string, string>> },
  ): Promise<void> {
    const { status, body } = await this.#transport.request({ method, path, timeoutMillis: TIMEOUT_MILLIS, ...rest });
    if (status >= 300) throw refused(method, path, status, body);
  }
}

function refused(method: Method, path: string, status: number, body: unknown): Error {
  const { message = JSON.stringify(body) } = (body ?? {}) as { readonly message?: string };
  return new Error(`${method} ${path}: ${status} ${message}`);
}
