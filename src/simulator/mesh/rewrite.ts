import { bareHost } from "./hosts.ts";
import { pathOf } from "./match.ts";
import type { MeshRequest } from "./request.ts";
import type { Route } from "./routes.ts";
import type { Redirect, RequestMatch, UriRewrite } from "./rule.ts";

/** The path that the pod sees. A query stays as it is. */
export function rewritePath(rewrite: UriRewrite, match: RequestMatch | undefined, path: string): string {
  const bare = pathOf(path);
  const rest = path.slice(bare.length);
  switch (rewrite.kind) {
    case "none":
      return path;
    case "prefix":
      return rewrite.text + bare.slice(matchedLength(match, bare)) + rest;
    case "regex":
      return bare.replace(rewrite.pattern, rewrite.replacement) + rest;
  }
}

/** How much of the path the match spoke of: its prefix, or all of it where the match is exact or a regular expression. */
function matchedLength(match: RequestMatch | undefined, path: string): number {
  const uri = match?.uri;
  // Without a match istiod writes the prefix "/".
  if (uri === undefined) return 1;
  return uri.kind === "prefix" ? uri.text.length : path.length;
}

/** `Location` of a redirect. */
export function redirectTo(redirect: Redirect, { match }: Route, request: MeshRequest): string {
  const scheme = redirect.scheme ?? request.scheme;
  const given = /:(\d+)$/.exec(request.host)?.[1];
  const asked = redirect.port === "request" ? request.port : redirect.port;
  const host = redirect.authority ?? bareHost(request.host);
  // A new name or a new scheme leaves the old port behind.
  const kept = redirect.authority === undefined && redirect.scheme === undefined ? given : undefined;
  const port = asked === undefined ? kept : String(asked);
  const isUsual = (scheme === "http" && port === "80") || (scheme === "https" && port === "443");
  return `${scheme}://${host}${port === undefined || isUsual ? "" : `:${port}`}${redirectPath(redirect, match, request.path)}`;
}

function redirectPath({ uri, prefixRewrite }: Redirect, match: RequestMatch | undefined, path: string): string {
  if (prefixRewrite !== undefined) return rewritePath({ kind: "prefix", text: prefixRewrite }, match, path);
  if (uri === undefined) return path;
  // The query goes along unless the new path has one of its own.
  return uri.includes("?") ? uri : uri + path.slice(pathOf(path).length);
}
