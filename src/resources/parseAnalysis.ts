import type {
  AnalysisSpec,
  Bounds,
  BuiltinMetric,
  MetricSource,
  MetricSpec,
  Refusal,
  Strategy,
} from "../domain/spec.ts";
import { type Duration, millis, parseDuration, seconds } from "../domain/time.ts";
import type { WeightPercent } from "../domain/traffic.ts";
import type { WireAnalysis, WireMetric } from "./analysisSchema.ts";
import { textOr } from "./wire.ts";

/** What `analysis` means when it names no strategy. */
const DEFAULT_STEPS: readonly WeightPercent[] = [10, 50, 100];
const DEFAULT_INTERVAL = seconds(60);
const SHORTEST_INTERVAL = seconds(1);
const DEFAULT_METRIC_INTERVAL = seconds(60);

/** `spec.analysis` with its defaults, and its metrics that cannot be measured. */
export interface ParsedAnalysis {
  readonly spec: AnalysisSpec;
  readonly refusals: readonly Refusal[];
}

/** From the wire to the domain. Templates without a namespace are looked for in the Canary's own. */
export function parseAnalysis(wire: WireAnalysis, namespace: string): ParsedAnalysis {
  const metrics = wire.metrics ?? [];
  const interval = durationOf(wire.interval) ?? DEFAULT_INTERVAL;
  return {
    spec: {
      strategy: strategyOf(wire),
      interval: millis(Math.max(SHORTEST_INTERVAL, interval)),
      threshold: Math.max(1, wire.threshold ?? 0),
      primaryReadyThresholdPercent: wire.primaryReadyThreshold ?? 100,
      canaryReadyThresholdPercent: wire.canaryReadyThreshold ?? 100,
      metrics: metricsOf(metrics, namespace),
    },
    refusals: metrics.flatMap((metric, index) => unusable(metric, index) ?? []),
  };
}

function strategyOf(wire: WireAnalysis): Strategy {
  return {
    kind: "weighted",
    stepWeights: stepsOf(wire),
    promotionStepWeight: Math.min(100, wire.stepWeightPromotion ?? 0),
  };
}

function stepsOf({ stepWeight, stepWeights, maxWeight }: WireAnalysis): readonly WeightPercent[] {
  if (stepWeights !== undefined) return cutAtHundred(stepWeights);
  if (stepWeight === undefined) return DEFAULT_STEPS;
  return evenSteps(stepWeight, maxWeight === undefined || maxWeight === 0 ? 100 : maxWeight);
}

/** The first weight of 100 or more is the last step: there is nothing above it. */
function cutAtHundred(weights: readonly number[]): readonly WeightPercent[] {
  const full = weights.findIndex((weight) => weight >= 100);
  return full < 0 ? weights : [...weights.slice(0, full), 100];
}

/** s, 2s, … until the first that reaches the maximum: as in Flagger, that one may exceed it (20 with 50 ends at 60). */
function evenSteps(step: number, maximum: number): readonly WeightPercent[] {
  const count = Math.ceil(maximum / step);
  return Array.from({ length: count }, (_, index) => Math.min(100, step * (index + 1)));
}

/** In Flagger's order: builtins and inline queries first, then templates. One entry may ask for several of them. */
function metricsOf(metrics: readonly WireMetric[], namespace: string): readonly MetricSpec[] {
  const direct = metrics.flatMap((metric, at) => directSources(metric).map((source) => specOf(metric, at, source)));
  const templated = metrics.flatMap((metric, at) =>
    templateSource(metric, namespace).map((source) => specOf(metric, at, source)),
  );
  return withUniqueNames([...direct, ...templated]);
}

function specOf(metric: WireMetric, index: number, source: MetricSource): MetricSpec {
  const interval = durationOf(metric.interval);
  return {
    name: metric.name,
    path: pathOf(index),
    source,
    interval: source.kind === "template" ? interval : (interval ?? DEFAULT_METRIC_INTERVAL),
    bounds: boundsOf(metric),
  };
}

function directSources({ name, query }: WireMetric): readonly MetricSource[] {
  const builtin: readonly MetricSource[] = isBuiltin(name) ? [{ kind: "builtin", name }] : [];
  const text = textOr(query);
  return text === undefined ? builtin : [...builtin, { kind: "query", query: text }];
}

function templateSource({ templateRef, templateVariables }: WireMetric, namespace: string): readonly MetricSource[] {
  if (templateRef === undefined) return [];
  const { name } = templateRef;
  return [
    {
      kind: "template",
      name,
      namespace: textOr(templateRef.namespace) ?? namespace,
      variables: templateVariables ?? {},
    },
  ];
}

const isBuiltin = (name: string): name is BuiltinMetric =>
  name === "request-success-rate" || name === "request-duration";

/** A range wins over a threshold, which is a minimum for the success rate and a maximum for all others. Unset is 0. */
function boundsOf({ name, threshold = 0, thresholdRange }: WireMetric): Bounds {
  if (thresholdRange !== undefined) return { min: thresholdRange.min, max: thresholdRange.max };
  return name === "request-success-rate" ? { min: threshold, max: undefined } : { min: undefined, max: threshold };
}

/** Measurements are told apart by name, so a name that comes twice gets a number. */
function withUniqueNames(metrics: readonly MetricSpec[]): readonly MetricSpec[] {
  const taken = new Set<string>();
  return metrics.map((metric) => {
    let name = metric.name;
    for (let copy = 2; taken.has(name); copy += 1) name = `${metric.name}#${copy}`;
    taken.add(name);
    return { ...metric, name };
  });
}

function unusable(metric: WireMetric, index: number): Refusal | undefined {
  if (isBuiltin(metric.name) || textOr(metric.query) !== undefined || metric.templateRef !== undefined)
    return undefined;
  const message = `${JSON.stringify(metric.name)} is no builtin metric and has neither a query nor a templateRef: add one of them`;
  return { path: pathOf(index), message, reason: "InvalidSpec", severity: "blocking" };
}

const pathOf = (index: number): string => `spec.analysis.metrics[${index}]`;

const durationOf = (text: string | undefined): Duration | undefined =>
  text === undefined ? undefined : parseDuration(text);
