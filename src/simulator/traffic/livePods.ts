/** Every pod of the cluster as it really is at this moment: what it says of itself in the API server, and what its program does. */
import type { Cancel, Clock } from "../../runtime/clock.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { ApiServer } from "../api/apiServer.ts";
import { at, objectsAt, textAt } from "../api/json.ts";
import type { Change } from "../api/storage.ts";
import { canonicalNames, type PodObject, workloadOf } from "../pods/podObject.ts";
import { seedOf } from "./chance.ts";
import type { PodGroup, Tally } from "./counters.ts";
import { LivePod } from "./livePod.ts";
import { nextTurn, type PodProfile, profileInManifest } from "./profile.ts";

/** Whoever tells the API server how pods are: `FakeNode` does. */
export interface PodKeeper {
  setReady(pod: { readonly namespace: string; readonly name: string }, readiness: "ready" | "unready"): void;
}

export interface LivePodsOptions {
  readonly api: ApiServer;
  readonly clock: Clock;
  readonly seed: number;
  readonly makeTally: () => Tally;
  /** As the manifest says, unless told otherwise. */
  readonly profileOf?: (pod: KubeObject) => PodProfile;
  /** Told when a program stops or starts to listen by itself; without it nobody notices. */
  readonly keeper?: PodKeeper;
  /** Called before a pod becomes another to its clients. */
  readonly beforeChange: () => void;
}

const PODS = "/pods";
/** Until a kubelet has noticed what became of a container. */
const NOTICE_MILLIS = 1000;
const LONGEST_RESTART_MILLIS = 300_000;

export class LivePods {
  readonly #options: LivePodsOptions;
  readonly #byKey = new Map<string, LivePod>();
  readonly #byAddress = new Map<string, LivePod>();
  readonly #groups = new Map<string, PodGroup>();
  readonly #timers = new Map<LivePod, Set<Cancel>>();
  readonly #unobserve: () => void;
  #generation = 0;

