import type { KubeObject } from "../../runtime/transport.ts";
import { at, fieldsOf, numberAt, objectsAt, textAt } from "../../simulator/api/json.ts";
import type { Objects } from "./objects.ts";

/** A Canary as a user reads it: its names, what it asks for, and what its status says. */
export interface Rollout {
  /** As `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The names that count for what is under way. */
  readonly target: string;
  readonly service: string;
  readonly deleting: boolean;
  readonly hasFinalizer: boolean;
  readonly asks: Asks;
  readonly says: Says;
}

export interface Asks {
  readonly intervalMillis: number;
  readonly threshold: number;
  readonly progressDeadlineMillis: number;
  readonly primaryReadyPercent: number;
  readonly canaryReadyPercent: number;
  readonly steps: number;
  readonly metrics: readonly MetricAsked[];
  readonly skipAnalysis: boolean;
  readonly suspend: boolean;
  readonly revertOnDeletion: boolean;
}

export interface MetricAsked {
  readonly name: string;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

export interface Says {
  readonly phase: string;
  readonly stage: string;
  readonly stageSince: string | undefined;
  readonly weight: number;
  readonly failedChecks: number;
  readonly step: number;
  readonly applied: string | undefined;
  /** Applied revision and configs: what is being rolled out, as one text. */
  readonly revision: string;
  readonly promoted: string | undefined;
  readonly message: string;
  readonly problems: readonly string[];
  readonly startedAt: string | undefined;
  readonly suspended: boolean;
}

/** Canaries, found by the objects that they work on. */
export class Rollouts {
  readonly #objects: Objects;
  readonly #known = new WeakMap<KubeObject, Rollout>();

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  all(): readonly Rollout[] {
    return [...this.#objects.of("Canary")].map((canary) => this.read(canary));
  }

  /** Those whose clients call this Service. */
  ofService(namespace: string | undefined, name: string): readonly Rollout[] {
    return this.all().filter((each) => each.namespace === namespace && each.service === name);
  }

  ofTarget(namespace: string | undefined, name: string): readonly Rollout[] {
    return this.all().filter((each) => each.namespace === namespace && each.target === name);
  }

  ofPrimary(namespace: string | undefined, name: string): readonly Rollout[] {
    return this.all().filter((each) => each.namespace === namespace && `${each.target}-primary` === name);
  }

  /** One object, read once. */
  read(canary: KubeObject): Rollout {
    const known = this.#known.get(canary) ?? readRollout(canary);
    this.#known.set(canary, known);
    return known;
  }
}

const FINALIZER = "finalizer.flagger.app";

function readRollout(canary: KubeObject): Rollout {
  const { metadata } = canary;
  const { namespace = "", name, uid = "" } = metadata;
  const target = textAt(canary, "status", "runTargetRef", "name") ?? textAt(canary, "spec", "targetRef", "name") ?? "";
  return {
    key: `${namespace}/${name}`,
    uid,
    namespace,
    name,
    target,
    service: textAt(canary, "status", "runService") ?? textAt(canary, "spec", "service", "name") ?? target,
    deleting: metadata.deletionTimestamp !== undefined,
    hasFinalizer: metadata.finalizers?.includes(FINALIZER) === true,
    asks: readAsks(canary),
    says: readSays(canary),
  };
}

function readAsks(canary: KubeObject): Asks {
  const spec = at(fieldsOf(canary), "spec");
  const number = (...path: readonly string[]): number | undefined => numberAt(spec, ...path);
  return {
    intervalMillis: Math.max(1000, millisOf(textAt(spec, "analysis", "interval")) ?? 60_000),
    threshold: Math.max(1, number("analysis", "threshold") ?? 0),
    progressDeadlineMillis: (number("progressDeadlineSeconds") ?? 600) * 1000,
    primaryReadyPercent: number("analysis", "primaryReadyThreshold") ?? 100,
    canaryReadyPercent: number("analysis", "canaryReadyThreshold") ?? 100,
    steps: stepsOf(spec),
    metrics: objectsAt(spec, "analysis", "metrics").map(readMetric),
    skipAnalysis: at(spec, "skipAnalysis") === true,
    suspend: at(spec, "suspend") === true,
    revertOnDeletion: at(spec, "revertOnDeletion") === true,
  };
}

function stepsOf(spec: unknown): number {
  const listed = at(spec, "analysis", "stepWeights");
  if (Array.isArray(listed)) return listed.length;
  const step = numberAt(spec, "analysis", "stepWeight");
  return step === undefined ? 3 : Math.ceil((numberAt(spec, "analysis", "maxWeight") ?? 100) / step);
}

function readMetric(metric: unknown): MetricAsked {
  const name = textAt(metric, "name") ?? "";
  const range = at(metric, "thresholdRange");
  if (range !== undefined) return { name, min: numberAt(range, "min"), max: numberAt(range, "max") };
  const threshold = numberAt(metric, "threshold") ?? 0;
  return name === "request-success-rate"
    ? { name, min: threshold, max: undefined }
    : { name, min: undefined, max: threshold };
}

function readSays(canary: KubeObject): Says {
  const status = at(fieldsOf(canary), "status");
  const applied = textAt(status, "lastAppliedSpec");
  return {
    phase: textAt(status, "phase") ?? "",
    stage: textAt(status, "stage") ?? "New",
    stageSince: textAt(status, "stageSince"),
    weight: numberAt(status, "canaryWeight") ?? 0,
    failedChecks: numberAt(status, "failedChecks") ?? 0,
    step: numberAt(status, "step") ?? 0,
    applied,
    revision: JSON.stringify([applied, at(status, "trackedConfigs")]),
    promoted: textAt(status, "lastPromotedSpec"),
    message: textAt(status, "message") ?? "",
    problems: objectsAt(status, "problems").map((problem) => textAt(problem, "message") ?? ""),
    startedAt: textAt(status, "startedAt"),
    suspended: textAt(status, "suspendedSince") !== undefined,
  };
}

/** "1m30s" as Go's flags and our manifests have it, in milliseconds. */
function millisOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)];
  return parts.length === 0
    ? undefined
    : parts.reduce((sum, [, n, unit = ""]) => sum + Number(n) * (units[unit] ?? 0), 0);
}
