/** Happenings made by hand, for laws to judge. */
import type { KubeObject } from "../../../src/runtime/transport.ts";
import { type Breach, Court } from "../../../src/simulation/laws/court.ts";
import type { Ending } from "../../../src/simulation/laws/ending.ts";
import type { LawName } from "../../../src/simulation/laws/laws.ts";
import type { RequestBatch } from "../../../src/simulator/happening.ts";

export const CONTROLLER = "serin-0";
export const PERSON = "person";
export const CLUSTER = "kube-controller-manager";

/** One namespace `shop` with one Canary `web`; writes and requests one after the other. */
export class Scene {
  readonly #court: Court;
  readonly #objects = new Map<string, KubeObject>();
  #nowMillis = 1_000_000;

  constructor(law: LawName) {
    const timing = { settleMillis: 1000, drainMillis: 3000, newsMillis: 500, calmAtMillis: 0 };
    this.#court = new Court({ laws: [law], timing, roleOf });
  }

  wait(millis: number): this {
    this.#nowMillis += millis;
    return this;
  }

  write(user: string, ...objects: readonly KubeObject[]): this {
    for (const object of objects) this.#tell(user, object, object);
    return this;
  }

  remove(user: string, object: KubeObject): this {
    this.#tell(user, object, undefined);
    return this;
  }

  serve(batch: Partial<RequestBatch> & Pick<RequestBatch, "outcome">): this {
    const fromMillis = this.#nowMillis;
    this.#nowMillis += 1000;
    const by = { workload: "shop/web", version: "2", service: "shop/web", proxy: 1, count: 100, why: undefined };
    this.#court.served({ fromMillis, toMillis: this.#nowMillis, ...by, ...batch });
    return this;
  }

  ask(user: string, what: string): this {
    this.#court.asked({ atMillis: this.#nowMillis, user, what });
    return this;
  }

  end(ending: Partial<Ending> = {}): this {
    this.#court.ended(this.#nowMillis, { isSettled: true, difference: undefined, ...ending });
    return this;
  }

  get breaches(): readonly Breach[] {
    return this.#court.breaches;
  }

  get sentences(): readonly string[] {
    return this.breaches.map(({ sentence }) => sentence);
  }

  #tell(user: string, { kind = "", metadata }: KubeObject, after: KubeObject | undefined): void {
    const { name, namespace } = metadata;
    const key = `${kind}/${name}`;
    const before = this.#objects.get(key);
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, after);
    this.#court.wrote({ atMillis: this.#nowMillis, user, kind, namespace, name, before, after });
  }
}

function roleOf(user: string): "controller" | "person" | "cluster" {
  if (user.startsWith("serin-")) return "controller";
  return user === PERSON ? "person" : "cluster";
}

const namespace = "shop";

interface CanaryOptions {
  readonly stage?: string;
  readonly phase?: string;
  readonly weight?: number;
  readonly failedChecks?: number;
  readonly applied?: string;
  readonly message?: string;
  readonly spec?: object;
  readonly metadata?: object;
  readonly status?: object;
}

export function canary(options: CanaryOptions = {}): KubeObject {
  const { stage = "Steady", phase = "Succeeded", weight = 0, failedChecks = 0, applied = "r2", message = "" } = options;
  return {
    kind: "Canary",
    metadata: { name: "web", namespace, uid: "u1", finalizers: ["finalizer.flagger.app"], ...options.metadata },
    spec: {
      targetRef: { kind: "Deployment", name: "web" },
      progressDeadlineSeconds: 60,
      revertOnDeletion: true,
      analysis: {
        interval: "10s",
        threshold: 3,
        stepWeights: [10, 50],
        metrics: [{ name: "request-success-rate", thresholdRange: { min: 99 } }],
      },
      ...options.spec,
    },
    status: { stage, phase, canaryWeight: weight, failedChecks, lastAppliedSpec: applied, message, ...options.status },
  };
}

interface DeploymentOptions {
  readonly replicas?: number;
  readonly available?: number;
  readonly image?: string;
  readonly revision?: string;
  readonly metadata?: object;
}

export function deployment(name: string, options: DeploymentOptions = {}): KubeObject {
  const { replicas = 2, available = replicas, image = "app:1", revision } = options;
  const counts = { replicas: available, updatedReplicas: available, availableReplicas: available };
  const annotations = revision === undefined ? {} : { annotations: { "serin.dev/revision": revision } };
  return {
    kind: "Deployment",
    metadata: { name, namespace, generation: 1, ...annotations, ...options.metadata },
    spec: {
      replicas,
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "app", image }] } },
    },
    status: { observedGeneration: 1, ...counts },
  };
}

export function route(primary: number, canaryWeight: number, more: object = {}): KubeObject {
  const destination = (host: string, weight: number) => ({ destination: { host }, weight });
  return {
    kind: "VirtualService",
    metadata: { name: "web", namespace },
    spec: { http: [{ route: [destination("web-primary", primary), destination("web-canary", canaryWeight)] }] },
    ...more,
  };
}

export function service(name: string, app: string, more: object = {}): KubeObject {
  return {
    kind: "Service",
    metadata: { name, namespace, ...more },
    spec: { selector: { app }, ports: [{ port: 80 }] },
  };
}

export function slice(of: string, ...pods: readonly string[]): KubeObject {
  return {
    kind: "EndpointSlice",
    metadata: { name: `${of}-abc`, namespace, labels: { "kubernetes.io/service-name": of } },
    endpoints: pods.map((name) => ({ conditions: { ready: true }, targetRef: { kind: "Pod", name } })),
  };
}

export function pod(name: string, of: string, ready: boolean): KubeObject {
  return {
    kind: "Pod",
    metadata: {
      name,
      namespace,
      labels: { "pod-template-hash": "abc" },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: `${of}-abc`, uid: "rs", controller: true }],
    },
    status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

export function lease(holder: string): KubeObject {
  return { kind: "Lease", metadata: { name: "serin-leader-election", namespace }, spec: { holderIdentity: holder } };
}

export function event(message: string): KubeObject {
  return { kind: "Event", metadata: { name: "e1", namespace }, involvedObject: { kind: "Canary", uid: "u1" }, message };
}
