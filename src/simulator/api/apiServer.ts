import type { WireObject } from "../../resources/wire.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { WriteSeen } from "../happening.ts";
import { Canon } from "./canon.ts";
import { Catalog } from "./catalog.ts";
import { Definitions } from "./custom/definitions.ts";
import { CustomValidation } from "./custom/problems.ts";
import { discover, isVirtual } from "./discovery/discovery.ts";
import { encodingOf, type Shape, shapeOf } from "./encoding.ts";
import { ApiError, methodNotAllowed } from "./errors.ts";
import type { ApiRequest, ApiResponse } from "./exchange.ts";
import type { Journal } from "./journal.ts";
import { objectsAt } from "./json.ts";
import { builtinResources, FIRST_NAMESPACES } from "./kinds/builtins.ts";
import { Lists } from "./lists.ts";
import { Objects } from "./objects.ts";
import { decodeProtobuf, isProtobuf } from "./protobuf.ts";
import { Removal } from "./removal.ts";
import type { Resource } from "./resource.ts";
import { BuiltinTypes } from "./schema/builtin.ts";
import type { Schema } from "./schema/schema.ts";
import { type Change, Storage } from "./storage.ts";
import { type Target, targetOf } from "./target.ts";
import { Verbs } from "./verbs.ts";
import { Watches, type WatchSink } from "./watches.ts";

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** In memory only, without one. */
  readonly journal?: Journal;
  /** Collections such as `/pods` whose objects get no managedFields unless somebody applies to them: a third of a write. */
  readonly unowned?: ReadonlySet<string>;
}

/**
 * A Kubernetes API server in memory: what a client can tell from the real one is written down in docs/playground/api.md, and
 * held to it by the cluster suite. Every request is done at once, in the order in which they come.
 */
export class ApiServer {
  readonly #clock: Clock;
  readonly #storage: Storage;
  readonly #catalog: Catalog;
  readonly #types: BuiltinTypes;
  readonly #canon: Canon;
  readonly #custom: CustomValidation;
  readonly #lists: Lists;
  readonly #watches: Watches;
  readonly #verbs: Verbs;
  readonly #removal: Removal;
  readonly #writeListeners = new Set<(write: WriteSeen) => void>();
  /** Where paths lead, as of an edition of the catalog. */
  #targets: { readonly edition: number; readonly byPath: Map<string, Target> } = { edition: -1, byPath: new Map() };
  /** Whose request is being answered. */
  #user = SELF;

