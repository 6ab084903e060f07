/** One pod's life on the node: bound, created, ready, crashed perhaps, and taken away again. */
import type { Clock } from "../../runtime/clock.ts";
import type { Method } from "../../runtime/transport.ts";
import { type Behaviour, behaviourOf } from "../../simulator/pods/behaviour.ts";
import { canonicalNames, type PodObject, workloadOf } from "../../simulator/pods/podObject.ts";
import { PodMetrics } from "./podMetrics.ts";
import { PodServer } from "./podServer.ts";
import { type Condition, type PodState, podStatus } from "./podStatus.ts";

/** How long a response may take to finish after the pod has been told to go. */
const DRAIN_MILLIS = 200;
const PULL_MILLIS = 1000;

export interface PodSurroundings {
  readonly clock: Clock;
  readonly nodeName: string;
  readonly hostIP: string;
  readonly address: string;
  /** First wait after a crash; it doubles up to the longest. */
  readonly crashBackoff: { readonly baseMillis: number; readonly capMillis: number };
  /** Sends until it is answered; an object that is gone or another's is no error. */
  readonly send: (method: Method, path: string, body: unknown) => Promise<void>;
}

export class Pod {
  readonly object: PodObject;
  readonly workload: string;
  readonly address: string;
  readonly metrics: PodMetrics;
  readonly server: PodServer;
  readonly #surroundings: PodSurroundings;
  readonly #ended = Promise.withResolvers<"ended">();
  readonly #startedAt: string;
  #behaviour: Behaviour;
  #changed = Promise.withResolvers<void>();
  #runningSince: string;
  #conditions: readonly Condition[] = [];
  #state: PodState = { name: "creating" };
  #isEnding = false;

  constructor(object: PodObject, surroundings: PodSurroundings, manners: Partial<Behaviour>) {
    this.object = object;
    this.workload = workloadOf(object);
    this.address = surroundings.address;
    this.#surroundings = surroundings;
    this.#behaviour = { ...behaviourOf(object), ...manners };
    const namespace = object.metadata.namespace ?? "";
    const { clock } = surroundings;
    this.#startedAt = this.#now();
    this.#runningSince = this.#startedAt;
    this.metrics = new PodMetrics({ name: this.workload, namespace, ...canonicalNames(object) });
    const { name } = object.metadata;
    this.server = new PodServer({ name, clock, metrics: this.metrics, behaviour: () => this.#behaviour });
  }

  get behaviour(): Behaviour {
    return this.#behaviour;
  }

  get isReady(): boolean {
    return this.#state.name === "ready" && !this.#isEnding;
  }

  /** All until the pod is taken away. */
  async live(): Promise<void> {
    if (this.object.spec?.nodeName === undefined) await this.#bind();
    await this.#report({ name: "creating" });
    if (this.#behaviour.fate === "image missing") return this.#neverPull();
    for (let restarts = 0; !this.#isEnding; restarts++) {
      const outcome = await this.#run(restarts);
      if (outcome === "ended") return;
      this.server.destroy();
      await this.#report({ name: "crashed", restarts: restarts + 1 });
      const { baseMillis, capMillis } = this.#surroundings.crashBackoff;
      if ((await this.#passes(Math.min(capMillis, baseMillis * 2 ** restarts))) === "ended") return;
    }
  }

  /** Other manners from the next request on. They are laid over what the manifest says, not over earlier ones. */
  behave(manners: Partial<Behaviour>): void {
    this.#behaviour = { ...behaviourOf(this.object), ...manners };
    this.#changed.resolve();
  }

  /** SIGTERM, the program's last moments, and the kubelet's word that it is over. Later calls do nothing. */
  async terminate(graceSeconds: number): Promise<void> {
    if (this.#isEnding) return;
    this.#end();
    const { clock } = this.#surroundings;
    const { shutdown, shutdownSeconds, latencyMillis } = this.#behaviour;
    const graceMillis = graceSeconds * 1000;
    if (this.server.port !== undefined) {
      if (shutdown === "graceful") await sleep(clock, Math.min(graceMillis, shutdownSeconds * 1000));
      this.server.close();
      await sleep(clock, Math.min(graceMillis, DRAIN_MILLIS + latencyMillis));
    }
    this.vanish();
    await this.#surroundings.send("DELETE", this.#path(), {
      kind: "DeleteOptions",
      apiVersion: "v1",
      gracePeriodSeconds: 0,
      preconditions: { uid: this.object.metadata.uid },
    });
  }

  /** Gone without a word to the API server: the object is deleted already, or the node stops. */
  vanish(): void {
    this.#end();
    this.server.destroy();
  }

  #end(): void {
    this.#isEnding = true;
    this.#ended.resolve("ended");
    this.#changed.resolve();
  }

  /** One container from its start to its crash. */
  async #run(restarts: number): Promise<"crashed" | "ended"> {
    this.#runningSince = this.#now();
    const { startSeconds, fate } = this.#behaviour;
    if (startSeconds > 0) {
      await this.#report({ name: "running", restarts });
      if ((await this.#passes(startSeconds * 1000)) === "ended") return "ended";
    }
    if (fate === "crashes") return "crashed";
    await this.server.listen();
    for (;;) {
      // It may have been taken away while it began to listen.
      if (this.#isEnding) return "ended";
      if (this.#behaviour.fate === "crashes") return "crashed";
      const name = this.#behaviour.ready ? "ready" : "running";
      if (this.#state.name !== name) await this.#report({ name, restarts });
      await this.#changed.promise;
      this.#changed = Promise.withResolvers();
    }
  }

  async #neverPull(): Promise<void> {
    await this.#report({ name: "image missing", reason: "ErrImagePull" });
    if ((await this.#passes(PULL_MILLIS)) === "passed") {
      await this.#report({ name: "image missing", reason: "ImagePullBackOff" });
    }
  }

  async #bind(): Promise<void> {
    const { name, namespace } = this.object.metadata;
    const target = { apiVersion: "v1", kind: "Node", name: this.#surroundings.nodeName };
    const binding = { apiVersion: "v1", kind: "Binding", metadata: { name, namespace }, target };
    await this.#surroundings.send("POST", this.#path("/binding"), binding);
  }

  async #report(state: PodState): Promise<void> {
    if (this.#isEnding) return;
    this.#state = state;
    const status = podStatus(this.object, state, {
      hostIP: this.#surroundings.hostIP,
      podIP: this.address,
      startedAt: this.#startedAt,
      now: this.#now(),
      runningSince: this.#runningSince,
      before: this.#conditions,
    });
    this.#conditions = status.conditions;
    // With the uid, another pod of the same name cannot be taken for this one.
    await this.#surroundings.send("PATCH", this.#path("/status"), {
      metadata: { uid: this.object.metadata.uid },
      status,
    });
  }

  #passes(millis: number): Promise<"passed" | "ended"> {
    const passed = new Promise<"passed">((resolve) => {
      const cancel = this.#surroundings.clock.setTimer(millis, () => resolve("passed"));
      void this.#ended.promise.then(cancel);
    });
    return Promise.race([passed, this.#ended.promise]);
  }

  #now(): string {
    return `${new Date(this.#surroundings.clock.now()).toISOString().slice(0, 19)}Z`;
  }

  #path(subresource = ""): string {
    const { name, namespace } = this.object.metadata;
    return `/api/v1/namespaces/${namespace}/pods/${name}${subresource}`;
  }
}

function sleep(clock: Clock, millis: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(millis, resolve));
}
