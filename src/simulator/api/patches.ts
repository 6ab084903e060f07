import { isWireObject, type WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { parseBody } from "./bodies.ts";
import { type ApiError, badRequest, invalid, required, unknownMedia, unsupportedMedia } from "./errors.ts";
import type { ApiRequest } from "./exchange.ts";
import { applied } from "./fields/managers.ts";
import { mustBeTyped } from "./fields/typed.ts";
import { fieldsOf, isEmpty, listAt, metadataOf } from "./json.ts";
import type { Objects } from "./objects.ts";
import { jsonPatch } from "./patch/json.ts";
import { mergePatch } from "./patch/merge.ts";
import { strategicPatch } from "./patch/strategic.ts";
import { emptyOf } from "./read.ts";
import { hasStatus, type Resource } from "./resource.ts";
import type { Change, Place, WriteOptions, Written } from "./write.ts";

const APPLY = "application/apply-patch+yaml";
const KINDS = ["application/json-patch+json", "application/merge-patch+json"];
const STRATEGIC = "application/strategic-merge-patch+json";

/** The four ways to say what should be different. */
export class Patches {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  patch(place: Place, request: ApiRequest, options: WriteOptions): Written {
    const type = mediaType(request);
    if (type === APPLY) return this.#apply(place, request, options);
    const body = patchBody(request.body);
    const change = changeOf(type, body, place.resource);
    const strategic = type === STRATEGIC && isWireObject(body) ? { strategic: body } : {};
    const { force } = request.query ?? {};
    if (force !== undefined && force !== "false") throw forceRefused();
    const make = (current: KubeObject): Change => ({
      object: change(fieldsOf(current)),
      isPatched: true,
      ...strategic,
    });
    return this.#objects.update(place, make, options);
  }

  /** A patch of what `/scale` shows. */
  patchedScale(scale: WireObject, request: ApiRequest): unknown {
    const type = mediaType(request);
    if (type === APPLY) return mergePatch(scale, mustBeObject(patchBody(request.body)));
    return jsonOrMerge(type === STRATEGIC ? "application/merge-patch+json" : type, scale, patchBody(request.body));
  }

  #apply(place: Place, { body, query = {} }: ApiRequest, options: WriteOptions): Written {
    const { resource, namespace, name } = place;
    if ((query["fieldManager"] ?? "") === "") {
      const problem = required("fieldManager", "is required for apply patch");
      throw invalid({ group: "meta.k8s.io", kind: "PatchOptions", plural: "" }, "", [problem]);
    }
    const configuration = configurationOf(body, place);
    mustBeTyped(configuration, resource.schema);
    const isForced = query["force"] === "true" || query["force"] === "1";
    const writer = this.#objects.writer(resource, "Apply", options);
    const isThere = this.#objects.find(place) !== undefined;
    const make = (live: WireObject): Change => {
      const ignored = ignoredFields(resource, options.subresource);
      const { object, managedFields } = applied(live, configuration, writer, {
        schema: resource.schema,
        isForced,
        ignored,
        isFirst: isThere,
        zero: emptyOf(resource),
      });
      const version = metadataOf(configuration)["resourceVersion"];
      const metadata = version === undefined ? object["metadata"] : { ...metadataOf(object), resourceVersion: version };
      return { object: { ...object, apiVersion: resource.apiVersion, kind: resource.kind, metadata }, managedFields };
    };
    if (isThere || options.subresource !== "") {
      return this.#objects.update(place, (current: KubeObject) => make(fieldsOf(current)), options);
    }
    const { object, managedFields = [] } = make(emptyOf(resource));
    const named = { ...object, metadata: { ...metadataOf(object), name } };
    return this.#objects.create(resource, namespace, { object: named, managedFields }, options);
  }
}

function mediaType({ contentType = "" }: ApiRequest): string {
  return contentType.split(";")[0]?.trim() ?? "";
}

function changeOf(type: string, body: unknown, resource: Resource): (current: WireObject) => WireObject {
  const accepted = [...KINDS, ...(resource.isCustom ? [] : [STRATEGIC]), APPLY];
  if (!accepted.includes(type)) throw resource.isCustom ? unsupportedMedia(accepted) : unknownMedia();
  return (current) => {
    const next: unknown =
      type === STRATEGIC
        ? strategicPatch(current, mustBeObject(body), resource.schema)
        : jsonOrMerge(type, current, body);
    return mustBeObject(next);
  };
}

function jsonOrMerge(type: string, current: WireObject, body: unknown): unknown {
  return type === "application/json-patch+json" ? jsonPatch(current, body) : mergePatch(current, mustBeObject(body));
}

function patchBody(body: unknown): unknown {
  const parsed = parseBody(body);
  if ("error" in parsed) throw badRequest(parsed.error);
  return parsed.value;
}

function mustBeObject(value: unknown): WireObject {
  if (isWireObject(value)) return value;
  throw badRequest("error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
}

function configurationOf(text: unknown, { resource, name }: Place): WireObject {
  const parsed = parseBody(text);
  if ("error" in parsed) throw badRequest(`error decoding YAML: ${parsed.error}`);
  const body = parsed.value;
  if (!isWireObject(body)) throw badRequest("error decoding YAML: the body is not an object");
  const { apiVersion, kind } = body as { readonly apiVersion?: string; readonly kind?: string };
  if (apiVersion === undefined || kind === undefined) {
    throw badRequest(`invalid object type: /, Kind=: ${apiVersion ?? ""} ${kind ?? ""}`.trim());
  }
  if (apiVersion !== resource.apiVersion || kind !== resource.kind) {
    throw badRequest(`invalid object type: ${apiVersion}, Kind=${kind}`);
  }
  const metadata = metadataOf(body);
  if (listAt(metadata, "managedFields").length > 0) throw badRequest("metadata.managedFields must be nil");
  if ((metadata["name"] ?? name) !== name) {
    throw badRequest(
      `the name of the object (${String(metadata["name"])}) does not match the name on the URL (${name})`,
    );
  }
  return isEmpty(metadata) ? { ...body, metadata: { name } } : body;
}

/** Fields that this request cannot write, and that it therefore never owns. */
function ignoredFields(resource: Resource, subresource: string): readonly string[] {
  if (subresource === "status")
    return Object.keys(resource.schema.properties ?? {}).filter((field) => field !== "status");
  return hasStatus(resource) ? ["status"] : [];
}

const forceRefused = (): ApiError =>
  invalid({ group: "meta.k8s.io", kind: "PatchOptions", plural: "" }, "", [
    { reason: "FieldValueForbidden", message: "Forbidden: may not be specified for non-apply patch", field: "force" },
  ]);
