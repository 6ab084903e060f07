import type { Caches } from "./adapters/kube/caches.ts";
import type { KubeCanaries } from "./adapters/kube/canaries.ts";
import { serviceOf } from "./adapters/kube/endpoints.ts";
import { referencesOf } from "./adapters/kube/workloads/references.ts";
import { Interests, objectRef, refsOf } from "./control/interests.ts";
import type { Key, KindName } from "./control/ports.ts";
import type { Rejections } from "./control/rejections.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { inScope } from "./domain/scope.ts";
import type { KubeObject } from "./runtime/transport.ts";
import type { RolloutMeters } from "./server/outcomes.ts";

export interface AttentionOptions {
  readonly stores: Caches["stores"];
  readonly canaries: KubeCanaries;
  readonly dispatcher: Pick<Dispatcher, "wake" | "forget">;
  readonly rejections: Rejections;
  readonly outcomes: RolloutMeters;
}

/** Who is woken by which change: the rollouts that look at the object, and nobody else. */
export class Attention {
  readonly #options: AttentionOptions;
  readonly #interests = new Interests();

  constructor(options: AttentionOptions) {
    this.#options = options;
  }

  /** To be called before the caches are filled, or what they hold first goes unheard. */
  begin(): void {
    const { stores, canaries, dispatcher } = this.#options;
    stores.Canary.onChange((key, before, after) => {
      if (after === undefined) this.#forget(key);
      else this.#look(key);
      dispatcher.wake(key);
      // Whoever waited for this one to let go of a target, or now has to share its own.
      for (const other of canaries.concernedBy(before, after)) dispatcher.wake(other);
    });
    for (const kind of Object.keys(stores) as KindName[]) {
      if (kind === "Canary") continue;
      stores[kind].onChange((key, before, after) => {
        const [namespace = "", name = ""] = placeOf(kind, key, after ?? before).split("/");
        for (const canary of this.#interests.in(objectRef(kind, namespace, name))) {
          if (kind === "Deployment") this.#look(canary);
          dispatcher.wake(canary);
        }
      });
    }
  }

  /** What a rollout looks at follows from its spec and from the configs that its target mentions. */
  #look(key: Key): void {
    const { stores, canaries, outcomes } = this.#options;
    const record = canaries.get(key);
    if (record === undefined) return;
    outcomes.show(record, record.spec?.target.name, record.status);
    if (record.spec === undefined) return;
    const { namespace } = record.facts;
    const spec = inScope(record.spec, record.status);
    const target = stores.Deployment.get(`${namespace}/${spec.target.name}`);
    this.#interests.set(key, refsOf(namespace, spec, target === undefined ? [] : referencesOf(podSpecOf(target))));
  }

  #forget(key: Key): void {
    const { dispatcher, rejections, outcomes } = this.#options;
    this.#interests.forget(key);
    rejections.forget(key);
    dispatcher.forget(key);
    outcomes.forget(key);
  }
}

/** Where rollouts look for the object. Slices have names drawn by lot, and are looked for by their Service's. */
function placeOf(kind: KindName, key: string, object: KubeObject | undefined): string {
  if (kind !== "EndpointSlice") return key;
  return (object && serviceOf(object)) ?? "";
}

function podSpecOf(deployment: { readonly [field: string]: unknown }): { readonly [field: string]: unknown } {
  const spec = deployment["spec"] as { template?: { spec?: Readonly<Record<string, unknown>> } } | undefined;
  return spec?.template?.spec ?? {};
}
