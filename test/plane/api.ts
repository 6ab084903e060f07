/** A small client of the API server on raw JSON: for the plane's own parts and for tests, never for the product. */
import { Agent, type Dispatcher } from "undici";

export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
  // Tests look into objects of many kinds; each says what shape it expects at the place where it reads.
  readonly spec?: Record<string, unknown>;
  readonly status?: Record<string, unknown>;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
  readonly [field: string]: unknown;
}

export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;

  constructor(request: string, code: number, body: string) {
    super(`${request}: ${code} ${body.slice(0, 2000)}`);
    this.code = code;
    this.reason = /"reason":"(\w+)"/.exec(body)?.[1] ?? "";
  }
}

export interface Access {
  readonly server: string;
  readonly certificateAuthority: string;
  readonly token: string;
  readonly userAgent: string;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type PatchType = "merge" | "strategic-merge" | "json" | "apply";

const patchContent: Record<PatchType, string> = {
  merge: "application/merge-patch+json",
  "strategic-merge": "application/strategic-merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
};

export class Api {
  readonly #access: Access;
  readonly #agent: Agent;

  constructor(access: Access) {
    this.#access = access;
    this.#agent = new Agent({
      connect: { ca: access.certificateAuthority },
      connections: 32,
      bodyTimeout: 0,
      headersTimeout: 30_000,
    });
  }

  async request<T = ApiObject>(method: Method, path: string, body?: unknown, patch: PatchType = "merge"): Promise<T> {
    const response = await this.#send(method, path, body, patch);
    const text = await response.body.text();
    if (response.statusCode >= 400) throw new ApiError(`${method} ${path}`, response.statusCode, text);
    // Only /readyz and the like answer in plain text.
    return (text.startsWith("{") ? JSON.parse(text) : text) as T;
  }

  get<T = ApiObject>(path: string): Promise<T> {
    return this.request<T>("GET", path);
  }

  /** Undefined when it is not there. */
  async find<T = ApiObject>(path: string): Promise<T | undefined> {
    return this.get<T>(path).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    });
  }

  /** Events until the server or `signal` ends the stream; throws when it breaks. */
  async *watch<T>(path: string, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
    const response = await this.#send("GET", path, undefined, "merge", signal);
    if (response.statusCode >= 400)
      throw new ApiError(`WATCH ${path}`, response.statusCode, await response.body.text());
    response.body.setEncoding("utf8");
    let rest = "";
    for await (const chunk of response.body as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line) yield JSON.parse(line) as WatchEvent<T>;
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #send(
    method: Method,
    path: string,
    body: unknown,
    patch: PatchType,
    signal?: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.#access.token}`,
      "user-agent": this.#access.userAgent,
      accept: "application/json",
    };
    if (body !== undefined) headers["content-type"] = method === "PATCH" ? patchContent[patch] : "application/json";
    return this.#agent.request({
      origin: this.#access.server,
      path,
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
  }
}
