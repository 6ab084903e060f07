import type { KubeObject } from "../../runtime/transport.ts";
import { at, fieldsOf, objectsAt, textAt } from "../../simulator/api/json.ts";
import type { Watcher, WriteSeen } from "../../simulator/happening.ts";

interface Stay {
  readonly fromMillis: number;
  /** Undefined while it is there. */
  toMillis: number | undefined;
}

/** Since when each Service has had each of its ready endpoints: what a proxy that lags can know. */
export class Endpoints implements Watcher {
  readonly #slices = new Map<string, { readonly service: string; readonly pods: ReadonlySet<string> }>();
  readonly #stays = new Map<string, Map<string, Stay>>();

  wrote({ kind, namespace, name, before, after, atMillis }: WriteSeen): void {
    if (kind !== "EndpointSlice") return;
    const slice = `${namespace}/${name}`;
    const service = serviceOf(after ?? before, namespace);
    if (service === undefined) return;
    if (after === undefined) this.#slices.delete(slice);
    else this.#slices.set(slice, { service, pods: new Set(readyPods(after)) });
    const ready = new Set(
      [...this.#slices.values()].flatMap((each) => (each.service === service ? [...each.pods] : [])),
    );
    const stays = this.#stays.get(service) ?? new Map<string, Stay>();
    this.#stays.set(service, stays);
    for (const pod of ready) {
      const stay = stays.get(pod);
      if (stay === undefined || stay.toMillis !== undefined)
        stays.set(pod, { fromMillis: atMillis, toMillis: undefined });
    }
    for (const [pod, stay] of stays) if (!ready.has(pod)) stay.toMillis ??= atMillis;
  }

  /**
   * How many endpoints a Service, named as `namespace/name`, has had since before `sinceMillis`. One that went after
   * `newsMillis` counts: who acts now may not have heard of it.
   */
  known(service: string, sinceMillis: number, newsMillis: number): number {
    const stays = [...(this.#stays.get(service)?.values() ?? [])];
    return stays.filter(
      ({ fromMillis, toMillis }) => fromMillis <= sinceMillis && (toMillis === undefined || toMillis > newsMillis),
    ).length;
  }
}

function serviceOf(slice: KubeObject | undefined, namespace: string | undefined): string | undefined {
  const service = slice?.metadata.labels?.["kubernetes.io/service-name"];
  return service === undefined ? undefined : `${namespace}/${service}`;
}

function readyPods(slice: KubeObject): readonly string[] {
  return objectsAt(fieldsOf(slice), "endpoints").flatMap((endpoint) =>
    at(endpoint, "conditions", "ready") === false ? [] : (textAt(endpoint, "targetRef", "name") ?? []),
  );
}
