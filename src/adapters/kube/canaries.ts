import { StaleError } from "../../control/errors.ts";
import type { Canaries, CanaryRecord, Clock, Key } from "../../control/ports.ts";
import type { JsonObject } from "../../domain/spec.ts";
import type { Status } from "../../domain/status.ts";
import { instant } from "../../domain/time.ts";
import { parseCanary } from "../../resources/parseCanary.ts";
import { printStatus } from "../../resources/printStatus.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { type ObjectStore, onto } from "./cluster.ts";
import { isConflict } from "./errors.ts";
import { asObject, asString } from "./json.ts";
import { mergePatch } from "./mergePatch.ts";
import type { Place, Requests } from "./requests.ts";

/** Flagger's own finalizer, so that either controller can finish what the other began. */
export const FINALIZER = "finalizer.flagger.app";

/** The store of Canaries: as every other, and with a way to find them by what they target. */
export interface CanaryStore extends ObjectStore {
  index(name: string, valuesOf: (object: KubeObject) => readonly string[]): (value: string) => readonly KubeObject[];
}

/** The Canary objects as their store holds them; their status and finalizer by compare-and-swap. */
export class KubeCanaries implements Canaries {
  readonly #store: CanaryStore;
  readonly #requests: Requests;
  readonly #clock: Clock;
  readonly #byTarget: (target: string) => readonly KubeObject[];
  /** Stored objects are frozen and replaced whole, so one parse serves every tick until the next change. */
  readonly #records = new WeakMap<KubeObject, CanaryRecord>();

  constructor(options: { readonly store: CanaryStore; readonly requests: Requests; readonly clock: Clock }) {
    this.#store = options.store;
    this.#requests = options.requests;
    this.#clock = options.clock;
    this.#byTarget = options.store.index("target", targetsOf);
  }

  get(key: Key): CanaryRecord | undefined {
    const object = this.#store.get(key);
    if (object === undefined) return undefined;
    const known = this.#records.get(object);
    if (known !== undefined) return known;
    const record = recordOf(object);
    this.#records.set(object, record);
    return record;
  }

  /** With the record's own key among them, so that the first is the one that may act. */
  sharingTarget(record: CanaryRecord): readonly Key[] {
    const { namespace, name } = record.facts;
    const own = this.#store.get(`${namespace}/${name}`);
    const targets = own === undefined ? [] : targetsOf(own);
    return targets
      .flatMap((target) => this.#byTarget(target))
      .toSorted((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1))
      .map(({ metadata }) => `${namespace}/${metadata.name}`);
  }

  /**
   * Keys of the Canaries that a change of this one may concern: those that name the target it had, or the one it has now.
   * None while its target stays the same.
   */
  concernedBy(before: KubeObject | undefined, after: KubeObject | undefined): readonly Key[] {
    const [had, has] = [before, after].map((object) => (object === undefined ? [] : targetsOf(object)));
    if (had?.[0] === has?.[0]) return [];
    const others = [...(had ?? []), ...(has ?? [])].flatMap((target) => this.#byTarget(target));
    return others.map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`);
  }

  async commit(record: CanaryRecord, status: Status): Promise<void> {
    const before = asObject(this.#observed(record)["status"]) ?? {};
    const kind = record.spec?.target.kind ?? "Deployment";
    const patch = mergePatch(before, printStatus(status, { kind, now: this.#clock.now() }));
    if (patch === undefined) return;
    await this.#patch({ ...placeOf(record), subresource: "status" }, onto(record.version, { status: patch }));
  }

  async setFinalizer(record: CanaryRecord, presence: "present" | "absent"): Promise<void> {
    const { namespace, name } = record.facts;
    // Onto the newest version, not the observed one: the commit of this very tick has moved it on.
    const object = this.#store.get(`${namespace}/${name}`);
    if (object === undefined || object.metadata.uid !== record.uid) return;
    const before = object.metadata.finalizers ?? [];
    if (before.includes(FINALIZER) === (presence === "present")) return;
    const others = before.filter((finalizer) => finalizer !== FINALIZER);
    const finalizers = presence === "present" ? [...others, FINALIZER] : others;
    const version = object.metadata.resourceVersion ?? "";
    await this.#patch(placeOf(record), onto(version, { metadata: { finalizers } }));
  }

  /** The object that the record was read from. A newer one is as good as a 409, and costs no request. */
  #observed(record: CanaryRecord): KubeObject {
    const { namespace, name } = record.facts;
    const object = this.#store.get(`${namespace}/${name}`);
    if (
      object !== undefined &&
      object.metadata.uid === record.uid &&
      object.metadata.resourceVersion === record.version
    ) {
      return object;
    }
    throw new StaleError(`Canary ${namespace}/${name} has changed since it was observed`);
  }

  async #patch(place: Place, body: JsonObject): Promise<void> {
    const after = await this.#requests.patch(place, "merge", body).catch(async (error: unknown) => {
      // A watch that lags would have the same old version observed, and refused, again and again.
      if (isConflict(error)) await this.#look(place).catch(() => undefined);
      throw error;
    });
    // The last finalizer is gone: so is the object, and its tombstone keeps a late watch event from raising it.
    const isGone = after.metadata.deletionTimestamp !== undefined && (after.metadata.finalizers ?? []).length === 0;
    if (isGone) this.#store.remove(after);
    else this.#store.writeThrough(after);
  }

  async #look({ kind, namespace, name }: Place): Promise<void> {
    const live = await this.#requests.get({ kind, namespace, name });
    if (live !== undefined) this.#store.writeThrough(live);
  }
}

function recordOf(object: KubeObject): CanaryRecord {
  const { metadata } = object;
  const parsed = parseCanary(object);
  return {
    facts: {
      namespace: metadata.namespace ?? "",
      name: metadata.name,
      generation: metadata.generation ?? 0,
      deleting: metadata.deletionTimestamp !== undefined,
      hasFinalizer: metadata.finalizers?.includes(FINALIZER) ?? false,
      createdAt: instant(Date.parse(metadata.creationTimestamp ?? "") || 0),
    },
    uid: metadata.uid ?? "",
    version: metadata.resourceVersion ?? "",
    isMisreported: isMisreported(object["status"], parsed.status),
    ...parsed,
  };
}

/**
 * Whether the status says that the rollout is elsewhere than where we take it to be. Other fields wait for the next commit:
 * to put right what another controller keeps writing would be a quarrel without end.
 */
function isMisreported(reported: unknown, status: Status): boolean {
  const said = asObject(reported);
  if (said === undefined) return false;
  const { phase, stage, canaryWeight } = printStatus(status, { kind: "", now: instant(0) });
  return said["phase"] !== phase || said["stage"] !== stage || said["canaryWeight"] !== canaryWeight;
}

function placeOf({ facts: { namespace, name } }: CanaryRecord): Place {
  return { kind: "Canary", namespace, name };
}

/** What a Canary targets. The API version is left out: two names of one workload are one workload. */
function targetsOf({ metadata, ...object }: KubeObject): readonly string[] {
  const target = asObject(asObject(object["spec"])?.["targetRef"]);
  const [kind, name] = [asString(target?.["kind"]), asString(target?.["name"])];
  return kind === undefined || name === undefined ? [] : [`${metadata.namespace ?? ""}/${kind}/${name}`];
}

function ageOf({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp ?? ""} ${metadata.name}`;
}
