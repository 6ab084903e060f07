/** An API server that knows just enough for nodes and gateways: objects by path, merge patches, bindings, watches. */
import type {
  KubeObject,
  Transport,
  TransportRequest,
  TransportResponse,
  WatchEvent,
  WatchRequest,
} from "../../src/runtime/transport.ts";

interface Watcher {
  readonly path: string;
  push(event: WatchEvent | "end"): void;
}

type Json = Record<string, unknown>;

export class FakeApi implements Transport {
  readonly #objects = new Map<string, KubeObject>();
  readonly #watchers = new Set<Watcher>();
  #version = 0;
  /** Of writes, `METHOD path`. */
  readonly writes: string[] = [];

  /** Put an object where it belongs. */
  put(object: object): KubeObject {
    const { apiVersion, kind, metadata } = object as KubeObject & { apiVersion: string; kind: string };
    return this.#store(`${collection(apiVersion, kind, metadata.namespace)}/${metadata.name}`, object as KubeObject);
  }

  get(path: string): KubeObject | undefined {
    return this.#objects.get(path);
  }

  all(suffix: string): readonly KubeObject[] {
    return [...this.#objects].flatMap(([path, object]) => (isIn(path, suffix) ? [object] : []));
  }

  /** Asks for its end, as `kubectl delete` does. */
  remove(path: string, graceSeconds = 30): void {
    const object = this.#objects.get(path);
    if (object === undefined) return;
    const metadata = {
      ...object.metadata,
      deletionTimestamp: "2026-01-01T00:00:00Z",
      deletionGracePeriodSeconds: graceSeconds,
    };
    this.#store(path, { ...object, metadata });
  }

  async request({ method, path, body }: TransportRequest): Promise<TransportResponse> {
    if (method === "GET") {
      const metadata = { resourceVersion: String(this.#version) };
      return { status: 200, body: { kind: "AnyList", apiVersion: "v1", metadata, items: this.all(path) } };
    }
    this.writes.push(`${method} ${path}`);
    const target = path.replace(/\/(status|binding)$/, "");
    const before = this.#objects.get(target);
    if (method === "POST" && !path.endsWith("/binding")) return { status: 201, body: this.put(body as object) };
    if (before === undefined) return { status: 404, body: {} };
    if (method === "DELETE") {
      this.#objects.delete(target);
      this.#tell(target, {
        type: "DELETED",
        object: { ...before, metadata: { ...before.metadata, resourceVersion: String(++this.#version) } },
      });
      return { status: 200, body: {} };
    }
    const patch = path.endsWith("/binding") ? { spec: { nodeName: ((body as Json)["target"] as Json)["name"] } } : body;
    return {
      status: 200,
      body: this.#store(target, merge(before as unknown as Json, patch as Json) as unknown as KubeObject),
    };
  }

  async *watch({ path, query = {}, signal }: WatchRequest): AsyncGenerator<WatchEvent, void> {
    const queue: (WatchEvent | "end")[] = [];
    let wake = () => {};
    const push = (event: WatchEvent | "end") => {
      queue.push(event);
      wake();
    };
    const watcher = { path, push };
    for (const object of this.all(path)) {
      if (Number(object.metadata.resourceVersion) > Number(query["resourceVersion"] ?? 0))
        push({ type: "ADDED", object });
    }
    this.#watchers.add(watcher);
    signal?.addEventListener("abort", () => push("end"), { once: true });
    try {
      for (;;) {
        const next = queue.shift();
        if (next === "end") return;
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  #store(path: string, object: KubeObject): KubeObject {
    const before = this.#objects.get(path);
    const version = ++this.#version;
    const uid = before?.metadata.uid ?? object.metadata.uid ?? `uid-${version}`;
    const after = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
    this.#objects.set(path, after);
    this.#tell(path, { type: before === undefined ? "ADDED" : "MODIFIED", object: after });
    return after;
  }

  #tell(path: string, event: WatchEvent): void {
    for (const watcher of this.#watchers) if (isIn(path, watcher.path)) watcher.push(event);
  }
}

/** `/apis/apps/v1/deployments` takes in `/apis/apps/v1/namespaces/a/deployments/b`. */
function isIn(path: string, list: string): boolean {
  const bare = path.replace(/\/namespaces\/[^/]+/, "");
  return bare.slice(0, bare.lastIndexOf("/")) === list;
}

function collection(apiVersion: string, kind: string, namespace: string | undefined): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${kind.toLowerCase()}s`;
}

function merge(before: Json, patch: Json): Json {
  const after: Json = { ...before };
  for (const [field, value] of Object.entries(patch)) {
    const old = after[field];
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    if (value === null) delete after[field];
    else if (isMap) after[field] = merge((typeof old === "object" && old !== null ? old : {}) as Json, value as Json);
    else after[field] = value;
  }
  return after;
}