  /** `like` is the server that this one begins as: see `fork`. */
  constructor({ clock, random, journal, unowned = new Set() }: ApiServerOptions, like?: ApiServer) {
    this.#clock = clock;
    this.#types = like === undefined ? new BuiltinTypes() : like.#types;
    this.#canon = like === undefined ? new Canon(this.#types.type("ObjectMeta")) : like.#canon;
    this.#custom = like === undefined ? new CustomValidation(this.#canon) : like.#custom;
    this.#storage = like === undefined ? new Storage(journal) : like.#storage.fork();
    this.#catalog = like === undefined ? new Catalog(builtinResources(this.#types)) : like.#catalog.fork();
    this.#lists = new Lists({ storage: this.#storage, clock });
    this.#watches = new Watches({ storage: this.#storage, clock, random });
    const { storage, catalog, types } = { storage: this.#storage, catalog: this.#catalog, types: this.#types };
    const { custom, canon } = { custom: this.#custom, canon: this.#canon };
    const objects = new Objects({ storage, catalog, types, clock, random, custom, canon, unowned });
    this.#removal = new Removal(objects);
    this.#verbs = new Verbs({ objects, removal: this.#removal, lists: this.#lists });
    const definitions = new Definitions(objects);
    storage.observe((collection, change) => {
      this.#tell(change);
      definitions.follow(collection, change);
      if (collection === EVENTS && change.type === "ADDED") this.#forgetEvents();
      const { namespace } = change.object.metadata;
      if (change.type === "DELETED" && namespace !== undefined) this.#removal.sweepNamespace(namespace);
    });
    if (like !== undefined) return;
    definitions.load();
    this.#found();
  }

  /**
   * A server that begins where this one stands, with a time and dice of its own. What either does afterwards is no news to
   * the other; to make one costs next to nothing, as what never changes is shared. Watches cannot resume from before now.
   */
  fork(options: Omit<ApiServerOptions, "journal">): ApiServer {
    return new ApiServer(options, this);
  }

  /** The version of the newest write. */
  get version(): string {
    return String(this.#storage.version);
  }

  /** How many watches are open. */
  get watches(): number {
    return this.#watches.size;
  }

  /** Answer one request. Never throws: what is refused is answered with a Status. */
  request(given: ApiRequest): ApiResponse {
    this.#user = given.user ?? SELF;
    try {
      const request = this.#readable(given);
      if (isVirtual(request.path)) return discover(request, this.#catalog);
      const target = this.#targetOf(request.path);
      if (target === undefined) return discover(request, this.#catalog);
      return this.#answer(this.#verbs.run(request, target), target, request);
    } catch (error) {
      if (error instanceof ApiError) return { status: error.code, body: bodyOf(error) };
      throw error;
    }
  }

  /** Few paths are asked for often. */
  #targetOf(path: string): Target | undefined {
    const { edition } = this.#catalog;
    if (this.#targets.edition !== edition || this.#targets.byPath.size > MOST_TARGETS) {
      this.#targets = { edition, byPath: new Map() };
    }
    const known = this.#targets.byPath.get(path);
    if (known !== undefined) return known;
    const target = targetOf(path, this.#catalog);
    if (target !== undefined) this.#targets.byPath.set(path, target);
    return target;
  }

  /** The request with its body in JSON, whatever it came in. */
  #readable(request: ApiRequest): ApiRequest {
    const { body } = request;
    if (!(body instanceof Uint8Array)) return request;
    if (!isProtobuf(body)) return { ...request, body: new TextDecoder().decode(body) };
    const schemaOf = (apiVersion: string, kind: string): Schema | undefined =>
      this.#catalog.findKind(apiVersion, kind)?.schema ?? this.#types.find(kind);
    return { ...request, body: decodeProtobuf(body, schemaOf) };
  }

  /** Whether the path leads to objects of a kind, and not to a single one. */
  isCollection(path: string): boolean {
    try {
      return targetOf(path, this.#catalog)?.name === undefined;
    } catch {
      return true; // What is wrong with it, the request itself will be told.
    }
  }

  /** Open a watch, with the same query as over HTTP. Throws `ApiError` where it is refused. */
  watch(request: Omit<ApiRequest, "method">, sink: WatchSink): () => void {
    const target = targetOf(request.path, this.#catalog);
    if (target === undefined) throw new ApiError(404, "", "404 page not found");
    if (target.subresource !== "") throw methodNotAllowed();
    const { resource, namespace, name } = target;
    const shape = shapeOf(request.accept);
    const encoding = encodingOf(shape, resource, request.query ?? {}, () => this.#clock.now());
    return this.#watches.open({ resource, namespace, name, query: request.query ?? {}, encoding }, sink);
  }

  /** Hear of every write, by the collection it went to, for example `apps/deployments`. */
  observe(observer: (collection: string, change: Change) => void): () => void {
    return this.#storage.observe(observer);
  }

  /** Hear of every write that took effect, at once and in order, with the user who asked for it. Must not write. */
  onWrite(listener: (write: WriteSeen) => void): () => void {
    this.#writeListeners.add(listener);
    return () => void this.#writeListeners.delete(listener);
  }

  /** An object as it is stored, without a request: for workings of the world that are no client's. */
  peek(collection: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#storage.get(collection, namespace, name);
  }

  /** All objects of a collection, in the order of their names. */
  all(collection: string): readonly KubeObject[] {
    return this.#storage.collection(collection).sorted();
  }

  /** Forget the past, as etcd's compaction does: whoever resumes from before now is answered with 410. */
  compact(): void {
    this.#storage.compact();
    this.#lists.compact();
  }

  #answer(response: ApiResponse, { resource }: Target, request: ApiRequest): ApiResponse {
    if (response.status >= 300) return response;
    const { warning } = resource.behaviour;
    if (warning !== undefined) return { ...this.#shaped(response, resource, request), warnings: [warning] };
    return this.#shaped(response, resource, request);
  }

  #shaped(response: ApiResponse, resource: Resource, request: ApiRequest): ApiResponse {
    const shape: Shape = shapeOf(request.accept);
    if (shape === "object") return { ...response, body: withoutItemKinds(response.body as WireObject, resource) };
    const encoding = encodingOf(shape, resource, request.query ?? {}, () => this.#clock.now());
    return { ...response, body: encoding.encodeAny(response.body as WireObject) };
  }

  #tell({ type, object, before }: Change): void {
    if (this.#writeListeners.size === 0) return;
    const { kind = "", metadata } = object;
    const { namespace, name } = metadata;
    const after = type === "DELETED" ? undefined : object;
    const write = { atMillis: this.#clock.now(), user: this.#user, kind, namespace, name, before, after };
    for (const listener of this.#writeListeners) listener(write);
  }

  /** The oldest stand first, as nobody deletes and makes them anew. */
  #forgetEvents(): void {
    const oldest = this.#clock.now() - EVENT_MILLIS;
    for (const event of this.#storage.collection(EVENTS).objects.values()) {
      if (Date.parse(event.metadata.creationTimestamp ?? "") > oldest) return;
      this.#user = SELF;
      this.#storage.remove(EVENTS, event);
    }
  }

  #found(): void {
    for (const body of FIRST_NAMESPACES) {
      const name = (body["metadata"] as { readonly name: string }).name;
      if (this.#storage.get("/namespaces", undefined, name) !== undefined) continue;
      this.request({ method: "POST", path: "/api/v1/namespaces", body, user: SELF });
    }
  }
}

const MOST_TARGETS = 1_000;
/** Who writes what nobody asked for. */
const SELF = "kube-apiserver";
const EVENTS = "/events";
/** As the real server does by default. */
const EVENT_MILLIS = 3_600_000;

/** Items of built-in kinds do not say what they are, those of others do. */
function withoutItemKinds(body: WireObject, { listKind, isCustom }: Resource): WireObject {
  if (isCustom || body["kind"] !== listKind) return body;
  return { ...body, items: objectsAt(body, "items").map(({ apiVersion: _, kind: __, ...item }) => item) };
}

/** Only a path that leads nowhere is answered in plain text. */
const bodyOf = (error: ApiError): unknown =>
  error.reason === "" && error.code === 404 ? `${error.message}\n` : error.body;
