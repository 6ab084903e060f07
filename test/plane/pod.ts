/** One pod's life on the node stand-in: bound, started, ready, and taken away again. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Method, PatchType } from "./api.ts";
import { type Behaviour, behaviourOf, type PodObject, portsOf, workloadOf } from "./behaviour.ts";
import { PodServer } from "./podServer.ts";
import { type PodState, podStatus } from "./podStatus.ts";
import type { Sidecar, SidecarMetrics } from "./sidecarMetrics.ts";

const longestRestartSeconds = 8;
/** How long a response may take to finish after the pod has been told to go. */
const drainMillis = 200;

export interface PodSurroundings {
  readonly nodeName: string;
  readonly address: string;
  readonly serves: boolean;
  readonly metrics: SidecarMetrics;
  /** Sends until it is answered; an object that is gone or another's is no error. */
  readonly send: (method: Method, path: string, body: unknown, patch?: PatchType) => Promise<void>;
}

export class Pod {
  readonly object: PodObject;
  readonly workload: string;
  readonly address: string;
  readonly #surroundings: PodSurroundings;
  readonly #ending = new AbortController();
  readonly #server: PodServer;
  readonly #sidecar: Sidecar;
  #behaviour: Behaviour;
  #isUp = false;

  constructor(object: PodObject, surroundings: PodSurroundings, manners: Partial<Behaviour>) {
    this.object = object;
    this.workload = workloadOf(object);
    this.address = surroundings.address;
    this.#surroundings = surroundings;
    this.#behaviour = { ...behaviourOf(object), ...manners };
    const { name, namespace, labels = {} } = object.metadata;
    const app = labels["app"] ?? labels["app.kubernetes.io/name"] ?? this.workload;
    const version = labels["version"] ?? this.#behaviour.version;
    this.#sidecar = surroundings.metrics.add({ name, namespace, workload: this.workload, app, version });
    this.#server = new PodServer(name, () => this.#behaviour, this.#sidecar);
  }

  /** Everything until the pod runs as it will; ends early when the pod is taken away. */
  async start(): Promise<void> {
    if (!this.object.spec.nodeName) await this.#bind();
    const { fate, startSeconds } = this.#behaviour;
    if (fate === "image missing") return this.#report({ name: "image missing" });
    if (startSeconds > 0 || fate === "crashes") {
      await this.#report({ name: "starting", podIP: this.address });
      if ((await this.#passes(startSeconds)) === "ended") return;
    }
    if (fate === "crashes") return this.#crashAgainAndAgain();
    if (this.#surroundings.serves) await this.#server.listen(this.address, portsOf(this.object));
    this.#isUp = true;
    // It may have been taken away while it began to listen.
    if (this.#ending.signal.aborted) return this.#server.destroy();
    await this.#report({ name: this.#behaviour.ready ? "ready" : "unready", podIP: this.address });
  }

  /** Other manners from the next request on, as a version that goes bad later would show. */
  async behave(changes: Partial<Behaviour>): Promise<void> {
    const wasReady = this.#behaviour.ready;
    this.#behaviour = { ...this.#behaviour, ...changes };
    if (!this.#isUp || this.#ending.signal.aborted || wasReady === this.#behaviour.ready) return;
    await this.#report({ name: this.#behaviour.ready ? "ready" : "unready", podIP: this.address });
  }

  /** SIGTERM, the program's last moments, and the kubelet's word that it is over. Later calls do nothing. */
  async terminate(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    const { shutdown, shutdownSeconds } = this.#behaviour;
    if (this.#isUp && this.#surroundings.serves) {
      if (shutdown === "graceful") await sleep(shutdownSeconds * 1000);
      this.#server.close();
      await sleep(drainMillis + this.#behaviour.latencyMillis);
    }
    this.vanish();
    await this.#surroundings.send("DELETE", this.#path(), {
      gracePeriodSeconds: 0,
      preconditions: { uid: this.object.metadata.uid },
    });
  }

  /** Gone without a word to the API server: the object is deleted already, or the plane stops. */
  vanish(): void {
    this.#ending.abort();
    this.#sidecar.goneAt ??= Date.now();
    this.#server.destroy();
  }

  async #bind(): Promise<void> {
    const { name, namespace } = this.object.metadata;
    const target = { apiVersion: "v1", kind: "Node", name: this.#surroundings.nodeName };
    await this.#surroundings.send("POST", this.#path("/binding"), {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name, namespace },
      target,
    });
  }

  async #crashAgainAndAgain(): Promise<void> {
    for (let restarts = 1; ; restarts += 1) {
      await this.#report({ name: "crashed", podIP: this.address, restarts });
      if ((await this.#passes(Math.min(longestRestartSeconds, 2 ** (restarts - 1)))) === "ended") return;
    }
  }

  async #report(state: PodState): Promise<void> {
    if (this.#ending.signal.aborted) return;
    // With the uid, another pod of the same name cannot be taken for this one.
    const body = { metadata: { uid: this.object.metadata.uid }, status: podStatus(this.object, state, new Date()) };
    await this.#surroundings.send("PATCH", this.#path("/status"), body, "merge");
  }

  async #passes(seconds: number): Promise<"passed" | "ended"> {
    return sleep(seconds * 1000, "passed" as const, { signal: this.#ending.signal }).catch(() => "ended" as const);
  }

  #path(subresource = ""): string {
    const { name, namespace } = this.object.metadata;
    return `/api/v1/namespaces/${namespace}/pods/${name}${subresource}`;
  }
}
