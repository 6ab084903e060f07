import { RejectedError, StaleError, UnavailableError } from "../../control/errors.ts";
import type { KindName } from "../../control/ports.ts";
import type { TransportResponse } from "../../runtime/transport.ts";
import { asObject, asString, objectsOf } from "./json.ts";
import { KINDS, resourceName } from "./kinds.ts";

/** What was tried, for the sentence that says it did not work. */
export interface Attempt {
  readonly verb: "get" | "create" | "patch";
  readonly kind: KindName;
  readonly namespace: string;
  readonly name: string;
  readonly subresource?: "status";
}

/** How the API server words what RBAC forbids. Admission plugins answer 403 as well, in words of their own. */
const RBAC = /^.*User "(?<user>[^"]*)" cannot (?<verb>\S+) resource/s;

/** What server-side apply cannot read, such as a list that names a key twice, is answered with 500 although nobody is down. */
const UNTYPED = /^failed to create typed (patch|live) object/;

/** The meaning of an answer that is not 2xx. The answer itself is kept as the cause. */
export function refusalOf(
  response: TransportResponse,
  attempt: Attempt,
): StaleError | UnavailableError | RejectedError {
  const { status } = response;
  const said = messageOf(response);
  const cause = { cause: response };
  const subject = `${attempt.verb} ${attempt.kind} ${attempt.namespace}/${attempt.name}`;
  if (status === 409) return new StaleError(`${subject}: ${said}`, cause);
  if (status === 404) return missing(response, attempt, `${subject}: ${said}`);
  if (status === 403) return new RejectedError(forbidden(said, attempt, subject), cause);
  if (UNTYPED.test(said)) return new RejectedError(`${subject}: ${said}`, cause);
  if (status === 400 || status === 405 || status === 413 || status === 415 || status === 422) {
    return new RejectedError(`${subject}: ${withField(response, said)}`, cause);
  }
  // 401 too: tokens expire and are read anew, which nobody needs to edit anything for.
  return new UnavailableError(`${subject}: ${status} ${said}`, cause);
}

/** The API server has another version of the object than the write was made for. */
export function isConflict(error: unknown): boolean {
  return error instanceof StaleError && (error.cause as Partial<TransportResponse> | undefined)?.status === 409;
}

/** No answer came; whether a write took effect is not known. */
export function noAnswer(error: unknown, attempt: Attempt): UnavailableError {
  const said = error instanceof Error ? error.message : String(error);
  return new UnavailableError(`${attempt.verb} ${attempt.kind} ${attempt.namespace}/${attempt.name}: ${said}`, {
    cause: error,
  });
}

/** The object that was there is gone: look again. A kind that is not installed will not come by looking again. */
function missing(response: TransportResponse, attempt: Attempt, sentence: string): StaleError | RejectedError {
  const named = asString(asObject(asObject(response.body)?.["details"])?.["name"]);
  if (named !== undefined && named !== "") return new StaleError(sentence, { cause: response });
  const { apiVersion } = KINDS[attempt.kind];
  return new RejectedError(`this cluster does not serve ${attempt.kind} of ${apiVersion}; install its definition`, {
    cause: response,
  });
}

function forbidden(said: string, attempt: Attempt, subject: string): string {
  const match = RBAC.exec(said);
  if (match === null) return `${subject}: ${said}`;
  const part = attempt.subresource === undefined ? "" : `/${attempt.subresource}`;
  const verb = match.groups?.["verb"] ?? attempt.verb;
  const user = match.groups?.["user"] ?? "this controller";
  return `not allowed to ${verb} ${resourceName(attempt.kind)}${part} in namespace ${attempt.namespace}: grant it to ${user}`;
}

function messageOf(response: TransportResponse): string {
  const body = asObject(response.body);
  const message = asString(body?.["message"]) ?? asString(response.body);
  return message === undefined || message.trim() === "" ? `the server answered ${response.status}` : message.trim();
}

/** The server's words, led by the fields that it objects to unless the words name them already. */
function withField(response: TransportResponse, said: string): string {
  const details = asObject(asObject(response.body)?.["details"]);
  const fields = objectsOf(details?.["causes"]).flatMap((cause) => asString(cause["field"]) ?? []);
  const unnamed = [...new Set(fields)].filter((field) => field !== "" && !said.includes(field));
  return unnamed.length === 0 ? said : `${unnamed.join(", ")}: ${said}`;
}
