import type { KindName } from "../../control/ports.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Meters } from "../../runtime/meters.ts";
import type { Random } from "../../runtime/random.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { Store } from "../../runtime/store.ts";
import type { Transport } from "../../runtime/transport.ts";
import { collectionPath, KIND_NAMES, KINDS, resourceName } from "./kinds.ts";
import { retain } from "./retention.ts";

export interface CachesOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly meters: Meters;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
}

/** One cache for each kind that the controller looks at, kept equal to the cluster. */
export class Caches {
  readonly stores: Readonly<Record<KindName, Store>>;
  readonly #reflectors: readonly (readonly [KindName, Reflector])[];

  constructor({ namespace, log, ...options }: CachesOptions) {
    const report = (error: unknown): void => log.error({ error }, "a cache listener failed");
    this.stores = Object.fromEntries(
      KIND_NAMES.map((kind) => [kind, new Store({ transform: retain(kind), report })]),
    ) as Record<KindName, Store>;
    this.#reflectors = KIND_NAMES.map((kind) => {
      const content = KINDS[kind].metadataOnly ? ("metadata" as const) : ("objects" as const);
      const path = collectionPath(kind, namespace);
      return [
        kind,
        new Reflector({ ...options, log, path, content, kind: resourceName(kind), store: this.stores[kind] }),
      ];
    });
  }

  start(): void {
    for (const [, reflector] of this.#reflectors) reflector.start();
  }

  stop(): void {
    for (const [, reflector] of this.#reflectors) reflector.stop();
  }

  /**
   * Resolves when every cache is filled, or its kind turned out not to be installed. Answers false where it was stopped
   * before: what is half filled tells of targets that are not there.
   */
  async whenSynced(): Promise<boolean> {
    const outcomes = await Promise.all(this.#reflectors.map(([, reflector]) => reflector.whenSynced()));
    return !outcomes.includes("stopped");
  }

  /** Kinds whose caches are not filled yet, by their name on the wire. */
  waitingFor(): readonly string[] {
    return this.#reflectors
      .filter(([, reflector]) => !reflector.isSynced && !reflector.isMissing)
      .map(([kind]) => resourceName(kind));
  }
}
