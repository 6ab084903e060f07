import type { Random } from "../../runtime/random.ts";
import type { KubeObject, TransportResponse, WatchEvent } from "../../runtime/transport.ts";
import { between, pick } from "./dice.ts";

/** What an API server, and what stands in front of it, answers in its bad moments. */

export function throttled(random: Random): TransportResponse {
  // Mostly the second that priority and fairness asks for, at times more.
  const retryAfterSeconds = random.next() < 0.7 ? 1 : Math.ceil(between(random, 1, 15));
  return { status: 429, body: "Too many requests, please try again later.\n", retryAfterSeconds };
}

/** The words are those of etcd, of the API server and of a proxy before it. */
export function serverError(random: Random, progress: "nothing was done" | "it may be done"): TransportResponse {
  return pick<() => TransportResponse>(random, [
    () =>
      failure(
        500,
        "",
        progress === "nothing was done" ? "etcdserver: leader changed" : "etcdserver: request timed out",
      ),
    () => failure(503, "ServiceUnavailable", "the server is currently unable to handle the request"),
    () => ({
      status: 503,
      body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
    }),
    () =>
      failure(504, "Timeout", "Timeout: request did not complete within requested timeout - context deadline exceeded"),
  ])();
}

/** A patch that names no version is tried anew by the server, and refused where it was overtaken too often. */
export const overtaken = (path: string): TransportResponse => {
  const parts = path.split("/");
  const isPart = parts.at(-1) === "status" || parts.at(-1) === "scale";
  const [kind, name] = parts.slice(isPart ? -3 : -2);
  const why = "the object has been modified; please apply your changes to the latest version and try again";
  const details = { name, kind };
  const answer = failure(409, "Conflict", `Operation cannot be fulfilled on ${kind} "${name}": ${why}`);
  return { ...answer, body: { ...(answer.body as object), details } };
};

/** The last event of a watch that cannot go on. */
export const gone = (): WatchEvent => {
  const { body } = failure(410, "Expired", "The resourceVersion for the provided watch is too old.");
  return { type: "ERROR", object: body as KubeObject };
};

function failure(code: number, reason: string, message: string): TransportResponse {
  const said = reason === "" ? {} : { reason };
  return {
    status: code,
    body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, ...said, code },
  };
}
