import { RejectedError } from "../../../control/errors.ts";
import type { Cluster, ClusterObject, Finding, Key } from "../../../control/ports.ts";
import type { ConfigFacts } from "../../../domain/observation.ts";
import type { Problem } from "../../../domain/status.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { compareVersions } from "../../../runtime/resourceVersion.ts";
import { checksumOf } from "./checksum.ts";
import type { ConfigReference } from "./references.ts";

/** On a ConfigMap or Secret: `disabled` keeps it out of change detection and copies. */
const TRACKING = "flagger.app/config-tracking";

/** What a reading found. Never the content itself: it may be large, or secret. */
type Reading =
  | { readonly kind: "checksum"; readonly checksum: string }
  | { readonly kind: "untracked" }
  /** Not now; with those to wake when it may be tried again. */
  | { readonly kind: "unreadable"; readonly problem: Problem | undefined; readonly waiting: Set<Key> };

interface Pending {
  readonly id: string;
  readonly namespace: string;
  readonly reference: ConfigReference;
  /** Whom to wake when it is done. */
  readonly waiting: Set<Key>;
}

interface Known {
  readonly uid: string | undefined;
  readonly version: string | undefined;
  readonly reading: Reading;
}

export interface ConfigsOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Have this Canary looked at again: a reading it waits for has come. */
  readonly wake: (key: Key) => void;
}

/** So many readings at once, however many Canaries there are when the controller starts. */
const CONCURRENT_READS = 8;
const RETRY_MILLIS = 5_000;
/** What a person must allow is not asked for every few seconds. */
const FORBIDDEN_RETRY_MILLIS = 60_000;

/** The checksums of configs, read outside of ticks and again only when an object has another version. */
export class Configs {
  readonly #cluster: Cluster;
  readonly #clock: Clock;
  readonly #wake: (key: Key) => void;
  readonly #known = new Map<string, Known>();
  /** Readings under way or waiting for their turn. */
  readonly #pending = new Map<string, Pending>();
  readonly #queue: Pending[] = [];
  #active = 0;

  constructor({ cluster, clock, wake }: ConfigsOptions) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#wake = wake;
  }

  /** From the cache alone. What is not known is begun to be read, and the key woken when it is. */
  read(key: Key, namespace: string, references: readonly ConfigReference[]): Finding<ConfigFacts> {
    const problems: Problem[] = [];
    const checksums: Record<string, string> = {};
    let isComplete = true;
    for (const reference of references) {
      const found = this.#find(key, namespace, reference);
      if (found.kind === "checksum") checksums[checksumKey(reference)] = found.checksum;
      if (found.kind !== "checksum" && found.kind !== "untracked") isComplete = false;
      if (found.kind === "missing") problems.push(notFound(namespace, reference));
      if (found.kind === "unreadable" && found.problem !== undefined) problems.push(found.problem);
    }
    if (!isComplete) return { facts: { kind: "reading" }, problems };
    const known = Object.keys(checksums).length === 0 ? undefined : checksums;
    return { facts: { kind: "known", checksums: known }, problems };
  }

  #find(key: Key, namespace: string, reference: ConfigReference): Reading | { readonly kind: "reading" | "missing" } {
    const id = idOf(namespace, reference);
    const listed = this.#cluster.read(reference.kind, namespace, reference.name);
    if (listed === undefined) {
      this.#known.delete(id);
      return reference.optional ? { kind: "untracked" } : { kind: "missing" };
    }
    if (isTrackingDisabled(listed)) return { kind: "untracked" };
    const known = this.#known.get(id);
    // What was fetched may be newer than what the watch has brought so far: waiting for the same would read it for ever.
    const isCurrent =
      known?.uid === listed.metadata.uid && compareVersions(known?.version, listed.metadata.resourceVersion) >= 0;
    if (known === undefined || !isCurrent) {
      this.#enqueue({ id, namespace, reference, waiting: new Set([key]) });
      return { kind: "reading" };
    }
    if (known.reading.kind === "unreadable") known.reading.waiting.add(key);
    return known.reading;
  }

  #enqueue(reading: Pending): void {
    const pending = this.#pending.get(reading.id);
    if (pending !== undefined) {
      for (const key of reading.waiting) pending.waiting.add(key);
      return;
    }
    this.#pending.set(reading.id, reading);
    this.#queue.push(reading);
    this.#next();
  }

  #next(): void {
    while (this.#active < CONCURRENT_READS) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#active += 1;
      void this.#load(next);
    }
  }

  /** Never rejects: whatever goes wrong is a reading too. */
  async #load({ id, namespace, reference, waiting }: Pending): Promise<void> {
    const listed = this.#cluster.read(reference.kind, namespace, reference.name);
    this.#known.set(id, await this.#fetch(namespace, reference, listed));
    this.#pending.delete(id);
    this.#active -= 1;
    for (const key of waiting) this.#wake(key);
    this.#next();
  }

  async #fetch(namespace: string, reference: ConfigReference, listed: ClusterObject | undefined): Promise<Known> {
    try {
      const config = await this.#cluster.fetch(reference.kind, namespace, reference.name);
      if (config !== undefined) return knownOf(reference, config);
    } catch (error) {
      return this.#failed(idOf(namespace, reference), listed, problemOf(namespace, reference, error));
    }
    // The watch has not told yet that it is gone.
    return this.#failed(idOf(namespace, reference), listed, undefined);
  }

  /** Not a change of the config, whatever the reason. Tried again after a while, in case what stood in the way is gone. */
  #failed(id: string, listed: ClusterObject | undefined, problem: Problem | undefined): Known {
    const waiting = new Set<Key>();
    const known: Known = {
      uid: listed?.metadata.uid,
      version: listed?.metadata.resourceVersion,
      reading: { kind: "unreadable", problem, waiting },
    };
    this.#clock.setTimer(problem === undefined ? RETRY_MILLIS : FORBIDDEN_RETRY_MILLIS, () => {
      if (this.#known.get(id) === known) this.#known.delete(id);
      for (const key of waiting) this.#wake(key);
    });
    return known;
  }
}

/** Whether its owner asked for this config to be left out. */
export function isTrackingDisabled({ metadata }: ClusterObject): boolean {
  return metadata.annotations?.[TRACKING]?.startsWith("disable") ?? false;
}

/** How a config is named among the checksums, as Flagger has it. */
export function checksumKey({ kind, name }: Pick<ConfigReference, "kind" | "name">): string {
  return `${kind.toLowerCase()}/${name}`;
}

function knownOf({ kind }: ConfigReference, config: ClusterObject): Known {
  const checksum = checksumOf({ ...config, kind });
  const reading: Reading = checksum === undefined ? { kind: "untracked" } : { kind: "checksum", checksum };
  return { uid: config.metadata.uid, version: config.metadata.resourceVersion, reading };
}

function notFound(namespace: string, { kind, name }: ConfigReference): Problem {
  const message = `spec.targetRef: ${kind} ${namespace}/${name}, which the pod template mentions, does not exist`;
  return { reason: "ConfigNotFound", message, severity: "blocking" };
}

function problemOf(namespace: string, { kind, name }: ConfigReference, error: unknown): Problem | undefined {
  if (!(error instanceof RejectedError)) return undefined;
  const message = `spec.targetRef: ${kind} ${namespace}/${name} cannot be read: ${error.message}`;
  return { reason: "ConfigUnreadable", message, severity: "blocking" };
}

function idOf(namespace: string, { kind, name }: Pick<ConfigReference, "kind" | "name">): string {
  return `${kind}/${namespace}/${name}`;
}
