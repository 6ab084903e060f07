import type { Cluster, Finding, InboxPort, Key, Metrics, Subject } from "../../control/ports.ts";
import type { Round } from "../../domain/decision.ts";
import type { MeasuredSample, Measurement } from "../../domain/observation.ts";
import type { MetricSpec } from "../../domain/spec.ts";
import type { Problem } from "../../domain/status.ts";
import { type Duration, type Instant, millis, seconds } from "../../domain/time.ts";
import { ISTIO_METRICS } from "./builtin.ts";
import type { PrometheusClient, PrometheusServer } from "./prometheus.ts";
import { literalWindows } from "./promql.ts";
import { createRoundMeter, type MetricCheck, type RoundMeter } from "./rounds.ts";
import type { Sample } from "./sample.ts";
import { TemplateError } from "./template/error.ts";
import { type QueryFacts, renderQuery } from "./template.ts";
import { TemplateReader, type TemplateSource } from "./templates.ts";

/** How far back a metric looks when it does not say. */
const DEFAULT_WINDOW = seconds(60);

export interface MetricRoundsOptions {
  readonly cluster: Cluster;
  readonly client: PrometheusClient;
  readonly inbox: InboxPort;
  /** Asked for metrics that name no server of their own. */
  readonly defaultServer: string;
  readonly noCrossNamespaceRefs: boolean;
}

/** The metrics of rollouts: looked at before they are needed, measured in rounds, answered through the inbox. */
export class MetricRounds implements Metrics {
  readonly #options: MetricRoundsOptions;
  readonly #meter: RoundMeter;
  readonly #templates: TemplateReader;
  /** By metric, as its Canary's spec has it: rendering a query at every look is dearer than a look should be. */
  readonly #windows = new WeakMap<MetricSpec, { readonly query: string; readonly windows: Windows }>();
  /** The round under way for each rollout, so that it is not started twice, and how to withdraw it. */
  readonly #underWay = new Map<Key, { readonly id: string; readonly abort: AbortController }>();

  constructor(options: MetricRoundsOptions) {
    this.#options = options;
    this.#meter = createRoundMeter(options.client);
    this.#templates = new TemplateReader(options.cluster);
  }

  inspect(subject: Subject): Finding<{ readonly literalWindow: Duration }> {
    if (subject.record.status.phase.name !== "Baking") this.#templates.forgetSecrets(keyOf(subject));
    const problems: Problem[] = [];
    let longest = 0;
    for (const metric of subject.spec.analysis.metrics) {
      const source = this.#sourceOf(metric, subject);
      if ("problem" in source) {
        problems.push(source.problem);
        continue;
      }
      problems.push(...source.advice);
      const windows = this.#windowsOf(source.query, subject, metric);
      if ("problem" in windows) problems.push(windows.problem);
      else longest = Math.max(longest, ...windows.found);
    }
    return { facts: { literalWindow: millis(longest) }, problems };
  }

  start(subject: Subject, round: Round, at: Instant): void {
    const key = keyOf(subject);
    const underWay = this.#underWay.get(key);
    if (underWay?.id === round.id) return;
    underWay?.abort.abort();
    const abort = new AbortController();
    this.#underWay.set(key, { id: round.id, abort });
    void this.#measure(subject, { round, at, key, signal: abort.signal });
  }

  /** Withdraw every question that is under way and close the connections. */
  stop(): void {
    for (const { abort } of this.#underWay.values()) abort.abort();
    this.#underWay.clear();
    this.#options.client.close();
  }

  async #measure(subject: Subject, { round, at, key, signal }: Asking): Promise<void> {
    const { metrics } = subject.spec.analysis;
    const measurements = await Promise.all(
      metrics.map(async (metric): Promise<Measurement> => {
        const check = await this.#checkOf(metric, subject, round).catch(whyNot);
        if ("why" in check)
          return { name: metric.name, query: "", at, sample: { kind: "unmeasurable", why: check.why } };
        const asked = { facts: factsOf(subject), server: this.#serverOf(subject), checks: [check], at };
        const [measured] = await this.#meter.measure(asked, signal);
        return { name: metric.name, query: measured?.query ?? "", at, sample: plain(measured?.sample) };
      }),
    ).catch((error: unknown) =>
      metrics.map(
        ({ name }): Measurement => ({ name, query: "", at, sample: { kind: "unmeasurable", ...whyNot(error) } }),
      ),
    );
    if (this.#underWay.get(key)?.id !== round.id) return;
    this.#underWay.delete(key);
    this.#options.inbox.deliver(key, { id: round.id, measurements });
  }

  /** A metric that cannot even be asked must not hide what the others say, so each is made ready by itself. */
  async #checkOf(metric: MetricSpec, subject: Subject, { window }: Round): Promise<MetricCheck> {
    const source = await this.#checkSource(metric, subject);
    const interval = intervalText(millis(Math.min(window, metric.interval ?? DEFAULT_WINDOW)));
    const variables = metric.source.kind === "template" ? metric.source.variables : {};
    return { name: metric.name, source, interval, variables };
  }

  #windowsOf(query: string, subject: Subject, metric: MetricSpec): Windows {
    const known = this.#windows.get(metric);
    if (known?.query === query) return known.windows;
    const windows = windowsOf(query, factsOf(subject), metric);
    this.#windows.set(metric, { query, windows });
    return windows;
  }

