import type { WireObject } from "../../../resources/wire.ts";
import { isWireObject } from "../../../resources/wire.ts";
import { parseBody } from "../bodies.ts";
import type { Catalog } from "../catalog.ts";
import { methodNotAllowed, noSuchResource } from "../errors.ts";
import type { ApiRequest, ApiResponse } from "../exchange.ts";
import { aggregated, groupList, groupOf, resourceList } from "./groups.ts";
import { OPENAPI_BYTES, openApiBytes } from "./openApiBytes.ts";
import { openApiThree, openApiThreeIndex, openApiTwo } from "./openapi.ts";

/** What the server says about itself. */
export function discover(request: ApiRequest, catalog: Catalog): ApiResponse {
  const path = request.path.length > 1 ? request.path.replace(/\/$/, "") : request.path;
  const kind = VIRTUAL[path];
  if (kind !== undefined) return review(request, kind);
  if (/^\/(healthz|readyz|livez)(\/[\w-]+)?$/.test(path))
    return { status: 200, body: "ok", contentType: "text/plain; charset=utf-8" };
  if (path === "/openapi/v2" && request.accept?.includes("proto-openapi")) {
    return { status: 200, body: openApiBytes(), contentType: OPENAPI_BYTES };
  }
  const body = documentAt(path, request, catalog);
  if (body === undefined) return { status: 404, body: "404 page not found\n" };
  if (request.method !== "GET") throw methodNotAllowed();
  const isAggregated = (path === "/api" || path === "/apis") && wantsAggregated(request);
  return isAggregated ? { status: 200, body, contentType: AGGREGATED } : { status: 200, body };
}

/** Kinds of which nothing is kept: each is a question, answered at once. */
const VIRTUAL: Readonly<Record<string, "SelfSubjectAccessReview" | "SelfSubjectReview">> = {
  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": "SelfSubjectAccessReview",
  "/apis/authentication.k8s.io/v1/selfsubjectreviews": "SelfSubjectReview",
};

export const isVirtual = (path: string): boolean => Object.hasOwn(VIRTUAL, path);

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function wantsAggregated({ accept = "" }: ApiRequest): boolean {
  const [first = ""] = accept.split(",").filter((form) => form.includes("json"));
  return first.includes("as=APIGroupDiscoveryList") && first.includes("v=v2");
}

function documentAt(path: string, request: ApiRequest, catalog: Catalog): WireObject | undefined {
  const isAggregated = wantsAggregated(request);
  switch (path) {
    case "/":
      return {
        paths: ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"],
      };
    case "/version":
      return VERSION;
    case "/api":
      return isAggregated ? aggregated(catalog, "core") : CORE_VERSIONS;
    case "/apis":
      return isAggregated ? aggregated(catalog, "groups") : groupList(catalog);
    case "/openapi/v2":
      return openApiTwo(catalog);
    case "/openapi/v3":
      return openApiThreeIndex(catalog);
  }
  const three = /^\/openapi\/v3\/(?:api\/(?<core>[^/]+)|apis\/(?<group>[^/]+)(?:\/(?<version>[^/]+))?)$/.exec(
    path,
  )?.groups;
  if (three !== undefined) return openApiThree(catalog, three["group"] ?? "", three["core"] ?? three["version"] ?? "");
  const [, root, group = "", version] = path.split("/");
  if (root === "api" && group !== "" && version === undefined) return kindsOf(catalog, "", group);
  if (root !== "apis") return undefined;
  return version === undefined ? groupOf(catalog, group) : kindsOf(catalog, group, version);
}

function kindsOf(catalog: Catalog, group: string, version: string): WireObject | undefined {
  const list = resourceList(catalog, group, version);
  // A group that is built in answers for itself, also where there is no such version.
  if (list === undefined && catalog.all().some((known) => known.group === group && !known.isCustom))
    throw noSuchResource();
  return list;
}

const VERSION: WireObject = {
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.3+playground",
  gitCommit: "",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "linux/amd64",
};

const CORE_VERSIONS: WireObject = {
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "127.0.0.1:443" }],
};

/** Everybody may do everything here. */
function review({ method, body }: ApiRequest, kind: "SelfSubjectAccessReview" | "SelfSubjectReview"): ApiResponse {
  if (method !== "POST") throw methodNotAllowed();
  const parsed = parseBody(body);
  const asked = "value" in parsed && isWireObject(parsed.value) ? parsed.value : {};
  const isAccess = kind === "SelfSubjectAccessReview";
  const status = isAccess
    ? { allowed: true, reason: "everything is allowed in the playground" }
    : { userInfo: { username: "playground", groups: ["system:masters", "system:authenticated"] } };
  const apiVersion = isAccess ? "authorization.k8s.io/v1" : "authentication.k8s.io/v1";
  return { status: 201, body: { ...asked, kind, apiVersion, metadata: {}, status } };
}
