import { instant } from "../../../domain/time.ts";
import { printSecond } from "../../../resources/wire.ts";
import { Timers } from "../../../runtime/timers.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { textAt } from "../../api/json.ts";
import { Cached } from "../cached.ts";
import { Client, isConflict, isGone } from "../client.ts";
import { KINDS } from "../kinds.ts";
import { isBeingDeleted, namespaceOf, type WorldOptions } from "../world.ts";
import { behaviourInManifest, type PodBehaviour } from "./podBehaviour.ts";
import { type PodState, podStatus } from "./podStatus.ts";

export interface FakeNodeOptions extends WorldOptions {
  /** What a pod does; as its manifest says, unless told otherwise. Draw from `random` what differs between pods. */
  readonly behaviourOf?: (pod: KubeObject) => PodBehaviour;
}

export interface FakeNode {
  /** Resolves once the node has joined and sees its pods. */
  readonly ready: Promise<void>;
  /** Make a running pod ready or not; what does not run is not touched. */
  setReady(pod: { readonly namespace: string; readonly name: string }, readiness: "ready" | "unready"): void;
  stop(): void;
}

const NODE_NAME = "node-1";
const HOST_ADDRESS = "10.0.0.1";
const LONGEST_RESTART_MILLIS = 300_000;

/** Stands in for scheduler and kubelet where nothing runs: one node that takes every pod and says that it is well. */
export function fakeNode(options: FakeNodeOptions): FakeNode {
  const node = new Agent(options);
  return { ready: node.start(), setReady: (pod, readiness) => node.setReady(pod, readiness), stop: () => node.stop() };
}

interface Life {
  readonly key: string;
  readonly podIP: string;
  readonly behaviour: PodBehaviour;
  restarts: number;
  state: PodState | undefined;
}

class Agent {
  readonly #options: FakeNodeOptions;
  readonly #ending = new AbortController();
  readonly #client: Client;
  readonly #pods: Cached;
  readonly #lives = new Map<string, Life>();
  readonly #timers: Timers;
  #addresses = 0;

  constructor(options: FakeNodeOptions) {
    this.#options = options;
    this.#client = new Client(options.transport, this.#ending.signal);
    this.#pods = new Cached({ ...options, client: this.#client, kind: KINDS.pods });
    this.#timers = new Timers({ clock: options.clock, scale: "monotonic", onDue: (uid) => this.#due(uid) });
    this.#pods.store.onChange((key, before, after) => this.#see(key, before, after));
  }

  async start(): Promise<void> {
    await this.#join();
    await this.#pods.start();
  }

  stop(): void {
    this.#ending.abort();
    this.#timers.stop();
    this.#pods.stop();
  }

  setReady(
    { namespace, name }: { readonly namespace: string; readonly name: string },
    readiness: "ready" | "unready",
  ): void {
    const pod = this.#pods.find(namespace, name);
    const life = this.#lives.get(pod?.metadata.uid ?? "");
    const isUp = life?.state?.name === "ready" || life?.state?.name === "unready";
    if (life !== undefined && isUp) this.#tell(life, { name: readiness });
  }

  async #join(): Promise<void> {
    const labels = { "kubernetes.io/os": "linux", "kubernetes.io/hostname": NODE_NAME };
    const room = { cpu: "1000", memory: "1000Gi", pods: "10000" };
    const condition = {
      type: "Ready",
      status: "True",
      reason: "KubeletReady",
      message: "kubelet is posting ready status",
    };
    const status = {
      capacity: room,
      allocatable: room,
      addresses: [{ type: "InternalIP", address: HOST_ADDRESS }],
      conditions: [condition],
    };
    const node = { apiVersion: "v1", kind: "Node", metadata: { name: NODE_NAME, labels } };
    try {
      await this.#client.create(KINDS.nodes, undefined, node);
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    await this.#client.patch(KINDS.nodes, { name: NODE_NAME }, { spec: { taints: null } });
    await this.#client.patch(KINDS.nodes, { name: NODE_NAME }, { status }, "status");
  }

