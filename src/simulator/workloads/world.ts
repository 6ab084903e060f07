import { instant } from "../../domain/time.ts";
import { printSecond } from "../../resources/wire.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Random } from "../../runtime/random.ts";
import type { KubeObject, Transport } from "../../runtime/transport.ts";
import { WorkQueue } from "../../runtime/workQueue.ts";
import { Cached } from "./cached.ts";
import { Client, isConflict, isGone, isTooLate } from "./client.ts";
import { KINDS, type KindName } from "./kinds.ts";

export interface WorldOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** What a cluster writes and most worlds have nobody to read: Events of its controllers, and the older Endpoints. */
  readonly without?: ReadonlySet<"events" | "endpoints">;
}

/** What all controllers share: the caches, the way to write, time and chance. */
export interface World extends WorldOptions {
  readonly client: Client;
  readonly kinds: Readonly<Record<KindName, Cached>>;
  readonly signal: AbortSignal;
}

/** One loop that makes the world so. */
export interface Controller {
  start(): void;
  /** Nothing is begun after this; what is under way ends by itself. */
  stop(): Promise<void>;
}

export function makeWorld(options: WorldOptions, signal: AbortSignal): World {
  const client = new Client(options.transport, signal);
  const cached = (name: KindName): Cached => new Cached({ ...options, client, kind: KINDS[name] });
  const names = Object.keys(KINDS) as readonly KindName[];
  const kinds = Object.fromEntries(names.map((name) => [name, cached(name)])) as Record<KindName, Cached>;
  return { ...options, client, kinds, signal };
}

/** The instant as Kubernetes writes it. */
export const timestamp = ({ clock }: Pick<WorldOptions, "clock">): string => printSecond(instant(clock.now()));

/** How patient a controller is with what fails: as the ones of Kubernetes, from milliseconds up. */
const BACKOFF = { baseMillis: 10, capMillis: 60_000 };

const WORKERS = 5;

/** A queue whose keys are worked on until that succeeds. */
export function workQueue(
  { clock, random, log, signal }: World,
  name: string,
  work: (key: string) => Promise<void>,
): WorkQueue {
  const queue: WorkQueue = new WorkQueue({
    clock,
    random,
    workers: WORKERS,
    backoff: BACKOFF,
    work: async (key) => {
      try {
        await work(key);
      } catch (error) {
        if (!isTooLate(error)) throw error;
      }
      queue.forget(key);
    },
    report: (key, error) => {
      if (signal.aborted) return;
      // Somebody else was quicker: the next look knows.
      if (isConflict(error) || isGone(error)) log.debug({ key, controller: name }, "facts were old");
      else log.warn({ key, error, controller: name }, "could not do it now");
    },
  });
  return queue;
}

/** A controller that is nothing but its queue. */
export function controllerOver(queue: WorkQueue): Controller {
  return { start: () => queue.start(), stop: () => queue.drain() };
}

export function isBeingDeleted({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

export const namespaceOf = ({ metadata }: KubeObject): string => metadata.namespace ?? "";