  constructor(options: LivePodsOptions) {
    this.#options = options;
    for (const object of options.api.all(PODS)) this.#take(object);
    this.#unobserve = options.api.observe((collection, change) => {
      if (collection === PODS) this.#see(change);
    });
  }

  /** Counts up whenever a pod becomes another to its clients. */
  get generation(): number {
    return this.#generation;
  }

  /** Who has this address; undefined where nobody does. */
  at(address: string): LivePod | undefined {
    return this.#byAddress.get(address);
  }

  /** The pod of this object, in whatever state the object is; undefined where it has no address yet, or is gone. */
  named({ metadata: { namespace, name, uid } }: KubeObject): LivePod | undefined {
    const pod = this.#byKey.get(`${namespace}/${name}`);
    return pod?.object.metadata.uid === uid ? pod : undefined;
  }

  all(): readonly LivePod[] {
    return [...this.#byAddress.values()];
  }

  stop(): void {
    this.#unobserve();
    for (const pod of this.#timers.keys()) this.#cancelTimers(pod);
  }

  #see({ type, object }: Change): void {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    const known = this.#byKey.get(key);
    if (known !== undefined && (type === "DELETED" || known.object.metadata.uid !== object.metadata.uid))
      this.#lose(key, known);
    if (type !== "DELETED") this.#take(object);
  }

  #take(object: KubeObject): void {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    const address = textAt(object, "status", "podIP") ?? "";
    if (address === "") return;
    const pod = this.#byKey.get(key) ?? this.#meet(key, object, address);
    pod.object = object;
    const isListening = this.#isListening(pod, object);
    if (isListening !== (pod.startedAtMillis !== undefined)) this.#change(() => this.#startOrStop(pod, isListening));
    if (object.metadata.deletionTimestamp !== undefined && !pod.isEnded) this.#end(pod);
  }

  #meet(key: string, object: KubeObject, address: string): LivePod {
    const { profileOf = (pod) => profileInManifest(pod as PodObject), makeTally, seed } = this.#options;
    const profile = profileOf(object);
    const group = this.#groupOf(object, profile);
    const groupSeed = seedOf(`${group.workload} ${group.version}`, seed);
    const pod = new LivePod({ object, address, group, profile, tally: makeTally(), seed: groupSeed });
    this.#byKey.set(key, pod);
    this.#change(() => this.#byAddress.set(address, pod));
    return pod;
  }

  #lose(key: string, pod: LivePod): void {
    this.#cancelTimers(pod);
    this.#byKey.delete(key);
    this.#change(() => {
      if (this.#byAddress.get(pod.address) === pod) this.#byAddress.delete(pod.address);
    });
  }

  #groupOf(object: KubeObject, { version }: PodProfile): PodGroup {
    const { namespace = "" } = object.metadata;
    const canonical = { name: workloadOf(object), namespace, ...canonicalNames(object) };
    const workload = `${namespace}/${canonical.name}`;
    const key = [workload, version, canonical.app, canonical.version].join(" ");
    const known = this.#groups.get(key) ?? { workload, version, canonical };
    this.#groups.set(key, known);
    return known;
  }

  /** It listens once it was ready, and until its container waits to be started again. */
  #isListening(pod: LivePod, object: KubeObject): boolean {
    const conditions = objectsAt(object, "status", "conditions");
    if (conditions.some(({ type, status }) => type === "Ready" && status === "True")) return true;
    const containers = objectsAt(object, "status", "containerStatuses");
    const isWaiting = containers.some((container) => at(container, "state", "waiting") !== undefined);
    return pod.startedAtMillis !== undefined && !isWaiting;
  }

  #startOrStop(pod: LivePod, isListening: boolean): void {
    this.#cancelTimers(pod);
    pod.isRefusing = false;
    pod.startedAtMillis = isListening ? this.#options.clock.monotonic() - this.#readySinceMillis(pod) : undefined;
    if (isListening) this.#awaitTurn(pod);
  }

  /** How long the pod has been ready when we hear of it: long, where it was there before us. The API server tells whole seconds. */
  #readySinceMillis({ object, restarts }: LivePod): number {
    if (restarts > 0) return 0;
    const ready = objectsAt(object, "status", "conditions").find(({ type }) => type === "Ready");
    const sinceMillis = this.#options.clock.now() - Date.parse(textAt(ready, "lastTransitionTime") ?? "");
    return sinceMillis >= 1000 ? sinceMillis : 0;
  }

  #end(pod: LivePod): void {
    const { shutdown, shutdownSeconds } = pod.profile;
    const end = (): void => {
      if (!pod.isEnded) this.#change(() => (pod.isEnded = true));
    };
    if (shutdown === "graceful" && pod.startedAtMillis !== undefined) this.#later(pod, shutdownSeconds * 1000, end);
    else end();
  }

  #awaitTurn(pod: LivePod): void {
    const ageMillis = this.#options.clock.monotonic() - (pod.startedAtMillis ?? 0);
    const turn = nextTurn(pod.profile, ageMillis);
    if (turn === undefined) return;
    this.#later(pod, turn.atAgeMillis - ageMillis, () => {
      this.#change(() => (pod.isRefusing = turn.kind !== "accepts"));
      this.#notice(pod);
      if (turn.kind === "ends") this.#restart(pod);
      else this.#awaitTurn(pod);
    });
  }

  #restart(pod: LivePod): void {
    const pauseMillis = Math.min(LONGEST_RESTART_MILLIS, 1000 * 2 ** pod.restarts);
    pod.restarts += 1;
    this.#later(pod, pauseMillis + pod.profile.startSeconds * 1000, () => {
      if (pod.object.metadata.deletionTimestamp !== undefined) return;
      this.#change(() => this.#startOrStop(pod, true));
      this.#notice(pod);
    });
  }

  /** The kubelet sees it a little later, if it is still so. */
  #notice(pod: LivePod): void {
    const { keeper } = this.#options;
    if (keeper === undefined) return;
    const { isRefusing } = pod;
    this.#later(pod, NOTICE_MILLIS, () => {
      const { namespace = "", name } = pod.object.metadata;
      if (pod.isRefusing === isRefusing && !pod.isEnded)
        keeper.setReady({ namespace, name }, isRefusing ? "unready" : "ready");
    });
  }

  #change(change: () => void): void {
    this.#options.beforeChange();
    change();
    this.#generation += 1;
  }

  #later(pod: LivePod, millis: number, act: () => void): void {
    const timers = this.#timers.get(pod) ?? new Set<Cancel>();
    this.#timers.set(pod, timers);
    const cancel = this.#options.clock.setTimer(millis, () => {
      timers.delete(cancel);
      act();
    });
    timers.add(cancel);
  }

  #cancelTimers(pod: LivePod): void {
    for (const cancel of this.#timers.get(pod) ?? []) cancel();
    this.#timers.delete(pod);
  }
}