  #see(key: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const uid = (after ?? before)?.metadata.uid ?? "";
    if (after === undefined) {
      this.#timers.cancel(uid);
      this.#lives.delete(uid);
      return;
    }
    const life = this.#lives.get(uid) ?? this.#begin(key, uid, after);
    if (isBeingDeleted(after) && (before === undefined || !isBeingDeleted(before))) {
      life.state = undefined;
      this.#timers.at(uid, this.#options.clock.monotonic() + life.behaviour.endsAfterMillis);
    }
  }

  #begin(key: string, uid: string, pod: KubeObject): Life {
    const { behaviourOf = behaviourInManifest } = this.#options;
    const behaviour = behaviourOf(pod);
    const podIP = textAt(pod, "status", "podIP") ?? this.#takeAddress();
    const life: Life = { key, podIP, behaviour, restarts: 0, state: undefined };
    this.#lives.set(uid, life);
    if (!isBeingDeleted(pod)) this.#run(this.#admit(uid, life, pod));
    return life;
  }

  async #admit(uid: string, life: Life, pod: KubeObject): Promise<void> {
    if (textAt(pod, "spec", "nodeName") === undefined) await this.#bind(pod);
    const { fate, readyAfterMillis } = life.behaviour;
    if (fate === "image missing") return this.#report(life, { name: "image missing" });
    if (fate === "serves" && readyAfterMillis === 0) return this.#report(life, { name: "ready" });
    this.#timers.at(uid, this.#options.clock.monotonic() + readyAfterMillis);
    await this.#report(life, { name: "starting" });
  }

  #due(uid: string): void {
    const life = this.#lives.get(uid);
    const pod = life && this.#pods.store.get(life.key);
    if (life === undefined || pod?.metadata.uid !== uid) return;
    if (isBeingDeleted(pod)) {
      this.#run(this.#pods.delete(pod, { gracePeriodSeconds: 0 }));
      return;
    }
    if (life.behaviour.fate !== "crashes") {
      this.#tell(life, { name: "ready" });
      return;
    }
    life.restarts += 1;
    const pause = Math.min(LONGEST_RESTART_MILLIS, 1000 * 2 ** (life.restarts - 1));
    this.#timers.at(uid, this.#options.clock.monotonic() + pause);
    this.#tell(life, { name: "crashed", restarts: life.restarts });
  }

  async #bind(pod: KubeObject): Promise<void> {
    const { name } = pod.metadata;
    const binding = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name, namespace: namespaceOf(pod) },
      target: { apiVersion: "v1", kind: "Node", name: NODE_NAME },
    };
    await this.#client.send("POST", `/api/v1/namespaces/${namespaceOf(pod)}/pods/${name}/binding`, binding);
  }

  #tell(life: Life, state: PodState): void {
    this.#run(this.#report(life, state));
  }

  async #report(life: Life, state: PodState): Promise<void> {
    const pod = this.#pods.store.get(life.key);
    if (pod === undefined || isBeingDeleted(pod)) return;
    life.state = state;
    const at = printSecond(instant(this.#options.clock.now()));
    const status = podStatus(pod, state, { podIP: life.podIP, hostIP: HOST_ADDRESS, at });
    await this.#pods.patch(pod, { status }, "status");
  }

  #run(action: Promise<void>): void {
    action.catch((error: unknown) => {
      if (this.#ending.signal.aborted || isGone(error) || isConflict(error)) return;
      this.#options.log.warn({ error }, "a pod could not be looked after");
    });
  }

  /** Round and round, so that an address is not soon another pod's. */
  #takeAddress(): string {
    const number = (this.#addresses++ % 65_000) + 256;
    return `10.244.${number >> 8}.${number & 255}`;
  }
}
