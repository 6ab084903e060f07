/** Sees one rollout as its owner would: by watching the Canary, its two Deployments, its route and its Events. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Api, ApiObject } from "../api.ts";
import type { Traffic } from "../client.ts";
import { RouteRecorder, type SeenWeight } from "../routeRecorder.ts";
import { ClientsSeen } from "./clientsSeen.ts";
import type { Frame, MetricSeen, Rollout, Said, Side } from "./view.ts";

/** How a run ended, as the Canary's history has it. */
export interface Ended {
  readonly outcome: string;
  readonly sentence: string;
}

const paths = {
  canaries: "/apis/flagger.app/v1beta1/namespaces/test/canaries?watch=1",
  deployments: "/apis/apps/v1/namespaces/test/deployments?watch=1",
  events: "/api/v1/namespaces/test/events?watch=1",
};

export class Onlooker {
  readonly #name: string;
  readonly #beganAt: number;
  readonly #route: RouteRecorder;
  readonly #objects = new Map<string, ApiObject>();
  /** Events by their name and count: one that is said again is counted up, and is news again. */
  readonly #heard = new Set<string>();
  readonly #said: Said[] = [];
  readonly #stopping = new AbortController();
  readonly #watching: Promise<unknown>;
  #clients: ClientsSeen | undefined;

  constructor(api: Api, name: string, beganAt: number) {
    this.#name = name;
    this.#beganAt = beganAt;
    this.#route = new RouteRecorder(api, name);
    const keep = (object: ApiObject) => this.#objects.set(`${object.kind} ${object.metadata.name}`, object);
    this.#watching = Promise.all([
      this.#follow(api, paths.canaries, keep),
      this.#follow(api, paths.deployments, keep),
      this.#follow(api, paths.events, (event) => this.#hear(event)),
    ]);
  }

  /** From now on, what clients see is part of the frame. */
  attend(traffic: Traffic): void {
    this.#clients = new ClientsSeen(traffic);
  }

  weights(since: number): readonly SeenWeight[] {
    return this.#route.seen.filter(({ at }) => at >= since);
  }

  frame(act: string, now = Date.now()): Frame {
    const weight = this.#route.seen.at(-1)?.canary;
    return {
      kind: "frame",
      now,
      beganAt: this.#beganAt,
      act,
      primary: { ...this.#side(`${this.#name}-primary`), weight: weight === undefined ? undefined : 100 - weight },
      canary: { ...this.#side(this.#name), weight },
      clients: this.#clients?.at(now),
      rollout: rolloutOf(this.#objects.get(`Canary ${this.#name}`)),
      // Copied, since the list grows while the frame is still compared with the next one.
      said: [...this.#said],
    };
  }

  /** How the run that began at or after this time ended; undefined while it has not. */
  ended(since: number): Ended | undefined {
    const { status = {} } = this.#objects.get(`Canary ${this.#name}`) ?? {};
    const isAtRest = status["stage"] === "Steady" || status["stage"] === "Failed";
    const [newest] = (status["history"] ?? []) as readonly Record<string, string>[];
    if (!isAtRest || newest === undefined || (timeOf(newest["startedAt"]) ?? 0) < since) return undefined;
    return { outcome: newest["outcome"] ?? "", sentence: newest["message"] ?? "" };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#watching, this.#route.stop()]);
  }

  #side(deployment: string): Omit<Side, "weight"> {
    const { spec = {}, status = {} } = this.#objects.get(`Deployment ${deployment}`) ?? {};
    const template = spec["template"] as
      | { readonly spec: { readonly containers: readonly { readonly image: string }[] } }
      | undefined;
    return {
      version: template?.spec.containers[0]?.image.split(":").at(-1),
      readyPods: Number(status["readyReplicas"] ?? 0),
      wantedPods: Number(spec["replicas"] ?? 0),
    };
  }

  #hear(event: ApiObject): void {
    const { kind, name } = event["involvedObject"] as { readonly kind?: string; readonly name?: string };
    const key = `${event.metadata.name} ${String(event["count"])}`;
    if (kind !== "Canary" || name !== this.#name || this.#heard.has(key)) return;
    this.#heard.add(key);
    const isWarning = event["type"] === "Warning";
    for (const text of String(event["message"]).split("\n")) this.#said.push({ at: Date.now(), text, isWarning });
  }

  async #follow(api: Api, path: string, note: (object: ApiObject) => void): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        for await (const { object } of api.watch<ApiObject>(path, signal)) note(object);
      } catch {
        // The API server ends a watch now and then, and may be away for a moment: what was missed is told by the next.
        await sleep(100);
      }
    }
  }
}

function rolloutOf({ spec = {}, status = {} }: Partial<ApiObject> = {}): Rollout {
  const analysis = (spec["analysis"] ?? {}) as {
    readonly stepWeights?: readonly number[];
    readonly threshold?: number;
  };
  const metrics = (status["metrics"] ?? []) as readonly (Omit<MetricSeen, "at" | "value"> & {
    readonly at: string;
    readonly value?: number;
  })[];
  const words = (field: string) => String(status[field] ?? "");
  return {
    phase: words("phase"),
    stage: words("stage"),
    step: typeof status["step"] === "number" ? status["step"] : undefined,
    steps: analysis.stepWeights?.length ?? 0,
    failedChecks: Number(status["failedChecks"] ?? 0),
    threshold: analysis.threshold ?? 1,
    isSuspended: spec["suspend"] === true,
    checkAt: timeOf(status["checkAt"]),
    stageSince: timeOf(status["stageSince"]),
    metrics: metrics.map((metric) => ({ ...metric, value: metric.value, at: timeOf(metric.at) ?? 0 })),
    message: words("message"),
  };
}

function timeOf(text: unknown): number | undefined {
  return typeof text === "string" ? Date.parse(text) : undefined;
}
