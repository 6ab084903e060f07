/** Objects on the plane as tests handle them, with an administrator's rights. */
import type { Api, ApiObject, PatchType } from "./api.ts";
import { apply, applyYaml, pathOf, type Reference } from "./resources.ts";
import { waitFor } from "./until.ts";

export type Target = Reference & { readonly name: string };

/** Short names of what tests look at most; others are written out as `{ apiVersion, kind, namespace, name }`. */
const kinds = {
  deployment: { apiVersion: "apps/v1", kind: "Deployment" },
  replicaSet: { apiVersion: "apps/v1", kind: "ReplicaSet" },
  daemonSet: { apiVersion: "apps/v1", kind: "DaemonSet" },
  service: { apiVersion: "v1", kind: "Service" },
  pod: { apiVersion: "v1", kind: "Pod" },
  configMap: { apiVersion: "v1", kind: "ConfigMap" },
  secret: { apiVersion: "v1", kind: "Secret" },
  event: { apiVersion: "v1", kind: "Event" },
  lease: { apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
  virtualService: { apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
  destinationRule: { apiVersion: "networking.istio.io/v1", kind: "DestinationRule" },
  gateway: { apiVersion: "networking.istio.io/v1", kind: "Gateway" },
  canary: { apiVersion: "flagger.app/v1beta1", kind: "Canary" },
} as const satisfies Record<string, Reference>;

export type KnownKind = keyof typeof kinds;

/** `refer("deployment", "test/podinfo")`. */
export function refer(kind: KnownKind, place: `${string}/${string}`): Target {
  const [namespace = "", name = ""] = place.split("/");
  return { ...kinds[kind], namespace, name };
}

export class Objects {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Server-side apply, in order. */
  async apply(...objects: readonly ApiObject[]): Promise<void> {
    for (const object of objects) await apply(this.#api, object);
  }

  applyYaml(text: string): Promise<ApiObject[]> {
    return applyYaml(this.#api, text);
  }

  find(target: Target): Promise<ApiObject | undefined> {
    return this.#api.find(pathOf(target));
  }

  get(target: Target): Promise<ApiObject> {
    return this.#api.get(pathOf(target));
  }

  async list(kind: KnownKind, namespace: string, selector = ""): Promise<ApiObject[]> {
    const query = selector ? `?labelSelector=${encodeURIComponent(selector)}` : "";
    return (await this.#api.get<{ items: ApiObject[] }>(pathOf({ ...kinds[kind], namespace }) + query)).items;
  }

  patch(target: Target, body: unknown, type: PatchType = "merge"): Promise<ApiObject> {
    return this.#api.request("PATCH", pathOf(target), body, type);
  }

  /** Asks for it to go; whether it is gone is for `waitForGone` to say. */
  async delete(
    target: Target,
    propagationPolicy: "Background" | "Foreground" | "Orphan" = "Background",
  ): Promise<void> {
    await this.#api.request("DELETE", pathOf(target), { propagationPolicy });
  }

  /** Another image tag: what a release is. */
  setImage(target: Target, image: string, env?: Readonly<Record<string, string | number>>): Promise<ApiObject> {
    const variables = env && Object.entries(env).map(([name, value]) => ({ name, value: String(value) }));
    const container = { name: "app", image, ...(variables ? { env: variables } : {}) };
    return this.patch(target, { spec: { template: { spec: { containers: [container] } } } }, "strategic-merge");
  }

  /** Resolves to the object once `holds` is true of it. */
  waitFor(
    target: Target,
    description: string,
    holds: (object: ApiObject) => boolean,
    timeoutMillis?: number,
  ): Promise<ApiObject> {
    const what = `${target.kind} ${target.namespace}/${target.name} ${description}`;
    return waitFor(
      what,
      async (saw) => {
        const object = await this.find(target);
        saw(object && { spec: object.spec, status: object.status });
        return object !== undefined && holds(object) && object;
      },
      timeoutMillis,
    );
  }

  async waitForGone(target: Target, timeoutMillis?: number): Promise<void> {
    const gone = async (saw: (state: unknown) => void) => {
      const object = await this.find(target);
      saw(object?.metadata);
      return object === undefined;
    };
    await waitFor(`${target.kind} ${target.namespace}/${target.name} is gone`, gone, timeoutMillis);
  }

  /** All replicas are of the newest template and available, as `kubectl rollout status` understands it. */
  waitForRollout(target: Target, timeoutMillis?: number): Promise<ApiObject> {
    return this.waitFor(target, "is rolled out", isRolledOut, timeoutMillis);
  }
}

function isRolledOut({ kind, metadata, spec = {}, status = {} }: ApiObject): boolean {
  if (Number(status["observedGeneration"] ?? 0) < (metadata.generation ?? 0)) return false;
  if (kind === "DaemonSet") {
    const { desiredNumberScheduled, updatedNumberScheduled = 0, numberAvailable = 0 } = status;
    return updatedNumberScheduled === desiredNumberScheduled && numberAvailable === desiredNumberScheduled;
  }
  const { replicas: total = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  return total === spec["replicas"] && updatedReplicas === total && availableReplicas === total;
}