  #serverOf({ spec }: Subject): PrometheusServer {
    return { address: spec.metricsServer ?? this.#options.defaultServer };
  }

  async #checkSource(metric: MetricSpec, subject: Subject): Promise<MetricCheck["source"]> {
    const { source, path } = metric;
    if (source.kind === "builtin") return source;
    if (source.kind === "query") return { kind: "inline", query: source.query };
    const found = this.#template(source, subject, path);
    if ("problem" in found) throw new Error(found.problem.message);
    return { kind: "template", ...(await this.#templates.resolve(found, keyOf(subject))) };
  }

  #sourceOf(metric: MetricSpec, subject: Subject): Inspected | { readonly problem: Problem } {
    const { source, path } = metric;
    if (source.kind === "builtin") return { query: ISTIO_METRICS[source.name].template, advice: [] };
    if (source.kind === "query") return { query: source.query, advice: [] };
    const found = this.#template(source, subject, path);
    if ("problem" in found) return found;
    return { query: found.query, advice: this.#templates.secretProblems(found, path, keyOf(subject)) };
  }

  #template(
    source: Extract<MetricSpec["source"], { kind: "template" }>,
    subject: Subject,
    path: string,
  ): TemplateSource | { readonly problem: Problem } {
    const isForeign = source.namespace !== subject.record.facts.namespace;
    if (isForeign && this.#options.noCrossNamespaceRefs) {
      const message = `${path}.templateRef.namespace: ${source.namespace} is another namespace, and this controller does not allow references across namespaces`;
      return { problem: { reason: "InvalidSpec", message, severity: "blocking" } };
    }
    return this.#templates.read(source.namespace, source.name, path);
  }
}

interface Asking {
  readonly round: Round;
  readonly at: Instant;
  readonly key: string;
  readonly signal: AbortSignal;
}

interface Inspected {
  readonly query: string;
  readonly advice: readonly Problem[];
}

type Windows = { readonly found: readonly Duration[] } | { readonly problem: Problem };

/** How far a query looks back by its own text, whatever `{{ interval }}` will stand for. */
function windowsOf(query: string, facts: Omit<QueryFacts, "interval" | "variables">, metric: MetricSpec): Windows {
  const variables = metric.source.kind === "template" ? metric.source.variables : {};
  try {
    return { found: literalWindows(renderQuery(query, { ...facts, interval: "1s", variables })) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { problem: misspelt(metric, error) };
  }
}

function misspelt({ source, path }: MetricSpec, { message }: TemplateError): Problem {
  if (source.kind !== "template") {
    return { reason: "InvalidSpec", message: `${path}.query: ${message}`, severity: "blocking" };
  }
  const where = `${path}.templateRef: MetricTemplate ${source.namespace}/${source.name}`;
  return { reason: "MetricTemplateInvalid", message: `${where} cannot be used: ${message}`, severity: "blocking" };
}

function keyOf({ record }: Subject): Key {
  return `${record.facts.namespace}/${record.facts.name}`;
}

function factsOf({ record, spec }: Subject): Omit<QueryFacts, "interval" | "variables"> {
  const { name, namespace } = record.facts;
  const target = spec.target.name;
  return { name, namespace, target, service: spec.service.name, ingress: target, route: target };
}

/** A window as PromQL writes it: whole seconds, or milliseconds below one. Rounded down, never into another step. */
function intervalText(window: Duration): string {
  return window >= 1000 ? `${Math.floor(window / 1000)}s` : `${Math.max(1, Math.floor(window))}ms`;
}

/** What the domain needs of a sample. */
function plain(sample: Sample | undefined): MeasuredSample {
  if (sample === undefined) return { kind: "unmeasurable", why: "it was not asked" };
  if (sample.kind === "value") return { kind: "value", value: sample.value };
  return { kind: sample.kind, why: sample.why };
}

const whyNot = (error: unknown): { readonly why: string } => ({
  why: error instanceof Error ? error.message : String(error),
});
