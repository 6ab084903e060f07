import { ApiError, badRequest, conflict } from "./errors.ts";
import type { ApiResponse } from "./exchange.ts";
import { asKube, copyObject, draftAt, fieldsOf, listAt, numberAt, objectAt, objectsAt, textAt } from "./json.ts";
import type { Objects } from "./objects.ts";
import { type Removal, removalOptions } from "./removal.ts";
import { matchesSelector } from "./selectors.ts";
import type { Place } from "./write.ts";

const SUCCESS = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success" };

/** The scheduler's word: this pod runs on that node. */
export function bind(objects: Objects, place: Place, body: unknown): ApiResponse {
  const node = textAt(body, "target", "name") ?? "";
  if (node === "") throw badRequest("target.name: Required value");
  const pod = objects.get(place);
  const known = textAt(fieldsOf(pod), "spec", "nodeName") ?? "";
  if (known !== "")
    throw conflict(
      { ...place.resource, plural: "pods/binding" },
      place.name,
      `pod ${place.name} is already assigned to node "${known}"`,
    );
  const bound = copyObject(fieldsOf(pod));
  draftAt(bound, "spec")["nodeName"] = node;
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: objects.time };
  const others = objectsAt(bound, "status", "conditions").filter(({ type }) => type !== "PodScheduled");
  draftAt(bound, "status")["conditions"] = [...others, scheduled];
  // Past validation and ownership: a pod's node is nobody's field.
  objects.storage.put(place.resource.collection, asKube(bound));
  return { status: 201, body: { ...SUCCESS, code: 201 } };
}

/** A deletion that asks the disruption budgets first. */
export function evict(objects: Objects, removal: Removal, place: Place, body: unknown): ApiResponse {
  const pod = objects.get(place);
  const labels = pod.metadata.labels ?? {};
  const budgets = objects.storage.collection("policy/poddisruptionbudgets").sorted();
  const blocking = budgets.find((budget) => {
    const fields = fieldsOf(budget);
    const isOurs = budget.metadata.namespace === place.namespace;
    return (
      isOurs &&
      matchesSelector(objectAt(fields, "spec", "selector"), labels) &&
      (numberAt(fields, "status", "disruptionsAllowed") ?? 0) <= 0
    );
  });
  if (blocking !== undefined) {
    const message = "Cannot evict pod as it would violate the pod's disruption budget.";
    const why = `The disruption budget ${blocking.metadata.name} needs ${numberAt(fieldsOf(blocking), "status", "desiredHealthy") ?? 0} healthy pods and has ${numberAt(fieldsOf(blocking), "status", "currentHealthy") ?? 0} currently`;
    throw new ApiError(429, "TooManyRequests", message, { causes: [{ reason: "DisruptionBudget", message: why }] });
  }
  removal.remove(place, removalOptions(objectAt(body, "deleteOptions"), {}));
  return { status: 201, body: { ...SUCCESS, code: 201 } };
}

/** A token that nobody checks: this server lets everybody in. */
export function token(objects: Objects, place: Place, body: unknown): ApiResponse {
  const account = objects.get(place);
  const seconds = numberAt(body, "spec", "expirationSeconds") ?? 3_600;
  const expires = new Date(Date.parse(objects.time) + seconds * 1_000).toISOString();
  const audiences = listAt(body, "spec", "audiences");
  return {
    status: 201,
    body: {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: { name: place.name, namespace: place.namespace, creationTimestamp: objects.time },
      spec: {
        audiences: audiences.length === 0 ? ["https://kubernetes.default.svc"] : audiences,
        expirationSeconds: seconds,
        boundObjectRef: null,
      },
      status: {
        token: `playground.${place.namespace}.${place.name}.${account.metadata.uid}`,
        expirationTimestamp: `${expires.slice(0, 19)}Z`,
      },
    },
  };
}
