/** EndpointSlices, and the older Endpoints, of the Services that have a selector. */
import type { Lookup } from "../../../runtime/store.ts";
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

const ENDPOINTS_MANAGED_BY = "endpoints.kubernetes.io/managed-by";
const ENDPOINTS_MANAGER = "endpoint-controller";
const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

/** Ways to find what belongs together without looking at everything. */
interface Lookups {
  /** A Service's own slices. */
  readonly slicesOf: (service: KubeObject) => readonly KubeObject[];
  /** The pods of a namespace that have a label. */
  readonly podsWith: Lookup;
  /** The Services of a namespace whose selector begins with a label. */
  readonly servicesFor: Lookup;
}

export function endpointsController(world: World): Controller {
  const { services, pods, endpointSlices, endpoints } = world.kinds;
  const lookups = lookupsIn(world);
  const queue = workQueue(world, "endpointslice", async (key) => {
    const service = services.store.get(key);
    if (service !== undefined) await sync(world, service, lookups);
    else await forget(world, key);
  });
  services.store.onChange((key) => queue.add(key));
  pods.store.onChange((_, before, after) => {
    if (before !== undefined && after !== undefined && isUnchanged(before, after)) return;
    for (const pod of [before, after]) {
      if (pod !== undefined) for (const key of servicesOf(lookups, pod)) queue.add(key);
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

function lookupsIn({ kinds: { services, pods, endpointSlices } }: World): Lookups {
  const slices = endpointSlices.store.index("service", ({ metadata }) => {
    const service = metadata.labels?.[SERVICE_NAME];
    return service === undefined ? [] : [`${metadata.namespace}/${service}`];
  });
  return {
    slicesOf: (service) => slices(keyFor(service)).filter(({ metadata }) => metadata.labels?.[MANAGED_BY] === MANAGER),
    podsWith: pods.store.index("label", labelKeys),
    servicesFor: services.store.index("selector", (service) => firstLabel(service) ?? []),
  };
}

const labelKeys = (pod: KubeObject): readonly string[] =>
  Object.entries(pod.metadata.labels ?? {}).map(([label, value]) => `${namespaceOf(pod)} ${label}=${value}`);

/** Whoever is selected has this label, at least. */
function firstLabel(service: KubeObject): readonly [string] | undefined {
  const [first] = Object.entries(selectorOf(service) ?? {});
  return first && [`${namespaceOf(service)} ${first[0]}=${first[1]}`];
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

function servicesOf({ servicesFor }: Lookups, pod: KubeObject): readonly string[] {
  const candidates = labelKeys(pod).flatMap((label) => servicesFor(label));
  return candidates.filter((service) => selects(selectorOf(service) ?? {}, pod)).map(keyFor);
}

async function sync(world: World, service: KubeObject, { slicesOf, podsWith }: Lookups): Promise<void> {
  const selector = selectorOf(service);
  const label = firstLabel(service)?.[0];
  if (selector === undefined || label === undefined || isBeingDeleted(service)) return;
  const backends = podsWith(label)
    .filter((pod) => selects(selector, pod))
    .flatMap((pod) => backendOf(service, pod) ?? []);
  await syncSlices(world, service, backends, slicesOf(service));
  if (!world.without?.has("endpoints")) await syncEndpoints(world, service, backends);
}

/** The slices have an owner and go with it; Endpoints have only the name. */
async function forget({ kinds: { endpoints } }: World, key: string): Promise<void> {
  const known = endpoints.store.get(key);
  if (known?.metadata.labels?.[ENDPOINTS_MANAGED_BY] === ENDPOINTS_MANAGER) await unlessGone(endpoints.delete(known));
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
    [ENDPOINTS_MANAGED_BY]: ENDPOINTS_MANAGER,
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
