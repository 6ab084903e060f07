/** Many equal applications, each with its Canary, rolled at the same moment and watched from outside. */
import { setTimeout as sleep } from "node:timers/promises";
import { ApiError } from "../plane/api.ts";
import { canary, deployment, testNamespace } from "../plane/manifests.ts";
import { refer } from "../plane/objects.ts";
import type { Stage } from "../plane/stage.ts";
import { waitFor } from "../plane/until.ts";

const tellMillis = 5000;
const retryMillis = 500;
const patienceMillis = 900_000;
const makersAtOnce = 16;

/** What a client saw of one canary, in milliseconds of performance.now(). */
interface Sight {
  phase: string;
  patchedAt: number | undefined;
  hasBegun: boolean;
  /** When the canary's pods were available. */
  readyAt: number | undefined;
  weightAt: number | undefined;
  succeededAt: number | undefined;
}

interface Seen {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly http?: readonly { readonly route?: readonly Destination[] }[] };
  readonly status?: { readonly phase?: string; readonly availableReplicas?: number };
}

interface Destination {
  readonly destination: { readonly host: string };
  readonly weight?: number;
}

export interface Roll {
  /** From the first patch sent to the last canary that Succeeded. */
  readonly seconds: number;
  /** From the answer to each image patch to a weight on its canary. */
  readonly firstWeightSeconds: readonly number[];
  /** The part of it after the pods were available: the rest is Kubernetes making them. */
  readonly readyToWeightSeconds: readonly number[];
}

export class Fleet {
  readonly #stage: Stage;
  readonly #say: (line: string) => void;
  readonly #sights = new Map<string, Sight>();
  readonly #quit = new AbortController();
  #version = 1;
  #failure: unknown;

