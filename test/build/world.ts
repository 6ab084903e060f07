import assert from "node:assert/strict";
import { StaleError, UnavailableError } from "../../src/control/errors.ts";
import type {
  Canaries,
  CanaryRecord,
  Metrics,
  Ports,
  Subject,
  TargetShape,
  TrafficRouter,
  WorkloadDriver,
} from "../../src/control/ports.ts";
import type { Announcement, Levels } from "../../src/domain/decision.ts";
import type { MeasuredSample, RoundResult } from "../../src/domain/observation.ts";
import type { CanarySpec } from "../../src/domain/spec.ts";
import type { Status } from "../../src/domain/status.ts";
import { after, type Duration, earliest, type Instant, instant, millis, seconds } from "../../src/domain/time.ts";
import { splitPlan, type WeightPercent } from "../../src/domain/traffic.ts";
import { parseStatus } from "../../src/resources/parseStatus.ts";
import { printStatus } from "../../src/resources/printStatus.ts";
import { aSpec, NOW, OLD } from "./aRollout.ts";
import { ModelDeployment, type Startup } from "./modelDeployment.ts";

/** Something that goes wrong at a write, before the world has taken it or after. */
export type Fault = "none" | "crashBefore" | "crashAfter" | "stale" | "down";

/** The process is gone, in the middle of what it did. */
export class CrashError extends Error {
  override readonly name = "CrashError";
}

const SHAPE: TargetShape = { labelKey: "app", labelValue: "podinfo", containerPorts: [] };
const STARTUP = seconds(3);
const ANSWER = seconds(1);
export const TIMING = { settle: seconds(1), drain: seconds(5) };

/** One Canary, its target, its primary and its route, in virtual time. Breaks the laws of nobody: it checks them. */
export class World {
  now: Instant = NOW;
  spec: CanarySpec = { ...aSpec, progressDeadline: seconds(60), revertOnDeletion: true };
  /** What Prometheus says of the canary, whenever it is asked. */
  sample: MeasuredSample = { kind: "value", value: 100 };
  /** How much later than its workload reports them pods are behind their Service. */
  endpointLag: Duration = seconds(1);
  /** Which write goes wrong, and how: asked at each one. */
  fault: () => Fault = () => "none";
  /** `podinfo v2` or `podinfo-primary v2`: pods that never come up. */
  readonly broken = new Set<string>();
  readonly told: string[] = [];
  readonly phases: string[] = [];
  readonly weights: WeightPercent[] = [];
  writes = 0;
  crashed = false;

  target: ModelDeployment | undefined;
  primary: ModelDeployment | undefined;
  route: { readonly canary: WeightPercent; readonly since: Instant } | undefined;
  /** What the controller's cache shows instead, where its watch lags; until it asks. */
  shownRoute: World["route"];
  apexOnPrimary = false;

  #status: unknown;
  #version = 1;
  #generation = 1;
  #life: "alive" | "deleting" | "gone" = "alive";
  #hasFinalizer = false;
  #answers: readonly { readonly at: Instant; readonly give: () => void }[] = [];

  constructor() {
    this.target = this.#deployment("podinfo", OLD, 2);
    this.target.settle(this.now);
    this.now = after(this.now, STARTUP);
  }

  // What people do

  push(revision: string): void {
    this.target?.run(revision, this.now);
  }

  edit(change: Partial<CanarySpec>): void {
    this.spec = { ...this.spec, ...change };
    this.#generation++;
    this.#version++;
  }

  deleteCanary(): void {
    this.#life = this.#hasFinalizer ? "deleting" : "gone";
    this.#version++;
  }

  deleteTarget(): void {
    this.target = undefined;
  }

  deletePrimary(): void {
    this.primary = undefined;
  }

  createTarget(revision: string): void {
    this.target = this.#deployment("podinfo", revision, 2);
    this.settle();
  }

  // Time

  get nextAt(): Instant | undefined {
    const times = this.#answers.map(({ at }) => at);
    const pods = [this.target, this.primary].map((deployment) => deployment?.nextAt(this.now, this.endpointLag));
    return earliest(...times, ...pods);
  }

  /** Let everything happen that is due by now. */
  settle(): void {
    this.target?.settle(this.now);
    this.primary?.settle(this.now);
    const due = this.#answers.filter(({ at }) => at <= this.now);
    this.#answers = this.#answers.filter(({ at }) => at > this.now);
    for (const { give } of due) give();
  }

  // What it looks like

