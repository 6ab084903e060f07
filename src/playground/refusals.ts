/** Tells on the objects themselves what of them the playground does not do: as Warning Events, for whoever looks there. */
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import type { KubeObject, Transport } from "../runtime/transport.ts";

export interface RefusalsOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Lists leave it to their reader to know the kind of their items. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** `source.component` of these Events, by which they are known. */
export const PLAYGROUND_COMPONENT = "playground";

const REASON = "NotObeyed";
const TIMEOUT_MILLIS = 5000;

export class Refusals {
  readonly #options: RefusalsOptions;
  /** By uid, what is refused of an object now. */
  readonly #held = new Map<string, ReadonlySet<string>>();

  constructor(options: RefusalsOptions) {
    this.#options = options;
  }

  /** All that is refused of this object now. What was so before is not told again. */
  hold(about: Kind, object: KubeObject, sentences: readonly string[]): void {
    const uid = object.metadata.uid ?? "";
    const before = this.#held.get(uid);
    if (sentences.length === 0) this.#held.delete(uid);
    else this.#held.set(uid, new Set(sentences));
    for (const sentence of new Set(sentences)) if (!before?.has(sentence)) this.#tell(about, object, sentence);
  }

  /** The object is gone. */
  forget({ metadata }: KubeObject): void {
    this.#held.delete(metadata.uid ?? "");
  }

  /** As where all that is there is looked at in one go. */
  forgetAllBut(objects: readonly KubeObject[]): void {
    if (this.#held.size === 0) return;
    const there = new Set(objects.map(({ metadata }) => metadata.uid));
    for (const uid of this.#held.keys()) if (!there.has(uid)) this.#held.delete(uid);
  }

  #tell({ apiVersion, kind }: Kind, { metadata }: KubeObject, message: string): void {
    const { transport, clock, random, log } = this.#options;
    const { name, namespace = "default", uid, resourceVersion } = metadata;
    const now = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
    const suffix = Math.floor(random.next() * 2 ** 48).toString(16);
    const body = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `${name}.${suffix}`, namespace },
      involvedObject: { apiVersion, kind, namespace, name, uid, resourceVersion },
      type: "Warning",
      reason: REASON,
      message,
      source: { component: PLAYGROUND_COMPONENT },
      reportingComponent: PLAYGROUND_COMPONENT,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    };
    const path = `/api/v1/namespaces/${namespace}/events`;
    transport.request({ method: "POST", path, body, timeoutMillis: TIMEOUT_MILLIS }).then(
      // A namespace that is on its way out takes no Events, and nobody reads them there.
      ({ status }) => status >= 300 && log.warn({ status, kind, name, message }, "an event was not taken"),
      (error: unknown) => log.warn({ error, kind, name, message }, "an event was not sent"),
    );
  }
}
