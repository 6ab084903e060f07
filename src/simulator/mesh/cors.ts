import { type HeaderEdits, type Headers, headerText, NO_EDITS } from "./headerEdits.ts";
import type { MeshRequest } from "./request.ts";
import type { Cors } from "./rule.ts";
import { matchesText } from "./textMatch.ts";

/** Whether a browser asks what it may send. */
export function isPreflight({ method, headers }: MeshRequest): boolean {
  const asks = headerText(headers["access-control-request-method"]);
  return method === "OPTIONS" && headers["origin"] !== undefined && asks !== undefined && asks !== "";
}

/** The headers of the proxy's own answer; undefined where the pod is to answer. */
export function answerPreflight(cors: Cors, request: MeshRequest): Headers | undefined {
  if (!allows(cors, request)) return cors.unmatchedPreflights === "ignore" ? {} : undefined;
  return {
    "access-control-allow-origin": headerText(request.headers["origin"]),
    ...(cors.allowsCredentials ? { "access-control-allow-credentials": "true" } : {}),
    ...(cors.methods === "" ? {} : { "access-control-allow-methods": cors.methods }),
    ...(cors.headers === "" ? {} : { "access-control-allow-headers": cors.headers }),
    ...(cors.maxAgeSeconds === undefined ? {} : { "access-control-max-age": String(cors.maxAgeSeconds) }),
  };
}

/** What is added to the answer of a pod. */
export function corsHeaders(cors: Cors, request: MeshRequest): HeaderEdits {
  const origin = headerText(request.headers["origin"]);
  if (origin === undefined || !allows(cors, request)) return NO_EDITS;
  const set: [string, string][] = [["access-control-allow-origin", origin]];
  if (cors.allowsCredentials) set.push(["access-control-allow-credentials", "true"]);
  if (cors.exposed !== "") set.push(["access-control-expose-headers", cors.exposed]);
  return { remove: [], set, add: [] };
}

function allows(cors: Cors, { headers }: MeshRequest): boolean {
  const origin = headerText(headers["origin"]) ?? "";
  return cors.origins.some((match) => (match.kind === "exact" && match.text === "*") || matchesText(match, origin));
}
