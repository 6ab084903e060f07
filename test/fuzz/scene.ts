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

/** Everything that one case is made of, as plain JSON: so that it can be printed, made smaller and played again. */
export interface Scene {
  /** The Canary, its metadata as an API server lets it through. */
  readonly canary: ClusterObject;
  readonly objects: readonly Stored[];
  /** What somebody writes once all has come to rest, each followed by another rest. */
  readonly edits: readonly Stored[];
  /** For how many seconds nothing happens, again and again, after that. */
  readonly pausesSeconds: readonly number[];
  /** What Prometheus answers, in turns. */
  readonly answers: readonly ("good" | "bad" | "nothing" | "broken")[];
  /** An AlertProvider, which is only ever parsed. */
  readonly alertProvider: unknown;
}
