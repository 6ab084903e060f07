import { isWireObject, objectOr } from "../resources/wire.ts";
import type { KubeObject } from "../runtime/transport.ts";
import type { ApiServer } from "../simulator/api/apiServer.ts";
import { textAt } from "../simulator/api/json.ts";
import { NAMESPACE } from "./users.ts";

const DEPLOYMENTS = "apps/deployments";
const AUTOSCALERS = "autoscaling/horizontalpodautoscalers";

/** What users have of a cluster. Pods and their like follow from it, and are named by chance. */
const COLLECTIONS = [
  "flagger.app/canaries",
  DEPLOYMENTS,
  AUTOSCALERS,
  "/services",
  "/configmaps",
  "networking.istio.io/virtualservices",
  "networking.istio.io/destinationrules",
];

/** Of metadata, what somebody asked for. */
const ASKED = ["name", "labels", "annotations", "finalizers"];

/** How often things were changed is no part of what they are in the end, nor is when, nor what is named by it. */
const LEFT_OUT =
  /(Time|Timestamp|At|Since|Generation|generation|revision|resourceVersion|uid|clusterIPs?|collisionCount|terminatingReplicas)$/;

/** In whose words or numbers a status tells how it came there. */
const HISTORY = ["history", "measurements", "metrics", "message", "lastVerdict", "conditions"];

/**
 * The world as text, so that two can be compared: objects in the order of their names, without times, uids and whatever
 * only says how they came to be as they are.
 */
export function endState(api: ApiServer): string {
  const all = (collection: string): readonly KubeObject[] =>
    api.all(collection).filter(({ metadata }) => metadata.namespace === NAMESPACE);
  const scaled = new Set(all(AUTOSCALERS).map((autoscaler) => textAt(autoscaler, "spec", "scaleTargetRef", "name")));
  const lines = COLLECTIONS.flatMap((collection) =>
    all(collection).map((object) => {
      const isScaled = collection === DEPLOYMENTS && scaled.has(object.metadata.name);
      const told = collection === AUTOSCALERS ? withoutStatus(object) : isScaled ? withoutCounts(object) : object;
      return `${collection} ${object.metadata.name} ${JSON.stringify(bare(told))}`;
    }),
  );
  return `${lines.join("\n")}\n`;
}

const withoutStatus = ({ status: _, ...object }: KubeObject): KubeObject => object;

/** How many pods there are follows the load of the last minutes; whether there are any does not. */
function withoutCounts(deployment: KubeObject): KubeObject {
  const { spec, status, ...rest } = deployment;
  const { replicas, ...asked } = objectOr(spec);
  const conditions = objectOr(status)["conditions"];
  return { ...rest, spec: { ...asked, hasPods: replicas !== 0 }, status: { conditions } };
}

function bare({ metadata, ...rest }: KubeObject): unknown {
  const asked = Object.fromEntries(
    ASKED.flatMap((field) => (metadata[field] === undefined ? [] : [[field, metadata[field]]])),
  );
  return sorted({ metadata: asked, ...rest });
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isWireObject(value)) return value;
  const fields = Object.keys(value).filter((field) => !LEFT_OUT.test(field) && !HISTORY.includes(field));
  return Object.fromEntries(fields.sort().map((field) => [field, sorted(value[field])]));
}
