/** Every weight that a VirtualService ever held, seen by a watch and so without gaps. */
import type { Api, ApiObject } from "./api.ts";

export interface SeenWeight {
  readonly at: number;
  /** The canary's weight in percent. */
  readonly canary: number;
}

interface Destination {
  readonly destination?: { readonly host?: string };
  readonly weight?: number;
}

export class RouteRecorder {
  readonly #stopping = new AbortController();
  readonly #watching: Promise<void>;
  /** One entry for each change of weight, in order. */
  readonly seen: SeenWeight[] = [];

  constructor(api: Api, name: string) {
    this.#watching = this.#follow(api, name);
  }

  /** The weights in the order they were held, from an instant on. */
  weights(since = 0): readonly number[] {
    return this.seen.filter(({ at }) => at >= since).map(({ canary }) => canary);
  }

  /** When the canary first held this weight, after an instant. */
  whenAt(canary: number, since = 0): number | undefined {
    return this.seen.find((seen) => seen.canary === canary && seen.at >= since)?.at;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #follow(api: Api, name: string): Promise<void> {
    const path = `/apis/networking.istio.io/v1/namespaces/test/virtualservices?watch=1&fieldSelector=metadata.name%3D${name}`;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const { object } of api.watch<ApiObject>(path, signal)) this.#note(object, name);
      } catch {
        // The API server was taken down by the test: watch again; what is missed shows as a missing weight.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  #note(object: ApiObject, name: string): void {
    const http = (object.spec?.["http"] ?? []) as readonly { readonly route?: readonly Destination[] }[];
    const destinations = http.flatMap(({ route = [] }) => route);
    const own = destinations.find(({ destination }) => destination?.host?.startsWith(`${name}-canary`));
    if (own === undefined) return;
    const canary = own.weight ?? 0;
    if (this.seen.at(-1)?.canary !== canary) this.seen.push({ at: Date.now(), canary });
  }
}
