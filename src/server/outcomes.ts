import type { CanaryRecord, Outcomes, Subject } from "../control/ports.ts";
import type { RevisionRecord, Status } from "../domain/status.ts";
import { between, type Instant } from "../domain/time.ts";
import type { Counter, Gauge, Histogram, Meters } from "../runtime/meters.ts";

/**
 * Rollouts in numbers: the `flagger_canary_*` series that dashboards know, and `serin_*` beside them. Labels are bounded
 * by the number of Canaries, and the series of a Canary go when it does.
 */
export class RolloutMeters implements Outcomes {
  readonly #status: Gauge;
  readonly #weight: Gauge;
  readonly #total: Gauge;
  readonly #analysis: Gauge;
  readonly #duration: Histogram;
  readonly #successes: Counter;
  readonly #failures: Counter;
  readonly #ends: Counter;
  readonly #lead: Histogram;
  readonly #problems: Gauge;
  readonly #shown = new Map<string, Shown>();

  constructor(meters: Meters) {
    const name = ["name", "namespace"];
    const ends = [...name, "deployment_strategy", "analysis_status"];
    this.#status = meters.gauge({
      name: "flagger_canary_status",
      help: "Last analysis: 0 running, 1 successful, 2 failed",
      labels: name,
    });
    this.#weight = meters.gauge({
      name: "flagger_canary_weight",
      help: "Traffic weight in percent of each workload",
      labels: ["workload", "namespace"],
    });
    this.#total = meters.gauge({ name: "flagger_canary_total", help: "Canaries by namespace", labels: ["namespace"] });
    this.#analysis = meters.gauge({
      name: "flagger_canary_metric_analysis",
      help: "What each metric last measured; durations in seconds",
      labels: [...name, "metric"],
    });
    this.#duration = meters.histogram({
      name: "flagger_canary_duration_seconds",
      help: "Seconds from the start of a step to its verdict",
      labels: name,
      buckets: [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
    });
    this.#successes = meters.counter({ name: "flagger_canary_successes_total", help: "Promotions", labels: ends });
    this.#failures = meters.counter({ name: "flagger_canary_failures_total", help: "Rollbacks", labels: ends });
    this.#ends = meters.counter({
      name: "serin_rollout_ends_total",
      help: "Ends of rollouts by how they ended",
      labels: ["namespace", "outcome"],
    });
    this.#lead = meters.histogram({
      name: "serin_rollout_duration_seconds",
      help: "Seconds from the detection of a revision to the end of its rollout",
      labels: ["outcome"],
      buckets: [10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400],
    });
    this.#problems = meters.gauge({
      name: "serin_canary_problems",
      help: "Whether this problem stands in the way of the Canary (1) or not any more (series gone)",
      labels: ["canary", "namespace", "reason"],
    });
  }

  note(subject: Subject, before: Status, after: Status, at: Instant): void {
    const labels = labelsOf(subject.record, subject.spec.target.name);
    if (before.phase.name === "Baking" && after.measurements !== before.measurements) {
      this.#duration.observe(between(before.phase.since, at) / 1000, labels);
    }
    for (const metric of after.measurements) this.#measured(labels, metric.name, metric.value);
    const end = after.history[0];
    if (end !== undefined && end !== before.history[0]) this.#ended(end, labels, subject);
    this.show(subject.record, subject.spec.target.name, after);
  }

  #measured(labels: Named, metric: string, value: number | undefined): void {
    if (value === undefined) return;
    const shown = metric === "request-duration" ? value / 1000 : value;
    this.#analysis.set(shown, { ...labels, metric });
  }

  #ended(end: RevisionRecord, labels: Named, { spec }: Subject): void {
    const all = { ...labels, ...endLabels(spec.skipAnalysis ? "skipped" : "completed") };
    if (end.outcome === "promoted") this.#successes.add(all);
    if (end.outcome === "rolledBack" || end.outcome === "promotionFailed") this.#failures.add(all);
    this.#ends.add({ namespace: labels.namespace, outcome: end.outcome });
    this.#lead.observe(between(end.startedAt, end.endedAt) / 1000, { outcome: end.outcome });
  }

  /**
   * Show where a Canary stands. Called for each one that is seen for the first time, and after each change. One whose spec
   * names no target keeps the name it had, or is shown under its own.
   */
  show(record: CanaryRecord, target: string | undefined, status: Status): void {
    const key = `${record.facts.namespace}/${record.facts.name}`;
    const targetName = target ?? this.#shown.get(key)?.targetName ?? record.facts.name;
    if (this.#shown.get(key)?.targetName !== targetName) this.forget(key);
    const labels = labelsOf(record, targetName);
    const { namespace } = labels;
    this.#status.set(statusNumber(status), labels);
    this.#weight.set(100 - status.canaryWeight, { workload: `${targetName}-primary`, namespace });
    this.#weight.set(status.canaryWeight, { workload: targetName, namespace });
    const canary = record.facts.name;
    const reasons = new Set<string>(status.problems.map(({ reason }) => reason));
    const earlier = this.#shown.get(key);
    for (const reason of earlier?.reasons ?? []) {
      if (!reasons.has(reason)) this.#problems.remove({ canary, namespace, reason });
    }
    for (const reason of reasons) this.#problems.set(1, { canary, namespace, reason });
    const metrics = new Set([...(earlier?.metrics ?? []), ...status.measurements.map((metric) => metric.name)]);
    this.#shown.set(key, { namespace, canary, targetName, reasons, metrics });
    if (earlier === undefined) this.#count(namespace);
  }

  /** The Canary is gone, and so are its series. */
  forget(key: string): void {
    const shown = this.#shown.get(key);
    if (shown === undefined) return;
    this.#shown.delete(key);
    const { namespace, canary, targetName } = shown;
    const labels = { name: targetName, namespace };
    this.#status.remove(labels);
    this.#weight.remove({ workload: `${targetName}-primary`, namespace });
    this.#weight.remove({ workload: targetName, namespace });
    for (const reason of shown.reasons) this.#problems.remove({ canary, namespace, reason });
    for (const metric of shown.metrics) this.#analysis.remove({ ...labels, metric });
    this.#duration.remove(labels);
    for (const status of ANALYSIS_STATUSES) {
      this.#successes.remove({ ...labels, ...endLabels(status) });
      this.#failures.remove({ ...labels, ...endLabels(status) });
    }
    this.#count(namespace);
  }

  #count(namespace: string): void {
    const count = [...this.#shown.values()].filter((shown) => shown.namespace === namespace).length;
    if (count === 0) this.#total.remove({ namespace });
    else this.#total.set(count, { namespace });
  }
}

const ANALYSIS_STATUSES = ["completed", "skipped"] as const;

function endLabels(analysis_status: (typeof ANALYSIS_STATUSES)[number]) {
  return { deployment_strategy: "canary", analysis_status };
}

interface Named extends Readonly<Record<string, string>> {
  readonly name: string;
  readonly namespace: string;
}

interface Shown {
  readonly namespace: string;
  readonly canary: string;
  readonly targetName: string;
  readonly reasons: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
}

/** Flagger labels these series with the name of the target, and dashboards select on it. */
function labelsOf(record: CanaryRecord, targetName: string): Named {
  return { name: targetName, namespace: record.facts.namespace };
}

function statusNumber({ phase }: Status): number {
  switch (phase.name) {
    case "Warming":
    case "Baking":
    case "Retreating":
      return 0;
    case "Failed":
    case "Stranded":
      return 2;
    default:
      return 1;
  }
}