  get status(): Status {
    return parseStatus(this.#status);
  }

  get isGone(): boolean {
    return this.#life === "gone";
  }

  /** Ports for one process, whose answers die with it. */
  ports(deliver: (result: RoundResult) => void, drop: () => void): Ports {
    return {
      clock: { now: () => this.now },
      canaries: this.#canaries(),
      workloads: { Deployment: this.#driver(), DaemonSet: undefined, Service: undefined },
      routers: { istio: this.#router() },
      defaultProvider: "istio",
      endpoints: { ready: (_, service) => this.#behind(service)?.availableFor(this.endpointLag, this.now) ?? [] },
      metrics: this.#metrics(deliver),
      inbox: { deliver: (_, result) => deliver(result), drop },
      announcer: { announce: (_, news) => this.#tell(news) },
      outcomes: { note: () => {} },
      leadership: { mayAct: () => true },
    };
  }

  #behind(service: string): ModelDeployment | undefined {
    return service === "podinfo-canary" ? this.target : this.primary;
  }

  #tell(news: readonly Announcement[]): void {
    this.told.push(...news.map(({ message }) => message));
  }

  #canaries(): Canaries {
    return {
      get: () => (this.isGone ? undefined : this.#record()),
      sharingTarget: () => [],
      commit: async ({ version, facts }, status) => {
        this.#write(() => {
          if (version !== `${this.#version}`) throw new StaleError("the object has changed");
          const wire = printStatus(status, { kind: "Deployment", now: this.now });
          this.#status = JSON.parse(JSON.stringify(wire));
          this.#version++;
          assert.equal(this.status.observedGeneration, facts.generation);
          assert.deepEqual(this.status, status, "a status survives being written");
          const { phase } = status;
          const word = "weight" in phase ? `${phase.name} ${phase.weight}` : phase.name;
          if (this.phases.at(-1) !== word) this.phases.push(word);
        });
      },
      setFinalizer: async (_, presence) => {
        if (this.#hasFinalizer === (presence === "present")) return;
        this.#write(() => {
          this.#hasFinalizer = presence === "present";
          if (this.#life === "deleting" && !this.#hasFinalizer) this.#life = "gone";
          this.#version++;
        });
      },
    };
  }

  #record(): CanaryRecord {
    const facts = { namespace: "test", name: "podinfo", generation: this.#generation };
    return {
      facts: { ...facts, deleting: this.#life === "deleting", hasFinalizer: this.#hasFinalizer, createdAt: instant(0) },
      uid: "uid",
      spec: this.spec,
      refusals: [],
      status: this.status,
      version: `${this.#version}`,
    };
  }

  #driver(): WorkloadDriver {
    return {
      read: () => {
        const isSame = this.target !== undefined && this.target.revision === this.primary?.revision;
        const facts = {
          target: this.target?.facts(this.now, isSame),
          primary: this.primary?.facts(this.now, isSame),
          configs: { kind: "known", checksums: undefined },
          // Without the target the primary tells as much, or traffic could not be brought home.
          shape: (this.target ?? this.primary) && SHAPE,
        } as const;
        return { facts, problems: [] };
      },
      apply: async (_, levels) => {
        const { target } = this;
        if (target === undefined) return;
        if (levels.target === "up" && target.replicas === 0) this.#write(() => target.scale(2, this.now));
        if (levels.primary.kind === "runs" && target.revision === levels.primary.revision) this.#copy(target.revision);
        if (levels.target === "zero" && target.replicas > 0) this.#scaleDown(target);
      },
    };
  }

  #copy(revision: string): void {
    const { primary } = this;
    if (primary === undefined) {
      this.#write(() => {
        this.primary = this.#deployment("podinfo-primary", revision, 2);
      });
    } else if (primary.revision !== revision) {
      if (this.status.phase.name === "Replacing" || this.#isServed(primary)) this.#checkHandedOver();
      this.#write(() => primary.run(revision, this.now));
    }
  }

  /** Clients come to it, and to pods that answer. */
  #isServed(primary: ModelDeployment): boolean {
    return this.apexOnPrimary && primary.availableFor(this.endpointLag, this.now).length > 0;
  }

  #checkHandedOver(): void {
    assert.equal(this.route?.canary, 100, "law 1: the primary is not replaced under traffic");
    const since = this.route?.since ?? this.now;
    assert.ok(this.now >= since + TIMING.settle, "law 1: nor before the slowest proxy has heard of it");
  }

  #scaleDown(target: ModelDeployment): void {
    assert.equal(this.route?.canary, 0, "law 1: traffic away before scale-down");
    const since = this.route?.since ?? this.now;
    assert.ok(this.now >= since + TIMING.settle + TIMING.drain, "law 1: a drain before scale-down");
    assert.ok(this.apexOnPrimary, "law 1: the way in leads to the primary before scale-down");
    this.#write(() => target.scale(0, this.now));
  }

  #router(): TrafficRouter {
    return {
      read: () => {
        const shown = this.shownRoute ?? this.route;
        const route = shown && { plan: splitPlan(shown.canary), since: shown.since };
        const givenBack = !this.apexOnPrimary && this.route === undefined;
        return { facts: { route, apexOnPrimary: this.apexOnPrimary, givenBack }, problems: [] };
      },
      apply: async (_: Subject, _shape, levels: Levels) => {
        if (levels.scaffold === "givenBack" && this.apexOnPrimary) this.#giveBack();
        if (levels.scaffold !== "all") return;
        const shown = this.shownRoute ?? this.route;
        const canary = levels.traffic?.split.canary ?? shown?.canary ?? 0;
        if (shown?.canary !== canary) {
          this.#lookAtRoute();
          this.#send(canary);
        }
        if (!this.apexOnPrimary) {
          this.#write(() => {
            this.apexOnPrimary = true;
          });
        }
      },
      confirm: async () => this.#lookAtRoute(),
    };
  }

  #lookAtRoute(): void {
    if (this.shownRoute === undefined) return;
    this.shownRoute = undefined;
    throw new StaleError("the route has changed");
  }

  #giveBack(): void {
    const { target } = this;
    const isShort = target !== undefined && target.available(this.now) < (this.primary?.available(this.now) ?? 0);
    const isServed = (this.route?.canary ?? 0) < 100;
    const isReady = target?.facts(this.now, false).isReady === true;
    assert.ok(isReady || !isShort || !isServed, "law 1: clients are not given back to fewer pods than serve them");
    this.#write(() => {
      this.apexOnPrimary = false;
      this.route = undefined;
    });
  }

  #send(canary: WeightPercent): void {
    const { status } = this;
    assert.equal(canary, status.canaryWeight, "law 3: what was not committed is not done");
    const before = this.route?.canary ?? 0;
    if (canary > before) {
      this.#checkShare("podinfo", this.target, canary);
      // Pods that come to those which have traffic already may be heard of later.
      this.#checkHeardOf(this.target, before === 0 && status.phase.name !== "Stranded" ? canary : 1);
      const isRetreat = status.phase.name === "Retreating" || status.phase.name === "Failed";
      assert.ok(!isRetreat, "law 6: a retreat only retreats");
    } else if (!this.#isLesserEvil()) {
      this.#checkShare("podinfo-primary", this.primary, 100 - canary);
      // Traffic that flees from pods that were lost takes what it finds.
      const isFleeing = (this.target?.available(this.now) ?? 0) < ((this.target?.replicas ?? 1) * before) / 100;
      const isPromotion = status.phase.name === "Returning" || status.phase.name === "Draining";
      const isFirst = (before === 100 && isPromotion) || status.phase.name === "Adopting";
      this.#checkHeardOf(this.primary, isFirst && !isFleeing ? 100 - canary : 1);
    }
    this.#write(() => {
      this.route = { canary, since: this.now };
      this.weights.push(canary);
    });
  }

  #checkHeardOf(deployment: ModelDeployment | undefined, weight: WeightPercent): void {
    const heard = deployment?.availableFor(millis(this.endpointLag + TIMING.settle), this.now) ?? [];
    const needed = ((deployment?.replicas ?? 1) * weight) / 100;
    assert.ok(
      heard.length >= needed,
      `law 1: no traffic to ${deployment?.name} before the slowest proxy has heard of it`,
    );
  }

  /** A primary that is short of pods, but has more than the canary, or has been waited for long enough. */
  #isLesserEvil(): boolean {
    const { phase } = this.status;
    const pods = this.primary?.available(this.now) ?? 0;
    const isOverdue = phase.name === "Retreating" && this.now >= phase.since + this.spec.progressDeadline;
    return pods > (this.target?.available(this.now) ?? 0) || (isOverdue && pods > 0);
  }

  #checkShare(name: string, deployment: ModelDeployment | undefined, weight: WeightPercent): void {
    const needed = ((deployment?.replicas ?? 1) * weight) / 100;
    assert.ok((deployment?.available(this.now) ?? 0) >= needed, `law 1: ${name} lacks the pods for ${weight}%`);
  }

  #metrics(deliver: (result: RoundResult) => void): Metrics {
    let inFlight = "";
    return {
      inspect: () => ({ facts: { literalWindow: millis(0) }, problems: [] }),
      start: ({ spec }, { id }, at) => {
        if (inFlight === id) return;
        inFlight = id;
        const give = () => {
          inFlight = "";
          const measured = { query: "up", at, sample: this.sample };
          deliver({ id, measurements: spec.analysis.metrics.map(({ name }) => ({ name, ...measured })) });
        };
        this.#answers = [...this.#answers, { at: after(this.now, ANSWER), give }];
      },
    };
  }

  #write(effect: () => void): void {
    const fault = this.fault();
    if (fault === "stale") {
      this.#version++;
      throw new StaleError("somebody was faster");
    }
    if (fault === "down") throw new UnavailableError("503");
    if (fault === "crashBefore") this.#crash();
    effect();
    this.writes++;
    if (fault === "crashAfter") this.#crash();
  }

  #crash(): never {
    this.crashed = true;
    throw new CrashError("killed");
  }

  #deployment(name: string, revision: string, replicas: number): ModelDeployment {
    const startup: Startup = (of): Duration | undefined => (this.broken.has(`${name} ${of}`) ? undefined : STARTUP);
    return new ModelDeployment(name, revision, { replicas, now: this.now, startup });
  }
}
