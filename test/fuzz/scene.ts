import type { ClusterObject, KindName } from "../../src/control/ports.ts";

export const NAMESPACE = "shop";
export const NAME = "podinfo";
export const UID = "canary-uid";
/** When every scene begins, in milliseconds since the epoch. */
export const NOW = Date.UTC(2026, 0, 1, 12);

/** An object of the cluster. Its metadata is what an API server lets through; all else may be anything. */
export interface Stored {
  readonly kind: Exclude<KindName, "Canary">;
  readonly object: ClusterObject;
}

/** What happens once all has come to rest. */
export type Happening =
  /** Somebody writes an object. */
  | { readonly kind: "edit"; readonly stored: Stored }
  /** Somebody writes the Canary's spec, or deletes it. */
  | { readonly kind: "canary"; readonly spec?: unknown; readonly isDeleted?: boolean }
  /** The target asks for another image. */
  | { readonly kind: "release"; readonly image: string }
  /** Kubernetes' own controllers do what they are asked for, but for so many pods of each workload. */
  | { readonly kind: "obey"; readonly who: "workloads" | "endpoints" | "both"; readonly missingPods: number }
  | { readonly kind: "pause"; readonly seconds: number };

/** Everything that one case is made of, as plain JSON: so that it can be printed, made smaller and played again. */
export interface Scene {
  /** The Canary, its metadata as an API server lets it through. */
  readonly canary: ClusterObject;
  readonly objects: readonly Stored[];
  /** One after the other, each followed by another rest. */
  readonly happenings: readonly Happening[];
  /** What Prometheus answers, in turns. */
  readonly answers: readonly ("good" | "bad" | "nothing" | "broken")[];
  /** An AlertProvider, which is only ever parsed. */
  readonly alertProvider: unknown;
}
