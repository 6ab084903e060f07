import type { WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { Cause, Named } from "./errors.ts";
import type { Draft } from "./json.ts";
import type { Schema } from "./schema/schema.ts";

/** What a kind needs to know of the world while its object is being made. */
export interface Surroundings {
  /** Whole seconds, as objects record time. */
  readonly time: string;
  readonly uid: () => string;
  /** A number from 0 up to, but not including, 1. */
  readonly dice: () => number;
  /** Whether another object of this collection satisfies the question. */
  readonly some: (collection: string, question: (object: KubeObject) => boolean) => boolean;
}

/** What is special about a kind. Drafts are read already: their fields have the right types. */
export interface Behaviour {
  /** Fill in what the sender left out. */
  readonly defaults?: (draft: Draft) => void;
  readonly prepareCreate?: (draft: Draft, surroundings: Surroundings) => void;
  readonly prepareUpdate?: (draft: Draft, before: WireObject) => void;
  readonly validate?: (object: WireObject, before: WireObject | undefined) => readonly Cause[];
  /** What raises the generation. Without it the kind has none. */
  readonly generationOf?: (object: WireObject) => unknown;
  /** Whether a PUT needs no resourceVersion. */
  readonly isUpdatedUnconditionally: boolean;
  /** Whether a PUT of what is not there makes it. */
  readonly isCreatedByUpdate: boolean;
  /** Whether DELETE answers with the object, and not with a Status. */
  readonly answersDeleted: boolean;
  /** What every answer about the kind warns of. */
  readonly warning?: string;
  readonly nameRule: "subdomain" | "label" | "label1035" | "path";
}

/** Where a kind keeps what `/scale` shows. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly selector: readonly string[] | undefined;
}

/** A column of `kubectl get`. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** 0 is shown always, 1 with `-o wide`. */
  readonly priority: number;
  readonly cell: (object: WireObject, now: number) => unknown;
}

/** One kind in one version, as the server serves it. */
export interface Resource extends Named {
  readonly version: string;
  readonly apiVersion: string;
  readonly listKind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
  /** Where its objects are kept: one place for all versions. */
  readonly collection: string;
  readonly isCustom: boolean;
  readonly schema: Schema;
  readonly subresources: readonly string[];
  readonly scale: ScalePaths | undefined;
  readonly behaviour: Behaviour;
  readonly columns: readonly Column[];
  /** Between what is stored and this version, where they differ by more than the name of the version. */
  readonly convert?: {
    readonly stored: (view: WireObject) => WireObject;
    readonly view: (stored: WireObject) => WireObject;
  };
}

export const hasStatus = ({ subresources }: Resource): boolean => subresources.includes("status");

/** The stored object as this version shows it. */
export function viewOf(resource: Resource, stored: KubeObject): KubeObject {
  if (stored.apiVersion === resource.apiVersion) return stored;
  const converted = resource.convert?.view(stored) ?? stored;
  return { ...converted, apiVersion: resource.apiVersion, kind: resource.kind } as unknown as KubeObject;
}

export function groupVersion(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
/** In the order in which the server of custom kinds tells them. */
const CUSTOM_VERBS = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** What can be done to it; namespaces cannot be removed all at once. */
export function verbsOf({ group, plural, isCustom }: Resource): readonly string[] {
  if (isCustom) return CUSTOM_VERBS;
  return group === "" && plural === "namespaces" ? VERBS.filter((verb) => verb !== "deletecollection") : VERBS;
}
