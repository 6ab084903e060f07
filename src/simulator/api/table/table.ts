import type { WireObject } from "../../../resources/wire.ts";
import { metadataOf } from "../json.ts";
import type { Column, Resource } from "../resource.ts";

export interface TableOptions {
  readonly resource: Resource;
  /** What each row carries besides its cells: "Object", "Metadata" or "None". */
  readonly content: string;
  readonly now: number;
}

const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name must be unique within a namespace.",
  priority: 0,
  cell: (object) => metadataOf(object)["name"],
};

/** Objects as `kubectl get` shows them. */
export function tableOf(items: readonly WireObject[], metadata: WireObject, options: TableOptions): WireObject {
  const { resource, content, now } = options;
  const columns = [NAME, ...resource.columns];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: columns.map(({ name, type, format = "", description = "", priority }) => ({
      name,
      type,
      format,
      description,
      priority,
    })),
    rows: items.map((object) => ({
      cells: columns.map(({ cell }) => cell(object, now) ?? null),
      object: content === "None" ? null : content === "Object" ? object : partial(object),
    })),
  };
}

const partial = (object: WireObject): WireObject => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: object["metadata"],
});
