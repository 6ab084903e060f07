import type { ClusterObject } from "../../src/control/ports.ts";
import { NAMESPACE } from "./scene.ts";
import { fieldOf, listOf } from "./split.ts";

/** What is told to the stage as `settle`, in milliseconds: proxies have heard of a pod that has been there for as long. */
export const SETTLE_MILLIS = 1000;
/** And as `drain`: after that, pods without traffic have answered what they had. */
export const DRAIN_MILLIS = 5000;

/** The pods behind the Services, and since when each was there whenever somebody looked; without the production code. */
export class SeenPods {
  /** By Service, port and pod. */
  #since = new Map<string, number>();
  #now = 0;

  look(slices: readonly ClusterObject[], now: number): void {
    const before = this.#since;
    this.#since = new Map(slices.flatMap(podsIn).map((id) => [id, before.get(id) ?? now]));
    this.#now = now;
  }

  forget(): void {
    this.#since.clear();
  }

  /** How many pods a Service has on a port, and of how many all proxies have heard. */
  behind(service: string, portName: string): { readonly ready: number; readonly heard: number } {
    const prefix = `${idOf(service, portName)}/`;
    const times = [...this.#since].filter(([id]) => id.startsWith(prefix)).map(([, since]) => since);
    return { ready: times.length, heard: times.filter((since) => this.#now - since >= SETTLE_MILLIS).length };
  }
}

const idOf = (...parts: readonly unknown[]): string => parts.map((part) => JSON.stringify(part)).join("/");

function podsIn(slice: ClusterObject): readonly string[] {
  const service = fieldOf(slice.metadata.labels, "kubernetes.io/service-name");
  if (slice.metadata.namespace !== NAMESPACE || typeof service !== "string") return [];
  const ports = listOf(slice["ports"])
    .map((port) => fieldOf(port, "name"))
    .map((name) => (typeof name === "string" ? name : ""));
  const pods = listOf(slice["endpoints"])
    .filter((endpoint) => fieldOf(fieldOf(endpoint, "conditions"), "ready") !== false)
    .map((endpoint) => fieldOf(fieldOf(endpoint, "targetRef"), "name") ?? listOf(fieldOf(endpoint, "addresses"))[0]);
  return ports.flatMap((port) => pods.map((pod) => idOf(service, port, pod)));
}
