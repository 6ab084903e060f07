import type { ApiRequest, ApiResponse } from "../apiServer.ts";
import type { Catalog } from "../catalog.ts";

/** What the server says about itself. */
export function discover({ path }: ApiRequest, _catalog: Catalog): ApiResponse {
  if (["/healthz", "/readyz", "/livez"].includes(path)) return { status: 200, body: "ok" };
  return { status: 404, body: "404 page not found\n" };
}
