import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { asKube, fieldsOf, objectsAt } from "./json.ts";
import type { Resource } from "./resource.ts";
import { tableOf } from "./table/table.ts";
import type { WatchEncoding } from "./watches.ts";

/** How an answer is to look. */
export type Shape = "object" | "metadata" | "table";

/** The first of the accepted forms that this server can give. */
export function shapeOf(accept: string | undefined): Shape {
  for (const form of (accept ?? "").split(",")) {
    const parameters = form.split(";").map((part) => part.trim());
    const as = parameters.find((part) => part.startsWith("as="))?.slice(3);
    const isKnown = parameters.includes("v=v1") && parameters.includes("g=meta.k8s.io");
    if (as === "Table" && isKnown) return "table";
    if (as?.startsWith("PartialObjectMetadata") && isKnown) return "metadata";
    if (as === undefined && /json|\*\/\*/.test(form)) return "object";
  }
  return "object";
}

export interface Encoding extends WatchEncoding {
  /** What a request is answered with: an object or a list of them. */
  encodeAny(body: WireObject): WireObject;
}

export function encodingOf(
  shape: Shape,
  resource: Resource,
  query: Readonly<Record<string, string>>,
  now: () => number,
): Encoding {
  if (shape === "metadata")
    return { key: shape, encode: (object) => asKube(metadataOnly(object)), encodeAny: metadataOfAny };
  if (shape === "table") {
    const content = query["includeObject"] ?? "Metadata";
    const table = (items: readonly WireObject[], metadata: WireObject): WireObject =>
      tableOf(items, metadata, { resource, content, now: now() });
    return {
      key: `table ${content}`,
      // The columns of a stream are told once.
      rest: {
        key: `rest of table ${content}`,
        encode: (object) =>
          asKube({
            ...table([fieldsOf(object)], { resourceVersion: object.metadata.resourceVersion }),
            columnDefinitions: null,
          }),
      },
      encode: (object) => asKube(table([fieldsOf(object)], { resourceVersion: object.metadata.resourceVersion })),
      encodeAny: (body) =>
        isList(body)
          ? table(objectsAt(body, "items"), body["metadata"] as WireObject)
          : table([body], { resourceVersion: (body as unknown as KubeObject).metadata.resourceVersion }),
    };
  }
  return { key: shape, encode: (object) => object, encodeAny: (body) => body };
}

const isList = (body: WireObject): boolean => Array.isArray(body["items"]) && String(body["kind"]).endsWith("List");

export const metadataOnly = ({ metadata }: KubeObject | WireObject): WireObject => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata,
});

function metadataOfAny(body: WireObject): WireObject {
  if (!isList(body)) return metadataOnly(body);
  return {
    kind: "PartialObjectMetadataList",
    apiVersion: "meta.k8s.io/v1",
    metadata: body["metadata"],
    items: objectsAt(body, "items").map(metadataOnly),
  };
}
