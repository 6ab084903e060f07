import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { asKube, fieldsOf, listAt, objectAt, objectsAt, textAt } from "../json.ts";
import { PLAIN } from "../kinds/core.ts";
import type { Objects } from "../objects.ts";
import { type Behaviour, type Column, groupVersion, type Resource, type ScalePaths } from "../resource.ts";
import type { Schema } from "../schema/schema.ts";
import type { Change } from "../storage.ts";
import { customColumns } from "../table/customColumns.ts";

const COLLECTION = "apiextensions.k8s.io/customresourcedefinitions";

/** Serves a kind for each CustomResourceDefinition, as long as there is one. */
export class Definitions {
  readonly #objects: Objects;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** Serve what is stored already. */
  load(): void {
    for (const definition of this.#objects.storage.collection(COLLECTION).sorted()) this.#serve(definition);
  }

  /** Take notice of a write. */
  follow(collection: string, { type, object, before }: Change): void {
    if (collection !== COLLECTION) return;
    if (type === "DELETED") {
      this.#forget(object);
      return;
    }
    if (before?.metadata.generation === object.metadata.generation) return;
    this.#serve(object);
    this.#establish(object);
  }

  #serve(definition: KubeObject): void {
    const spec = objectAt(fieldsOf(definition), "spec") ?? {};
    const names = objectAt(spec, "names") ?? {};
    const { catalog } = this.#objects;
    catalog.remove(String(spec["group"]), String(names["plural"]));
    for (const version of objectsAt(spec, "versions")) {
      if (version["served"] === true) catalog.add(resourceOf(spec, names, version));
    }
  }

  #forget(definition: KubeObject): void {
    const { catalog, storage } = this.#objects;
    const group = textAt(fieldsOf(definition), "spec", "group") ?? "";
    const plural = textAt(fieldsOf(definition), "spec", "names", "plural") ?? "";
    const collection = `${group}/${plural}`;
    for (const object of storage.collection(collection).sorted()) storage.remove(collection, object);
    catalog.remove(group, plural);
  }

  /** What the real server's controllers write a moment later. */
  #establish(definition: KubeObject): void {
    const spec = objectAt(fieldsOf(definition), "spec") ?? {};
    const { time, storage } = this.#objects;
    const storageVersion = objectsAt(spec, "versions").find((version) => version["storage"] === true);
    const known = listAt(fieldsOf(definition), "status", "storedVersions");
    const stored = [...new Set([...known, storageVersion?.["name"]])];
    const condition = (type: string, reason: string, message: string): WireObject => ({
      type,
      status: "True",
      lastTransitionTime: time,
      reason,
      message,
    });
    const status = {
      conditions: [
        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
      ],
      acceptedNames: spec["names"],
      storedVersions: stored,
    };
    storage.put(COLLECTION, asKube({ ...definition, status }));
  }
}

function resourceOf(spec: WireObject, names: WireObject, version: WireObject): Resource {
  const [group, name, kind, plural] = [spec["group"], version["name"], names["kind"], names["plural"]].map(String) as [
    string,
    string,
    string,
    string,
  ];
  const subresources = objectAt(version, "subresources") ?? {};
  const scale = objectAt(subresources, "scale");
  const hasStatus = subresources["status"] !== undefined;
  return {
    group,
    version: name,
    apiVersion: groupVersion(group, name),
    kind,
    plural,
    listKind: textAt(names, "listKind") ?? `${kind}List`,
    singular: textAt(names, "singular") ?? kind.toLowerCase(),
    shortNames: listAt(names, "shortNames") as readonly string[],
    categories: listAt(names, "categories") as readonly string[],
    isNamespaced: spec["scope"] === "Namespaced",
    collection: `${group}/${plural}`,
    isCustom: true,
    schema: customSchema(version),
    subresources: [...(hasStatus ? ["status"] : []), ...(scale === undefined ? [] : ["scale"])],
    scale: scale === undefined ? undefined : scalePaths(scale),
    behaviour: behaviourOf(hasStatus),
    columns: columnsOf(version),
  };
}

function behaviourOf(hasStatus: boolean): Behaviour {
  return {
    ...PLAIN,
    isUpdatedUnconditionally: false,
    generationOf: ({ metadata: _, apiVersion: __, status, ...content }) =>
      hasStatus ? content : { ...content, status },
  };
}

function customSchema(version: WireObject): Schema {
  return (objectAt(version, "schema", "openAPIV3Schema") ?? { "x-kubernetes-preserve-unknown-fields": true }) as Schema;
}

function columnsOf(version: WireObject): readonly Column[] {
  return customColumns(objectsAt(version, "additionalPrinterColumns"));
}

function scalePaths(scale: WireObject): ScalePaths {
  const path = (field: string): readonly string[] =>
    String(scale[field] ?? "")
      .split(".")
      .filter((part) => part !== "");
  const selector = scale["labelSelectorPath"];
  return {
    specReplicas: path("specReplicasPath"),
    statusReplicas: path("statusReplicasPath"),
    selector: selector === undefined ? undefined : path("labelSelectorPath"),
  };
}
