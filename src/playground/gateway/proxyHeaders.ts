/** What an Istio gateway does to headers beside what rules ask for. */
import { randomUUID } from "node:crypto";
import type { Forward } from "../../simulator/mesh/decide.ts";
import { editHeaders, type Headers } from "../../simulator/mesh/headerEdits.ts";
import type { MeshRequest } from "../../simulator/mesh/request.ts";

/** They belong to one connection, not to the request. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/** The headers that a pod sees. */
export function requestHeaders(request: MeshRequest, decision: Forward, source: string): Headers {
  const headers: Headers = { ...request.headers };
  for (const name of HOP_BY_HOP) delete headers[name];
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before === undefined ? source : `${String(before)},${source}`;
  headers["x-forwarded-proto"] ??= request.scheme;
  headers["x-request-id"] ??= randomUUID();
  if (decision.timeoutMillis !== undefined) {
    headers["x-envoy-expected-rq-timeout-ms"] = String(decision.timeoutMillis);
  }
  if (decision.originalPath !== undefined) headers["x-envoy-original-path"] = decision.originalPath;
  if (decision.originalAuthority !== undefined) headers["x-envoy-original-host"] = decision.originalAuthority;
  for (const edits of decision.requestEdits) editHeaders(headers, edits);
  headers["host"] = decision.authority;
  return headers;
}

/** The headers that a client sees of a pod's response. */
export function responseHeaders(from: Readonly<Headers>, decision: Forward, millis: number): Headers {
  const headers: Headers = { ...from };
  for (const name of HOP_BY_HOP) delete headers[name];
  headers["x-envoy-upstream-service-time"] = String(Math.floor(millis));
  for (const edits of decision.responseEdits) editHeaders(headers, edits);
  headers["server"] = "istio-envoy";
  return headers;
}
