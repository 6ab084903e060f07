/** One rollout as its owner could see it: folded from the objects in the cluster as they change. It looks nowhere itself. */
import type { Clients, Frame, MetricSeen, Rollout, Said, Side } from "./view.ts";

/** As whichever client read it. */
export interface SeenObject {
  readonly kind?: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

/** How a run ended, as the Canary's history has it. */
export interface Ended {
  readonly outcome: string;
  readonly sentence: string;
}

export interface SeenWeight {
  readonly at: number;
  /** The canary's weight in percent. */
  readonly canary: number;
}

type Fields = Readonly<Record<string, unknown>>;

export interface WatchedOptions {
  readonly where: string;
  readonly beganAt: number;
  /** `source.component` of Events that are shown whatever object they are about. */
  readonly component?: string;
}

export class Watched {
  readonly #name: string;
  readonly #where: string;
  readonly #beganAt: number;
  readonly #component: string | undefined;
  readonly #objects = new Map<string, SeenObject>();
  /** Events by their name and count: one that is said again is counted up, and is news again. */
  readonly #heard = new Set<string>();
  readonly #said: Said[] = [];
  readonly #weights: SeenWeight[] = [];

  constructor(name: string, { where, beganAt, component }: WatchedOptions) {
    this.#name = name;
    this.#where = where;
    this.#beganAt = beganAt;
    this.#component = component;
  }

  /** A Canary, a Deployment, a VirtualService or an Event, as it is now. */
  see(object: SeenObject, now: number): void {
    const { kind, metadata } = object;
    if (kind === "Event") this.#hear(object, now);
    else this.#objects.set(`${kind} ${metadata.name}`, object);
    if (kind === "VirtualService" && metadata.name === this.#name) this.#weigh(object, now);
  }

  /** It is not there any more. */
  miss({ kind, metadata }: SeenObject): void {
    this.#objects.delete(`${kind} ${metadata.name}`);
  }

  /** Each change of the route's weight since then. */
  weights(since: number): readonly SeenWeight[] {
    return this.#weights.filter(({ at }) => at >= since);
  }

  get canary(): SeenObject | undefined {
    return this.#objects.get(`Canary ${this.#name}`);
  }

  /** No run is under way, nor is one to be expected unless the target changes. */
  get isAtRest(): boolean {
    const { stage } = fieldsOf(this.canary, "status");
    return stage === "Steady" || stage === "Failed";
  }

  frame(act: string, clients: Clients | undefined, now: number): Frame {
    const weight = this.#objects.has(`VirtualService ${this.#name}`) ? this.#weights.at(-1)?.canary : undefined;
    return {
      kind: "frame",
      now,
      beganAt: this.#beganAt,
      where: this.#where,
      act,
      primary: { ...this.#side(`${this.#name}-primary`), weight: weight === undefined ? undefined : 100 - weight },
      canary: { ...this.#side(this.#name), weight },
      clients,
      rollout: rolloutOf(this.canary),
      // Copied, since the list grows while the frame is still compared with the next one.
      said: [...this.#said],
    };
  }

  /** How the run that began at or after this time ended; undefined while it has not. */
  ended(since: number): Ended | undefined {
    const status = fieldsOf(this.canary, "status");
    const [newest] = (status["history"] ?? []) as readonly Readonly<Record<string, string>>[];
    if (!this.isAtRest || newest === undefined || (timeOf(newest["startedAt"]) ?? 0) < since) return undefined;
    return { outcome: newest["outcome"] ?? "", sentence: newest["message"] ?? "" };
  }

  #side(deployment: string): Omit<Side, "weight"> {
    const object = this.#objects.get(`Deployment ${deployment}`);
    const [spec, status] = [fieldsOf(object, "spec"), fieldsOf(object, "status")];
    const template = spec["template"] as
      | { readonly spec?: { readonly containers?: readonly { readonly image?: string }[] } }
      | undefined;
    return {
      version: template?.spec?.containers?.[0]?.image?.split(":").at(-1),
      readyPods: Number(status["readyReplicas"] ?? 0),
      wantedPods: Number(spec["replicas"] ?? 0),
    };
  }

  #hear(event: SeenObject, now: number): void {
    const about = fieldsOf(event, "involvedObject");
    const key = `${event.metadata.name} ${String(event["count"])}`;
    const isOurs = about["kind"] === "Canary" && about["name"] === this.#name;
    if ((!isOurs && !this.#isOfWorld(event)) || this.#heard.has(key)) return;
    this.#heard.add(key);
    const isWarning = event["type"] === "Warning";
    const whose = isOurs ? "" : `${about["kind"]} ${about["namespace"]}/${about["name"]}: `;
    for (const text of String(event["message"]).split("\n"))
      this.#said.push({ at: now, text: whose + text, isWarning });
  }

  /** What the world itself says of any object: that it does not do what is written there. */
  #isOfWorld(event: SeenObject): boolean {
    return this.#component !== undefined && fieldsOf(event, "source")["component"] === this.#component;
  }

  #weigh(route: SeenObject, now: number): void {
    const http = (fieldsOf(route, "spec")["http"] ?? []) as readonly { readonly route?: readonly Destination[] }[];
    const destinations = http.flatMap(({ route: all = [] }) => all);
    const own = destinations.find(({ destination }) => destination?.host?.startsWith(`${this.#name}-canary`));
    const canary = own?.weight ?? 0;
    if (own !== undefined && this.#weights.at(-1)?.canary !== canary) this.#weights.push({ at: now, canary });
  }
}

interface Destination {
  readonly destination?: { readonly host?: string };
  readonly weight?: number;
}

function rolloutOf(canary: SeenObject | undefined): Rollout {
  const [spec, status] = [fieldsOf(canary, "spec"), fieldsOf(canary, "status")];
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

const fieldsOf = (object: SeenObject | undefined, field: string): Fields => (object?.[field] ?? {}) as Fields;

function timeOf(text: unknown): number | undefined {
  return typeof text === "string" ? Date.parse(text) : undefined;
}
