import { isWireObject, type WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { bodyObject, parseBody } from "./bodies.ts";
import { badRequest, methodNotAllowed, noSuchResource } from "./errors.ts";
import type { ApiRequest, ApiResponse } from "./exchange.ts";
import { metadataOf } from "./json.ts";
import type { Lists } from "./lists.ts";
import type { Objects } from "./objects.ts";
import { Patches } from "./patches.ts";
import type { FieldValidation } from "./read.ts";
import { type Removal, type Removed, removalOptions } from "./removal.ts";
import { type Resource, verbsOf, viewOf } from "./resource.ts";
import { readScale, scaleOf } from "./scale.ts";
import { bind, evict, token } from "./subresources.ts";
import type { Target } from "./target.ts";
import type { Place, WriteOptions, Written } from "./write.ts";

type Query = Readonly<Record<string, string>>;

export interface VerbsOptions {
  readonly objects: Objects;
  readonly removal: Removal;
  readonly lists: Lists;
}

/** What each method does to what the path leads to. */
export class Verbs {
  readonly #objects: Objects;
  readonly #removal: Removal;
  readonly #lists: Lists;
  readonly #patches: Patches;

  constructor({ objects, removal, lists }: VerbsOptions) {
    this.#objects = objects;
    this.#removal = removal;
    this.#lists = lists;
    this.#patches = new Patches(objects);
  }

  run(request: ApiRequest, target: Target): ApiResponse {
    const { name, namespace, resource, subresource } = target;
    if (name === undefined) return this.#collection(request, target);
    if (resource.isNamespaced && namespace === undefined) throw noSuchResource();
    const place: Place = { resource, namespace, name };
    if (subresource === "") return this.#object(request, place);
    if (!resource.subresources.includes(subresource)) throw noSuchResource();
    return this.#subresource(request, place, subresource);
  }

  #collection(request: ApiRequest, { resource, namespace }: Target): ApiResponse {
    const { method, body, query = {} } = request;
    switch (method) {
      case "GET": {
        const { items, metadata } = this.#lists.list(resource, namespace, query);
        const { listKind: kind, apiVersion } = resource;
        return { status: 200, body: { kind, apiVersion, metadata, items } };
      }
      case "POST": {
        if (resource.isNamespaced && namespace === undefined) throw methodNotAllowed();
        const object = bodyObject(body, resource);
        return written(this.#objects.create(resource, namespace, { object }, optionsOf(request, "")));
      }
      case "DELETE":
        if (!verbsOf(resource).includes("deletecollection")) throw methodNotAllowed();
        return this.#removeAll(request, resource, namespace);
      default:
        throw methodNotAllowed();
    }
  }

  #object(request: ApiRequest, place: Place): ApiResponse {
    const { method, body, query = {} } = request;
    switch (method) {
      case "GET":
        return { status: 200, body: viewOf(place.resource, this.#objects.get(place)) };
      case "PUT":
        return written(this.#put(place, body, optionsOf(request, "")));
      case "PATCH":
        return written(this.#patches.patch(place, request, optionsOf(request, "")));
      case "DELETE":
        return removed(this.#removal.remove(place, removalOptions(bodyValue(body), query)), place);
      default:
        throw methodNotAllowed();
    }
  }

  #put(place: Place, body: unknown, options: WriteOptions): Written {
    const { resource, namespace, name } = place;
    const object = named(bodyObject(body, resource), name);
    const version = metadataOf(object)["resourceVersion"] ?? "";
    if (this.#objects.find(place) === undefined && resource.behaviour.isCreatedByUpdate && version === "") {
      return this.#objects.create(resource, namespace, { object }, options);
    }
    return this.#objects.update(place, () => ({ object, isReplacement: true }), options);
  }

  #removeAll({ body, query = {} }: ApiRequest, resource: Resource, namespace: string | undefined): ApiResponse {
    const options = removalOptions(bodyValue(body), query);
    const { items, metadata } = this.#lists.list(resource, namespace, query);
    for (const { metadata: own } of items) {
      this.#removal.remove({ resource, namespace: own.namespace, name: own.name }, options);
    }
    const { listKind: kind, apiVersion } = resource;
    return { status: 200, body: { kind, apiVersion, metadata, items } };
  }

  #subresource(request: ApiRequest, place: Place, subresource: string): ApiResponse {
    const { method, body } = request;
    if (subresource === "status" && method !== "POST" && method !== "DELETE") {
      if (method === "GET") return this.#object(request, place);
      const options = optionsOf(request, "status");
      if (method === "PATCH") return written(this.#patches.patch(place, request, options));
      const object = named(bodyObject(body, place.resource), place.name);
      return written(this.#objects.update(place, () => ({ object }), options));
    }
    if (subresource === "scale") return this.#scale(request, place);
    if (method !== "POST") throw methodNotAllowed();
    if (subresource === "binding") return bind(this.#objects, place, bodyValue(body));
    if (subresource === "eviction") return evict(this.#objects, this.#removal, place, bodyValue(body));
    if (subresource === "token") return token(this.#objects, place, bodyValue(body));
    throw methodNotAllowed();
  }

  #scale(request: ApiRequest, place: Place): ApiResponse {
    const current = (): WireObject => scaleOf(viewOf(place.resource, this.#objects.get(place)), place.resource);
    if (request.method === "GET") return { status: 200, body: current() };
    if (request.method !== "PUT" && request.method !== "PATCH") throw methodNotAllowed();
    const wanted = request.method === "PUT" ? bodyValue(request.body) : this.#patches.patchedScale(current(), request);
    const change = readScale(wanted, place.resource);
    const options = optionsOf(request, "scale");
    const { object } = this.#objects.update(place, (object) => ({ object: change(object) }), options);
    return { status: 200, body: scaleOf(object, place.resource) };
  }
}

function bodyValue(body: unknown): unknown {
  const parsed = parseBody(body);
  if ("error" in parsed) throw badRequest(parsed.error);
  return parsed.value;
}

/** Who writes what, as the query says it. */
function optionsOf({ query = {}, user = "" }: ApiRequest, subresource: WriteOptions["subresource"]): WriteOptions {
  const validation = query["fieldValidation"] ?? "Warn";
  if (!["Ignore", "Warn", "Strict"].includes(validation)) throw badRequest(`invalid fieldValidation: ${validation}`);
  return {
    manager: managerOf(query, user),
    isDryRun: query["dryRun"] === "All",
    validation: validation as FieldValidation,
    subresource,
  };
}

const managerOf = (query: Query, user: string): string => query["fieldManager"] || user.split("/")[0] || "unknown";

/** The object under the name that the path gives it. */
function named(body: WireObject, name: string): WireObject {
  const metadata = isWireObject(body["metadata"]) ? body["metadata"] : {};
  return (metadata["name"] ?? "") === "" ? { ...body, metadata: { ...metadata, name } } : body;
}

function written({ object, warnings, isNew }: Written): ApiResponse {
  return { status: isNew ? 201 : 200, body: object, ...(warnings.length === 0 ? {} : { warnings }) };
}

function removed({ object, isGone }: Removed, { resource }: Place): ApiResponse {
  if (!isGone || resource.behaviour.answersDeleted) return { status: 200, body: object };
  return { status: 200, body: success(object, resource) };
}

function success({ metadata: { name, uid } }: KubeObject, { group, plural }: Resource): WireObject {
  const details = { name, ...(group === "" ? {} : { group }), kind: plural, uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}