  constructor(stage: Stage, count: number, say: (line: string) => void) {
    this.#stage = stage;
    this.#say = say;
    for (let number = 0; number < count; number++) {
      this.#sights.set(`app-${number}`, { phase: "", ...unseen });
    }
    this.#follow(`/apis/flagger.app/v1beta1/namespaces/${testNamespace}/canaries`, (seen) => this.#seeCanary(seen));
    this.#follow(`/apis/networking.istio.io/v1/namespaces/${testNamespace}/virtualservices`, (seen) =>
      this.#seeRoute(seen),
    );
    this.#follow(`/apis/apps/v1/namespaces/${testNamespace}/deployments`, (seen) => this.#seeDeployment(seen));
  }

  get #names(): readonly string[] {
    return [...this.#sights.keys()];
  }

  /** Makes all of them and waits until the controller has taken them over. Resolves to how long that took in seconds. */
  async initialise(): Promise<number> {
    const began = performance.now();
    const waiting = [...this.#names];
    const make = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
        await this.#stage.objects.apply(deployment(name), canary(name, { analysis }));
    };
    await Promise.all(Array.from({ length: makersAtOnce }, make));
    await this.#until("initialized", this.#names, ({ phase }) => phase === "Initialized");
    return (performance.now() - began) / 1000;
  }

  /** A new image for each of them at once, and the wait for the last one's promotion. */
  async roll(names: readonly string[] = this.#names): Promise<Roll> {
    this.#version++;
    const began = performance.now();
    await Promise.all(names.map((name) => this.#release(name)));
    await this.#until("promoted", names, ({ succeededAt }) => succeededAt !== undefined);
    const sights = names.map((name) => this.#sight(name));
    const last = Math.max(...sights.map(({ succeededAt = 0 }) => succeededAt));
    return { seconds: (last - began) / 1000, ...timesOf(sights) };
  }

  /** A new image for one of them alone, and the wait for its first weight. */
  async nudge(name: string): Promise<Omit<Roll, "seconds">> {
    this.#version++;
    await this.#release(name);
    await this.#until("on the way", [name], ({ weightAt }) => weightAt !== undefined);
    return timesOf([this.#sight(name)]);
  }

  stop(): void {
    this.#quit.abort();
  }

  async #release(name: string): Promise<void> {
    const sight = this.#sight(name);
    Object.assign(sight, unseen);
    await this.#stage.objects.setImage(
      refer("deployment", `${testNamespace}/${name}`),
      `ghcr.example/${name}:${this.#version}.0.0`,
    );
    sight.patchedAt = performance.now();
  }

  async #until(what: string, names: readonly string[], holds: (sight: Sight) => boolean): Promise<void> {
    let toldAt = performance.now();
    const look = (saw: (state: unknown) => void) => {
      const late = names.filter((name) => !holds(this.#sight(name)));
      saw(late.slice(0, 3).map((name) => ({ name, ...this.#sight(name) })));
      const failed = names.find((name) => this.#sight(name).phase === "Failed");
      if (failed !== undefined) return { failed: `${failed} failed, but nothing is wrong with it` };
      if (this.#failure !== undefined) return { failed: String(this.#failure) };
      if (performance.now() - toldAt > tellMillis) {
        toldAt = performance.now();
        this.#say(`${names.length - late.length} of ${names.length} ${what}`);
      }
      return late.length === 0 && {};
    };
    const end: { readonly failed?: string } = await waitFor(`all canaries are ${what}`, look, patienceMillis);
    if (end.failed !== undefined) throw new Error(`not all canaries are ${what}: ${end.failed}`);
  }

  #follow(path: string, see: (seen: Seen) => void): void {
    const { signal } = this.#quit;
    const follow = async () => {
      for await (const { type, object } of this.#stage.plane.api.watch<Seen>(`${path}?watch=1`, signal))
        if (type === "ADDED" || type === "MODIFIED") see(object);
    };
    const followOn = async () => {
      while (!signal.aborted) {
        // A young API server asks for patience with resources that were defined a moment ago.
        await follow().catch((error: unknown) => {
          if (!(error instanceof ApiError && error.code === 429)) throw error;
        });
        await sleep(retryMillis);
      }
    };
    followOn().catch((error: unknown) => {
      if (!signal.aborted) this.#failure = error;
    });
  }

  #seeDeployment({ metadata: { name }, status }: Seen): void {
    // Primaries are not of the fleet; a target has no pods until the controller has seen the new image.
    const sight = this.#sights.get(name);
    if (sight?.hasBegun === true && (status?.availableReplicas ?? 0) > 0) sight.readyAt ??= performance.now();
  }

  #seeCanary({ metadata, status }: Seen): void {
    const sight = this.#sight(metadata.name);
    sight.phase = status?.phase ?? "";
    if (sight.phase === "Progressing") sight.hasBegun = true;
    if (sight.hasBegun && sight.phase === "Succeeded") sight.succeededAt ??= performance.now();
  }

  #seeRoute({ metadata: { name }, spec }: Seen): void {
    const routes = (spec?.http ?? []).flatMap(({ route = [] }) => route);
    const weight = routes.find(({ destination }) => destination.host === `${name}-canary`)?.weight ?? 0;
    const sight = this.#sight(name);
    if (weight > 0 && sight.hasBegun) sight.weightAt ??= performance.now();
  }

  #sight(name: string): Sight {
    const sight = this.#sights.get(name);
    if (sight === undefined) throw new Error(`${name} is none of the fleet`);
    return sight;
  }
}

/** As the peers were measured: one builtin metric, three steps of ten seconds. */
const analysis = {
  interval: "10s",
  threshold: 5,
  stepWeights: [10, 50, 100],
  metrics: [{ name: "request-success-rate", thresholdRange: { min: 99 }, interval: "1m" }],
};

const unseen = {
  patchedAt: undefined,
  hasBegun: false,
  readyAt: undefined,
  weightAt: undefined,
  succeededAt: undefined,
};

function timesOf(sights: readonly Sight[]): Omit<Roll, "seconds"> {
  const seconds = (from = 0, to = 0) => Math.max(0, to - from) / 1000;
  return {
    firstWeightSeconds: sights.map(({ patchedAt, weightAt }) => seconds(patchedAt, weightAt)),
    readyToWeightSeconds: sights.map(({ readyAt, weightAt }) => seconds(readyAt, weightAt)),
  };
}
