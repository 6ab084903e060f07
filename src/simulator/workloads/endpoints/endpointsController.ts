/** EndpointSlices, and the older Endpoints, of the Services that have a selector. */
import type { KubeObject } from "../../../runtime/transport.ts";
import { isEqual, objectsAt, textAt } from "../../api/json.ts";
import { isGone } from "../client.ts";
import {
  type Controller,
  controllerOver,
  isBeingDeleted,
  namespaceOf,
  timestamp,
  type World,
  workQueue,
} from "../world.ts";
import { type Backend, backendOf, isHeadless, selectorOf, selects } from "./backends.ts";
import { MANAGED_BY, MANAGER, SERVICE_NAME, sliceChanges } from "./slices.ts";
import { subsetsOf } from "./subsets.ts";

const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

/** Finds a Service's own slices. */
type SlicesOf = (service: KubeObject) => readonly KubeObject[];

export function endpointsController(world: World): Controller {
  const { services, pods, endpointSlices, endpoints } = world.kinds;
  const lookup = endpointSlices.store.index("service", ({ metadata }) => {
    const service = metadata.labels?.[SERVICE_NAME];
    return service === undefined ? [] : [`${metadata.namespace}/${service}`];
  });
  const slicesOf: SlicesOf = (service) =>
    lookup(keyFor(service)).filter(({ metadata }) => metadata.labels?.[MANAGED_BY] === MANAGER);
  const queue = workQueue(world, "endpointslice", async (key) => {
    const service = services.store.get(key);
    if (service !== undefined) await sync(world, service, slicesOf);
  });
  services.store.onChange((key) => queue.add(key));
  pods.store.onChange((_, before, after) => {
    if (before !== undefined && after !== undefined && isUnchanged(before, after)) return;
    for (const pod of [before, after]) {
      if (pod !== undefined) for (const key of servicesOf(world, pod)) queue.add(key);
    }
  });
  // Put right what others did to our slices.
  endpointSlices.store.onChange((_, before, after) => {
    const service = (after ?? before)?.metadata.labels?.[SERVICE_NAME];
    const namespace = (after ?? before)?.metadata.namespace;
    if (service !== undefined) queue.add(`${namespace}/${service}`);
  });
  endpoints.store.onChange((key) => queue.add(key));
  return controllerOver(queue);
}

const keyFor = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

/** Most news of pods says nothing of where requests may go. */
function isUnchanged(before: KubeObject, after: KubeObject): boolean {
  return (
    isBeingDeleted(before) === isBeingDeleted(after) &&
    isEqual(before.metadata.labels, after.metadata.labels) &&
    textAt(before, "spec", "nodeName") === textAt(after, "spec", "nodeName") &&
    isEqual(before["status"], after["status"])
  );
}

function servicesOf(world: World, pod: KubeObject): readonly string[] {
  return world.kinds.services.allIn(namespaceOf(pod)).flatMap((service) => {
    const selector = selectorOf(service);
    return selector !== undefined && selects(selector, pod) ? [keyFor(service)] : [];
  });
}

async function sync(world: World, service: KubeObject, slicesOf: SlicesOf): Promise<void> {
  const selector = selectorOf(service);
  if (selector === undefined || isBeingDeleted(service)) return;
  const backends = world.kinds.pods
    .allIn(namespaceOf(service))
    .filter((pod) => selects(selector, pod))
    .flatMap((pod) => backendOf(service, pod) ?? []);
  await syncSlices(world, service, backends, slicesOf(service));
  await syncEndpoints(world, service, backends);
}

async function syncSlices(
  world: World,
  service: KubeObject,
  backends: readonly Backend[],
  known: readonly KubeObject[],
): Promise<void> {
  const { endpointSlices } = world.kinds;
  const { create, update, remove } = sliceChanges(service, backends, known);
  const annotations = { [TRIGGER_TIME]: timestamp(world) };
  for (const content of create) {
    const metadata = { ...(content["metadata"] as object), annotations };
    await endpointSlices.create(namespaceOf(service), { ...content, metadata });
  }
  for (const slice of update) {
    const metadata = { ...slice.metadata, annotations: { ...slice.metadata.annotations, ...annotations } };
    await endpointSlices.update({ ...slice, metadata });
  }
  for (const slice of remove) await unlessGone(endpointSlices.delete(slice));
}

async function syncEndpoints(world: World, service: KubeObject, backends: readonly Backend[]): Promise<void> {
  const { endpoints } = world.kinds;
  const { name } = service.metadata;
  const known = endpoints.find(service.metadata.namespace, name);
  const subsets = subsetsOf(backends);
  const labels = {
    ...service.metadata.labels,
    "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    ...(isHeadless(service) ? { "service.kubernetes.io/headless": "" } : {}),
  };
  if (known === undefined) {
    await endpoints.create(namespaceOf(service), {
      metadata: { name, namespace: namespaceOf(service), labels },
      subsets,
    });
    return;
  }
  if (isEqual(objectsAt(known, "subsets"), subsets) && isEqual(known.metadata.labels, labels)) return;
  const annotations = { ...known.metadata.annotations, [TRIGGER_TIME]: timestamp(world) };
  await endpoints.update({ ...known, metadata: { ...known.metadata, labels, annotations }, subsets });
}

async function unlessGone(action: Promise<void>): Promise<void> {
  try {
    await action;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
