/** One namespace of a cluster, everything that happens in it, and ways to say what one wants to have happened. */
import assert from "node:assert/strict";
import type { KubeObject, Method, WatchEvent } from "../../../src/runtime/transport.ts";
import { KINDS, type KindName } from "../../../src/simulator/workloads/kinds.ts";
import type { WorkloadCluster } from "./cluster.ts";

export type Json = Readonly<Record<string, unknown>>;

/** What one reads of an object in a test. */
export interface Seen extends KubeObject {
  readonly spec: Record<string, never> & {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: Json & {
    readonly replicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastUpdateTime: string;
  readonly lastTransitionTime: string;
}

const WATCHED = ["deployments", "replicaSets", "pods", "endpointSlices"] as const satisfies readonly KindName[];

const LOOK_MILLIS = 20;

const PATCHES = {
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

export class Scene {
  readonly namespace: string;
  readonly cluster: WorkloadCluster;
  /** Every state of every object, in the order of each kind's watch. */
  readonly history: { readonly kind: KindName; readonly type: WatchEvent["type"]; readonly object: Seen }[] = [];
  readonly #ending = new AbortController();

  private constructor(cluster: WorkloadCluster, namespace: string) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  static async open(cluster: WorkloadCluster, namespace: string): Promise<Scene> {
    const scene = new Scene(cluster, namespace);
    await scene.send("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace },
    });
    for (const kind of WATCHED) void scene.#follow(kind);
    await scene.until(
      "the namespace has its account",
      async () => (await scene.find("serviceAccounts", "default")) !== undefined,
    );
    return scene;
  }

  close(): void {
    this.#ending.abort();
  }

  async send(method: Method, path: string, body?: object, contentType?: string): Promise<KubeObject> {
    const request = {
      method,
      path,
      body,
      ...(contentType === undefined ? {} : { contentType }),
      timeoutMillis: 10_000,
    };
    const response = await this.cluster.transport.request(request);
    assert.ok(
      response.status < 300,
      `${method} ${path}: ${response.status} ${JSON.stringify(response.body).slice(0, 500)}`,
    );
    return response.body as KubeObject;
  }

  path(kind: KindName, name?: string): string {
    const { apiVersion, plural, scope } = KINDS[kind];
    const root = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
    const place = scope === "cluster" ? root : `${root}/namespaces/${this.namespace}`;
    return `${place}/${plural}${name === undefined ? "" : `/${name}`}`;
  }

  create(kind: KindName, object: object): Promise<KubeObject> {
    const { apiVersion, kind: name } = KINDS[kind];
    return this.send("POST", this.path(kind), { apiVersion, kind: name, ...object });
  }

  patch(kind: KindName, name: string, patch: object, type: keyof typeof PATCHES = "merge"): Promise<KubeObject> {
    return this.send("PATCH", this.path(kind, name), patch, PATCHES[type]);
  }

  delete(kind: KindName, name: string, propagationPolicy = "Background"): Promise<KubeObject> {
    return this.send("DELETE", this.path(kind, name), { propagationPolicy });
  }

  setImage(name: string, image: string): Promise<KubeObject> {
    return this.patch(
      "deployments",
      name,
      { spec: { template: { spec: { containers: [{ name: "app", image }] } } } },
      "strategic",
    );
  }

  async find(kind: KindName, name: string): Promise<Seen | undefined> {
    const response = await this.cluster.transport.request({
      method: "GET",
      path: this.path(kind, name),
      timeoutMillis: 10_000,
    });
    return response.status === 200 ? (response.body as Seen) : undefined;
  }

  async get(kind: KindName, name: string): Promise<Seen> {
    const found = await this.find(kind, name);
    assert.ok(found !== undefined, `${kind} ${name} is there`);
    return found;
  }

  async list(kind: KindName, label?: string): Promise<readonly Seen[]> {
    const query = label === undefined ? {} : { labelSelector: label };
    const response = await this.cluster.transport.request({
      method: "GET",
      path: this.path(kind),
      query,
      timeoutMillis: 10_000,
    });
    return (response.body as { readonly items: readonly Seen[] }).items;
  }

  /** All states that an object went through, as its watch told them. */
  statesOf(kind: KindName, name: string): readonly Seen[] {
    return this.history.flatMap((entry) =>
      entry.kind === kind && entry.object.metadata.name === name ? entry.object : [],
    );
  }

  async until(what: string, holds: () => Promise<unknown>, seconds = 20): Promise<void> {
    const { time } = this.cluster;
    const end = time.monotonic() + seconds * 1000;
    let last: unknown;
    for (;;) {
      try {
        last = await holds();
        if (last === true) return;
      } catch (error) {
        last = error;
      }
      if (time.monotonic() > end)
        assert.fail(
          `after ${seconds} s still not: ${what}; last seen ${last instanceof Error ? last.message : JSON.stringify(last)}`,
        );
      await time.pass(LOOK_MILLIS);
    }
  }

  /** All pods are of the newest template and available. */
  async rolledOut(name: string): Promise<Seen> {
    let seen: Seen | undefined;
    await this.until(`deployment ${name} is rolled out`, async () => {
      seen = await this.get("deployments", name);
      const { status = {}, metadata, spec } = seen;
      const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
      const isDone =
        observedGeneration === metadata.generation &&
        [replicas, updatedReplicas, availableReplicas].every((count) => count === spec.replicas) &&
        (conditionOf(seen, "Progressing")?.reason ?? "NewReplicaSetAvailable") === "NewReplicaSetAvailable";
      return isDone || status;
    });
    assert.ok(seen !== undefined);
    const { resourceVersion } = seen.metadata;
    await this.until("the watch has told of it", () => {
      const isTold = this.statesOf("deployments", name).some(
        (state) => state.metadata.resourceVersion === resourceVersion,
      );
      return Promise.resolve(isTold);
    });
    return seen;
  }

  /** The ReplicaSets, by revision: `{ 1: 0, 2: 3 }`. */
  async sizes(name: string): Promise<Readonly<Record<string, number>>> {
    const sets = await this.list("replicaSets", `app=${name}`);
    return Object.fromEntries(sets.map((set) => [revisionOf(set), set.spec.replicas]).sort());
  }

  async #follow(kind: KindName): Promise<void> {
    const { signal } = this.#ending;
    try {
      const request = { path: this.path(kind), query: {}, idleTimeoutMillis: 600_000, signal };
      for await (const { type, object } of this.cluster.transport.watch(request)) {
        this.history.push({ kind, type, object: object as Seen });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

export const revisionOf = ({ metadata }: KubeObject): string =>
  metadata.annotations?.["deployment.kubernetes.io/revision"] ?? "";

export function conditionOf({ status }: Seen, type: string): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** What a condition's reason was over time, without repetitions. */
export function reasonsOver(states: readonly Seen[], type: string): readonly string[] {
  const reasons = states.flatMap((state) => conditionOf(state, type)?.reason ?? []);
  return reasons.filter((reason, at) => reason !== reasons[at - 1]);
}

/** The distinct values over time. */
export function valuesOver<T>(states: readonly Seen[], value: (state: Seen) => T): readonly T[] {
  const values = states.map(value);
  return values.filter((one, at) => JSON.stringify(one) !== JSON.stringify(values[at - 1]));
}
