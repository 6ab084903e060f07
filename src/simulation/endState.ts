import { isWireObject, objectOr, type WireObject } from "../resources/wire.ts";
import type { KubeObject } from "../runtime/transport.ts";
import type { ApiServer } from "../simulator/api/apiServer.ts";
import { objectsAt } from "../simulator/api/json.ts";
import { NAMESPACE } from "./users.ts";

const CANARIES = "flagger.app/canaries";
const DEPLOYMENTS = "apps/deployments";
const AUTOSCALERS = "autoscaling/horizontalpodautoscalers";

/** What users have of a cluster. Pods and their like follow from it, and are named by chance. */
const COLLECTIONS = [
  CANARIES,
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

/**
 * The world as text, so that two can be compared: objects in the order of their names, without times, uids and whatever
 * only says how they came to be as they are.
 */
export function endState(api: ApiServer): string {
  const all = (collection: string): readonly KubeObject[] =>
    api.all(collection).filter(({ metadata }) => metadata.namespace === NAMESPACE);
  const toldOf = (collection: string, object: KubeObject): KubeObject => {
    if (collection === CANARIES) return withLastRun(object);
    if (collection === AUTOSCALERS) return withoutStatus(object);
    return collection === DEPLOYMENTS ? withoutCounts(withoutWords(object)) : object;
  };
  const lines = COLLECTIONS.flatMap((collection) =>
    all(collection).map(
      (each) => `${collection} ${each.metadata.name} ${JSON.stringify(bare(toldOf(collection, each)))}`,
    ),
  );
  return `${lines.join("\n")}\n`;
}

/** How the last run ended and what its metrics meant; not the runs before it, nor what was measured. */
function withLastRun(canary: KubeObject): KubeObject {
  const { history, metrics, ...status } = objectOr(canary["status"]);
  const [last] = objectsAt(history);
  const verdicts = objectsAt(metrics).map(({ name, bound, verdict }) => ({ name, bound, verdict }));
  return { ...canary, status: { ...status, lastRun: last && `${last["outcome"]} ${last["revision"]}`, verdicts } };
}

/** Words name ReplicaSets, which are named by how often there were others. */
function withoutWords(deployment: KubeObject): KubeObject {
  const status = objectOr(deployment["status"]);
  const conditions = objectsAt(status["conditions"]).map(({ message: _, ...condition }) => condition);
  return { ...deployment, status: { ...status, conditions } };
}

const withoutStatus = ({ status: _, ...object }: KubeObject): KubeObject => object;

/**
 * How many pods there are follows from when somebody asked for more or fewer: of a target at rest, or in mid-run, when the
 * promotion takes its number along. Whether there are any does not.
 */
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

/** A condition stands where it was first said. */
const byType = (conditions: readonly WireObject[]): readonly WireObject[] =>
  conditions.toSorted((one, other) => (String(one["type"]) < String(other["type"]) ? -1 : 1));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isWireObject(value)) return value;
  const fields = Object.keys(value).filter((field) => !LEFT_OUT.test(field));
  return Object.fromEntries(
    fields
      .sort()
      .map((field) => [field, sorted(field === "conditions" ? byType(objectsAt(value[field])) : value[field])]),
  );
}
