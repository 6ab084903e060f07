import type { Random } from "./random.ts";
import type { KubeObject, TransportRequest, WatchRequest } from "./transport.ts";

/** One collection of the API server, or the selected part of it. */
export interface Collection {
  /** For example `/apis/apps/v1/deployments`. */
  readonly path: string;
  /** Selectors, as the API server spells them: `labelSelector`, `fieldSelector`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Whole objects (unless told otherwise), or their metadata only, which costs a fraction of the memory. */
  readonly content?: "objects" | "metadata";
  /** Objects a page; 500 unless told otherwise. */
  readonly pageSize?: number;
}

/** One page of a list, as far as a reflector needs it. */
export interface ListBody {
  readonly items: readonly KubeObject[];
  readonly version: string | undefined;
  /** What to ask the next page with, if there is one. */
  readonly token: string | undefined;
}

interface RawList {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: unknown;
}

const LIST_TIMEOUT_MILLIS = 60_000;
/** API servers send a bookmark every minute, so longer silence is a dead connection. */
const IDLE_TIMEOUT_MILLIS = 95_000;

/** How to ask for a page. Without a version, so that the answer is at least as new as all that we know. */
export function listRequest({ path, query, content, pageSize = 500 }: Collection, token?: string): TransportRequest {
  return {
    method: "GET",
    path,
    query: { ...query, limit: String(pageSize), ...(token === undefined ? {} : { continue: token }) },
    ...(content === "metadata" ? { accept: acceptMetadata("PartialObjectMetadataList") } : {}),
    timeoutMillis: LIST_TIMEOUT_MILLIS,
  };
}

/** How to ask for all that comes after `version`. The server is told to end the watch after 5 to 10 minutes. */
export function watchRequest(
  { path, query, content }: Collection,
  version: string | undefined,
  random: Random,
): WatchRequest {
  // Spread, so that the watches of all kinds do not come due together.
  const timeoutSeconds = String(300 + Math.floor(random.next() * 301));
  const resume = version === undefined ? {} : { resourceVersion: version };
  return {
    path,
    query: { ...query, ...resume, allowWatchBookmarks: "true", timeoutSeconds },
    ...(content === "metadata" ? { accept: acceptMetadata("PartialObjectMetadata") } : {}),
    idleTimeoutMillis: IDLE_TIMEOUT_MILLIS,
  };
}

/** Read a list. Undefined where the body is something else, such as a proxy's greeting. */
export function parseList(body: unknown): ListBody | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const { apiVersion, kind, metadata, items } = body as RawList;
  if (!kind?.endsWith("List") || metadata === undefined) return undefined;
  // Servers send null for an empty list.
  const raw = items ?? [];
  if (!Array.isArray(raw) || !raw.every(isObject)) return undefined;
  const type = { ...(apiVersion === undefined ? {} : { apiVersion }), kind: kind.slice(0, -"List".length) };
  return {
    // Items of a list carry neither kind nor apiVersion, those of a watch do: make them alike.
    items: raw.map((item) => ({ ...type, ...item })),
    version: metadata.resourceVersion,
    token: metadata.continue === "" ? undefined : metadata.continue,
  };
}

function acceptMetadata(kind: string): string {
  return `application/json;as=${kind};g=meta.k8s.io;v=1,application/json`;
}

function isObject(item: unknown): item is KubeObject {
  return typeof item === "object" && item !== null && typeof (item as Partial<KubeObject>).metadata?.name === "string";
}
