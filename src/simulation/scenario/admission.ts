/** Puts a setting into a cluster, as kubectl would, and tells what the API server has to say to it. */

import { isWireObject, objectOr } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { ApiServer } from "../../simulator/api/apiServer.ts";
import { objectsAt } from "../../simulator/api/json.ts";
import { pathOf } from "../hands.ts";
import { USERS } from "../users.ts";

/** Why something cannot be used, and where it says so. */
export interface Complaint {
  readonly object: KubeObject;
  /** Of the field, for example `spec.analysis.interval`; undefined where the object as a whole is meant. */
  readonly path: string | undefined;
  /** One sentence, without the path. */
  readonly message: string;
}

/** Kinds whose fields are ours to know. */
const OURS = new Set(["Canary", "MetricTemplate", "AlertProvider"]);
/** What the server sets, whatever was sent. */
const ITS_OWN = new Set(["status", "metadata"]);

/** Create each, in order; what is there already is changed to it. `refused` are those that the server does not take; `dropped` are fields that it does not know. */
export function admit(
  api: ApiServer,
  objects: readonly KubeObject[],
): { readonly refused: readonly Complaint[]; readonly dropped: readonly Complaint[] } {
  const refused: Complaint[] = [];
  const dropped: Complaint[] = [];
  for (const object of objects) {
    const { status, body } = createOrChange(api, withoutStatus(object));
    if (status >= 300) refused.push(...complaintsOf(object, body));
    else if (OURS.has(object.kind ?? ""))
      dropped.push(
        ...fieldsLost(object, body).map((path) => ({
          object,
          path,
          message: "is no field that the API server knows: it is dropped without a word unless kubectl validates",
        })),
      );
  }
  return { refused, dropped };
}

function withoutStatus(object: KubeObject): KubeObject {
  const { status: _, ...rest } = object;
  return rest;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function createOrChange(api: ApiServer, object: KubeObject): Answer {
  const { apiVersion = "", kind = "", metadata } = object;
  const path = pathOf({ apiVersion, kind, ...metadata });
  const collection = path.slice(0, path.lastIndexOf("/"));
  const shared = { body: object, user: USERS.person };
  const query = { fieldManager: USERS.person };
  const created = api.request({ ...shared, method: "POST", path: collection, query, contentType: "application/json" });
  if (created.status !== 409) return created;
  return api.request({ ...shared, method: "PATCH", path, query, contentType: "application/merge-patch+json" });
}

function complaintsOf(object: KubeObject, body: unknown): readonly Complaint[] {
  const { message } = objectOr(body);
  const causes = objectsAt(body, "details", "causes");
  if (causes.length === 0) return [{ object, path: undefined, message: String(message) }];
  return causes.map(({ field, message: why }) => ({
    object,
    path: typeof field === "string" && field !== "" ? field : undefined,
    message: String(why),
  }));
}

/** Paths that were sent and are not stored. */
function fieldsLost(sent: unknown, stored: unknown, path = ""): readonly string[] {
  if (Array.isArray(sent)) {
    const kept = Array.isArray(stored) ? stored : [];
    return sent.flatMap((item, index) => fieldsLost(item, kept[index], `${path}[${index}]`));
  }
  if (!isWireObject(sent)) return [];
  return Object.entries(sent).flatMap(([name, value]) => {
    if (value === null || (path === "" && ITS_OWN.has(name))) return [];
    const below = path === "" ? name : `${path}.${name}`;
    if (!isWireObject(stored) || !Object.hasOwn(stored, name)) return [below];
    return fieldsLost(value, stored[name], below);
  });
}
