import { headerText } from "./headerEdits.ts";
import type { MeshRequest } from "./request.ts";
import type { NamedMatch, RequestMatch } from "./rule.ts";
import { inLowerCase, matchesText, type TextMatch } from "./textMatch.ts";

/** Whether all that one match asks for is so. Port and gateways were asked when the routes were laid out. */
export function matchesRequest(match: RequestMatch, request: MeshRequest): boolean {
  return (
    matchesUri(match, pathOf(request.path)) &&
    optionally(match.method, request.method) &&
    optionally(match.authority, request.host) &&
    optionally(match.scheme, request.scheme) &&
    match.headers.every((wanted) => hasHeader(wanted, request)) &&
    match.withoutHeaders.every((unwanted) => lacksHeader(unwanted, request)) &&
    (match.queryParams.length === 0 || matchesQuery(match.queryParams, request.path))
  );
}

/** The path without query and fragment. */
export function pathOf(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** The first value of each parameter, as it was sent: Envoy decodes nothing. */
export function queryOf(path: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const start = path.indexOf("?");
  if (start < 0) return values;
  for (const part of path
    .slice(start + 1)
    .replace(/#.*$/, "")
    .split("&")) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    if (!values.has(name)) values.set(name, at < 0 ? "" : part.slice(at + 1));
  }
  return values;
}

const optionally = (match: TextMatch | undefined, value: string): boolean =>
  match === undefined || matchesText(match, value);

function matchesUri({ uri, ignoreUriCase }: RequestMatch, path: string): boolean {
  if (uri === undefined) return true;
  return ignoreUriCase && uri.kind !== "regex"
    ? matchesText(inLowerCase(uri), path.toLowerCase())
    : matchesText(uri, path);
}

function hasHeader({ name, match }: NamedMatch, request: MeshRequest): boolean {
  const value = textUnder(name, request);
  return value !== undefined && matchesText(match, value);
}

function lacksHeader({ name, match }: NamedMatch, request: MeshRequest): boolean {
  const value = textUnder(name, request);
  // Envoy takes a header that is not there for an empty one, unless it is only asked whether it is there.
  return match.kind === "present" ? value === undefined : !matchesText(match, value ?? "");
}

function textUnder(name: string, request: MeshRequest): string | undefined {
  if (name === ":authority" || name === "host") return request.host;
  if (name === ":method") return request.method;
  if (name === ":path") return request.path;
  return headerText(request.headers[name]);
}

function matchesQuery(wanted: readonly NamedMatch[], path: string): boolean {
  const query = queryOf(path);
  return wanted.every(({ name, match }) => {
    const value = query.get(name);
    return value !== undefined && matchesText(match, value);
  });
}
