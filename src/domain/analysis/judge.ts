import type { MeasuredSample, Measurement, Verdict } from "../observation.ts";
import type { Bounds, MetricSpec } from "../spec.ts";
import type { MetricStatus, Outcome } from "../status.ts";

/** One evaluation round, judged. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly metrics: readonly MetricStatus[];
}

/** Worst first: a value out of bounds is the surest thing that a round can say. */
const ORDER: readonly Outcome[] = ["fail", "unmeasurable", "noData", "pass"];

/**
 * Judge one round. A round passes only when every metric was measured and lies within its bounds; it fails when one was
 * measured and does not. Anything else is neither, so it can promote nothing and roll back nothing.
 */
export function judge(
  metrics: readonly MetricSpec[],
  measurements: readonly Measurement[],
  earlier: readonly MetricStatus[],
): Judgement {
  const judged = metrics.flatMap((metric, index) => {
    const measurement = measurements[index];
    return measurement?.name === metric.name ? judgeOne(metric, measurement, earlier[index]) : [];
  });
  if (judged.length !== Math.max(metrics.length, measurements.length)) {
    const sentence = "the metrics changed while they were measured";
    return { verdict: { outcome: "unmeasurable", sentence }, metrics: [] };
  }
  const worst = ORDER.map((outcome) => judged.find((metric) => metric.verdict === outcome)).find(
    (metric) => metric !== undefined,
  );
  if (worst === undefined) return { verdict: { outcome: "pass", sentence: "no metrics to check" }, metrics: [] };
  const sentence = worst.verdict === "pass" ? judged.map((metric) => metric.message).join(", ") : worst.message;
  return { verdict: { outcome: worst.verdict, sentence }, metrics: judged };
}

function judgeOne(metric: MetricSpec, measurement: Measurement, earlier: MetricStatus | undefined): MetricStatus {
  const { bounds } = metric;
  const sample = finite(measurement.sample);
  const base = {
    name: measurement.name,
    bound: boundInWords(metric, bounds),
    query: measurement.query,
    samples: earlier?.name === measurement.name ? earlier.samples + 1 : 1,
    at: measurement.at,
  };
  if (sample.kind !== "value") {
    return {
      ...base,
      value: undefined,
      verdict: sample.kind,
      message: whyNotMeasured(metric, sample.kind, sample.why),
    };
  }
  const breach = breachOf(bounds, sample.value);
  return {
    ...base,
    value: sample.value,
    verdict: breach === undefined ? "pass" : "fail",
    message: valueInWords(metric, sample.value, breach, bounds),
  };
}

/** What is not a finite number says nothing about a version: it never passes, and alone it never fails. */
function finite(sample: MeasuredSample): MeasuredSample {
  if (sample.kind !== "value" || Number.isFinite(sample.value)) return sample;
  return { kind: "unmeasurable", why: `the answer was ${sample.value}` };
}

type Breach = { readonly sign: "<" | ">"; readonly bound: number };

/** The bound that a value breaks. */
function breachOf(bounds: Bounds, value: number): Breach | undefined {
  if (bounds.min !== undefined && value < bounds.min) return { sign: "<", bound: bounds.min };
  if (bounds.max !== undefined && value > bounds.max) return { sign: ">", bound: bounds.max };
  return undefined;
}

/** The texts of Flagger's events, which people and tools match on, where there is one. */
function valueInWords(metric: MetricSpec, value: number, breach: Breach | undefined, bounds: Bounds): string {
  const sign = breach === undefined ? (bounds.min !== undefined ? ">=" : "<=") : breach.sign;
  const bound = breach?.bound ?? bounds.min ?? bounds.max;
  const rule = (unit: (limit: number) => string): string => (bound === undefined ? "" : ` ${sign} ${unit(bound)}`);
  if (isBuiltin(metric, "request-success-rate"))
    return `success rate ${value.toFixed(2)}%${rule((limit) => `${limit}%`)}`;
  if (isBuiltin(metric, "request-duration")) return `request duration ${inMillis(value)}${rule(inMillis)}`;
  return `${metric.name} ${value.toFixed(2)}${rule(String)}`;
}

/** Milliseconds as Go prints a short duration: "1.515s", "500ms", "0.5ms". */
function inMillis(value: number): string {
  return value >= 1000 ? `${Number((value / 1000).toFixed(3))}s` : `${Number(value.toFixed(3))}ms`;
}

function whyNotMeasured(metric: MetricSpec, kind: "noData" | "unmeasurable", why: string): string {
  const { name } = metric;
  if (kind === "noData") return `no values found for metric ${name}: ${why}`;
  return `metric ${name} could not be measured: ${why}`;
}

function boundInWords(metric: MetricSpec, bounds: Bounds): string {
  const unit = isBuiltin(metric, "request-success-rate") ? "%" : isBuiltin(metric, "request-duration") ? "ms" : "";
  const parts = [
    bounds.min === undefined ? undefined : `>= ${bounds.min}${unit}`,
    bounds.max === undefined ? undefined : `<= ${bounds.max}${unit}`,
  ];
  return parts.filter((part) => part !== undefined).join(" and ");
}

function isBuiltin(metric: MetricSpec, name: string): boolean {
  return metric.source.kind === "builtin" && metric.source.name === name;
}
