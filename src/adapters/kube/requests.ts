import { StaleError } from "../../control/errors.ts";
import type { KindName, Leadership } from "../../control/ports.ts";
import type { JsonObject } from "../../domain/spec.ts";
import type { KubeObject, Transport, TransportRequest, TransportResponse } from "../../runtime/transport.ts";
import { type Attempt, noAnswer, refusalOf } from "./errors.ts";
import { asObject } from "./json.ts";
import { objectPath } from "./kinds.ts";

/** The one name under which all our writes are recorded. */
export const FIELD_MANAGER = "serin";

/** After this long an unanswered read is given up. */
const READ_DEADLINE_MILLIS = 10_000;

/**
 * And a write, which must not outlive the lease it was made under: below the margin between the renew deadline, when an
 * instance stops to act, and the lease's end, when another one may begin.
 */
const WRITE_DEADLINE_MILLIS = 4_500;

/** `claim` is an apply that takes nothing from anybody: what is not there is made, and a conflict is answered with 409. */
export type PatchStyle = "claim" | "apply" | "merge";

export interface Place {
  readonly kind: KindName;
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: "status";
}

const CONTENT_TYPES: Readonly<Record<PatchStyle, string>> = {
  claim: "application/apply-patch+yaml",
  apply: "application/apply-patch+yaml",
  merge: "application/merge-patch+json",
};

/** Single requests to the API server: each with a deadline, each write only while this instance is surely the leader. */
export class Requests {
  readonly #transport: Transport;
  readonly #leadership: Leadership;

  constructor(options: { readonly transport: Transport; readonly leadership: Leadership }) {
    this.#transport = options.transport;
    this.#leadership = options.leadership;
  }

  /** Answers undefined where there is no such object. */
  async get(place: Place): Promise<KubeObject | undefined> {
    const attempt: Attempt = { verb: "get", ...place };
    const response = await this.#send(attempt, { method: "GET" });
    if (response.status === 404) return undefined;
    return objectIn(response, attempt);
  }

  /** Answers the object as it is after the write. */
  async patch(place: Place, style: PatchStyle, body: JsonObject): Promise<KubeObject> {
    this.#mustLead(place);
    const attempt: Attempt = { verb: "patch", ...place };
    const force = style === "apply" ? { force: "true" } : {};
    const query = { fieldManager: FIELD_MANAGER, ...force };
    const response = await this.#send(attempt, { method: "PATCH", contentType: CONTENT_TYPES[style], query, body });
    return objectIn(response, attempt);
  }

  async #send(attempt: Attempt, request: Omit<TransportRequest, "path" | "timeoutMillis">): Promise<TransportResponse> {
    const timeoutMillis = request.method === "GET" ? READ_DEADLINE_MILLIS : WRITE_DEADLINE_MILLIS;
    const path = objectPath(attempt.kind, attempt.namespace, attempt.name, attempt.subresource);
    try {
      return await this.#transport.request({ ...request, path, timeoutMillis });
    } catch (error) {
      throw noAnswer(error, attempt);
    }
  }

  /** Another instance may be acting on newer facts than ours. */
  #mustLead({ kind, namespace, name }: Place): void {
    if (this.#leadership.mayAct()) return;
    throw new StaleError(`${kind} ${namespace}/${name} is left alone: this instance cannot prove that it leads`);
  }
}

function isSuccess({ status }: TransportResponse): boolean {
  return status >= 200 && status <= 299;
}

function objectIn(response: TransportResponse, attempt: Attempt): KubeObject {
  if (!isSuccess(response)) throw refusalOf(response, attempt);
  const body = asObject(response.body);
  if (typeof asObject(body?.["metadata"])?.["name"] === "string") return body as unknown as KubeObject;
  throw noAnswer(new Error(`the answer ${response.status} is not an object`), attempt);
}
