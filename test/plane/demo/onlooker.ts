/** Sees one rollout as its owner would: by watching the Canary, its two Deployments, its route and its Events. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Frame } from "../../../src/playground/show/view.ts";
import { type Ended, type SeenWeight, Watched } from "../../../src/playground/show/watched.ts";
import type { Api, ApiObject } from "../api.ts";
import type { Traffic } from "../client.ts";
import { ClientsSeen } from "./clientsSeen.ts";

export const where = "on a real Kubernetes, Istio and Envoy";

const paths = [
  "/apis/flagger.app/v1beta1/namespaces/test/canaries?watch=1",
  "/apis/apps/v1/namespaces/test/deployments?watch=1",
  "/apis/networking.istio.io/v1/namespaces/test/virtualservices?watch=1",
  "/api/v1/namespaces/test/events?watch=1",
];

export class Onlooker {
  readonly #watched: Watched;
  readonly #stopping = new AbortController();
  readonly #watching: Promise<unknown>;
  #clients: ClientsSeen | undefined;

  constructor(api: Api, name: string, beganAt: number) {
    this.#watched = new Watched(name, { where, beganAt });
    this.#watching = Promise.all(paths.map((path) => this.#follow(api, path)));
  }

  /** From now on, what clients see is part of the frame. */
  attend(traffic: Traffic): void {
    this.#clients = new ClientsSeen(traffic);
  }

  weights(since: number): readonly SeenWeight[] {
    return this.#watched.weights(since);
  }

  frame(act: string, now = Date.now()): Frame {
    return this.#watched.frame(act, this.#clients?.at(now), now);
  }

  ended(since: number): Ended | undefined {
    return this.#watched.ended(since);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #follow(api: Api, path: string): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const { type, object } of api.watch<ApiObject>(path, signal)) {
          if (type === "DELETED") this.#watched.miss(object);
          else this.#watched.see(object, Date.now());
        }
      } catch {
        // The API server ends a watch now and then, and may be away for a moment: what was missed is told by the next.
        await sleep(100);
      }
    }
  }
}
