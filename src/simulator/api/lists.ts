import type { WireObject } from "../../resources/wire.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { ApiError, badRequest, expired, forbiddenField, invalidListOptions } from "./errors.ts";
import { type Resource, viewOf } from "./resource.ts";
import { matcherOf } from "./selectors.ts";
import { objectKey, type Storage } from "./storage.ts";

type Query = Readonly<Record<string, string>>;

export interface Listing {
  readonly items: readonly KubeObject[];
  readonly metadata: WireObject;
}

interface Snapshot {
  readonly objects: readonly KubeObject[];
  readonly takenAt: number;
}

/** Where the next page begins, and which state of the collection it is a page of. */
interface Token {
  readonly v: "meta.k8s.io/v1";
  readonly rv: number;
  readonly start: string;
}

/** As long as etcd keeps old states. */
const SNAPSHOT_MILLIS = 5 * 60_000;
const MOST_SNAPSHOTS = 200;

const TOO_OLD =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.";

/** Lists in pages: all pages of one list show one state of the collection. */
export class Lists {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(options: { readonly storage: Storage; readonly clock: Clock }) {
    this.#storage = options.storage;
    this.#clock = options.clock;
  }

  list(resource: Resource, namespace: string | undefined, query: Query): Listing {
    const limit = Number(query["limit"] ?? 0);
    const token = query["continue"] ?? "";
    const start = token === "" ? this.#fresh(resource, query) : this.#resumed(resource, token);
    const matches = matcherOf(query, resource);
    const inPlace =
      namespace === undefined
        ? start.objects
        : start.objects.filter(({ metadata }) => metadata.namespace === namespace);
    const rest = start.after === "" ? inPlace : inPlace.slice(firstAfter(inPlace, start.after));
    const found = matches === undefined ? rest : rest.filter(matches);
    const page = limit > 0 ? found.slice(0, limit) : found;
    const left = found.length - page.length;
    const last = page.at(-1);
    if (left > 0) this.#keep(resource, start.version, start.objects);
    return {
      items: page.map((object) => viewOf(resource, object)),
      metadata: {
        resourceVersion: String(start.version),
        ...(left > 0 && last !== undefined ? { continue: printToken(start.version, last) } : {}),
        ...(left > 0 && matches === undefined ? { remainingItemCount: left } : {}),
      },
    };
  }

  /** Forget old states, as compaction does: lists that are under way have to start over. */
  compact(): void {
    this.#snapshots.clear();
  }

  #fresh(resource: Resource, query: Query): { objects: readonly KubeObject[]; version: number; after: string } {
    const { version } = this.#storage;
    const asked = query["resourceVersion"] ?? "";
    const match = query["resourceVersionMatch"] ?? "";
    if (match !== "" && asked === "") {
      const why = "resourceVersionMatch is forbidden unless resourceVersion is provided";
      throw invalidListOptions(forbiddenField("resourceVersionMatch", why));
    }
    const wanted = asked === "" ? 0 : versionOf(asked, (why) => badRequest(`invalid resource version: ${why}`));
    if (wanted > version) throw tooLarge(wanted, version);
    if (match === "Exact" && wanted < version) {
      const snapshot = this.#snapshot(resource, wanted);
      if (snapshot === undefined) throw expired("The resourceVersion for the provided list is too old.");
      return { objects: snapshot.objects, version: wanted, after: "" };
    }
    return { objects: this.#storage.collection(resource.collection).sorted(), version, after: "" };
  }

  #resumed(resource: Resource, token: string): { objects: readonly KubeObject[]; version: number; after: string } {
    const { rv, start } = parseToken(token);
    const snapshot = this.#snapshot(resource, rv);
    if (snapshot !== undefined) return { objects: snapshot.objects, version: rv, after: start };
    throw expired(TOO_OLD);
  }

  #snapshot({ collection }: Resource, version: number): Snapshot | undefined {
    const snapshot = this.#snapshots.get(`${collection}@${version}`);
    const isFresh = snapshot !== undefined && this.#clock.monotonic() - snapshot.takenAt < SNAPSHOT_MILLIS;
    return isFresh ? snapshot : undefined;
  }

  #keep({ collection }: Resource, version: number, objects: readonly KubeObject[]): void {
    const key = `${collection}@${version}`;
    if (this.#snapshots.has(key)) return;
    this.#snapshots.set(key, { objects, takenAt: this.#clock.monotonic() });
    const [oldest] = this.#snapshots.keys();
    if (oldest !== undefined && this.#snapshots.size > MOST_SNAPSHOTS) this.#snapshots.delete(oldest);
  }
}

/** A resourceVersion of a request; throws what `refuse` makes of it where it is no number. */
export function versionOf(text: string, refuse: (why: string) => ApiError): number {
  if (/^\d+$/.test(text)) return Number(text);
  const quoted = JSON.stringify(text);
  throw refuse(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`);
}

export function tooLarge(wanted: number, version: number): ApiError {
  return new ApiError(504, "Timeout", `Timeout: Too large resource version: ${wanted}, current: ${version}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

const keyOf = ({ metadata: { namespace, name } }: KubeObject): string => objectKey(namespace, name);

function firstAfter(objects: readonly KubeObject[], key: string): number {
  const place = objects.findIndex((object) => keyOf(object) > key);
  return place < 0 ? objects.length : place;
}

function printToken(version: number, last: KubeObject): string {
  const token: Token = { v: "meta.k8s.io/v1", rv: version, start: `${keyOf(last)}` };
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

function parseToken(text: string): Token {
  try {
    const token = JSON.parse(Buffer.from(text, "base64url").toString()) as Partial<Token>;
    if (typeof token.rv === "number" && typeof token.start === "string") return token as Token;
  } catch {
    // Said below.
  }
  throw badRequest("invalid continue token: continue key is not valid: illegal base64 data at input byte 0");
}
