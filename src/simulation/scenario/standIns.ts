/** Metrics that a simulated mesh does not have: their questions are answered as if all were well. */
import { ISTIO_METRICS } from "../../adapters/metrics/builtin.ts";
import type { PrometheusClient } from "../../adapters/metrics/prometheus.ts";
import { collapse } from "../../adapters/metrics/promql.ts";
import { TemplateError } from "../../adapters/metrics/template/error.ts";
import { type QueryFacts, renderQuery } from "../../adapters/metrics/template.ts";
import type { Bounds, MetricSpec } from "../../domain/spec.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { textAt } from "../../simulator/api/json.ts";
import type { MetricsServer } from "../../simulator/metrics/metricsServer.ts";
import { QueryError } from "../../simulator/promql/errors.ts";
import type { Setting } from "./setting.ts";

export interface StandIn {
  readonly metric: MetricSpec;
  /** What its query asks for that is not there, in words. */
  readonly lacks: string;
  /** Answers whether this is its query, whatever window it was rendered with. */
  readonly isAsked: (query: string) => boolean;
  /** Within the metric's bounds. */
  readonly value: number;
}

type Vocabulary = Pick<MetricsServer, "unknownNames" | "unknownLabels">;

/** No query's text holds it by chance. */
const WINDOW = "777777s";

/** Those of the Canary's metrics that a simulated mesh cannot measure. */
export function standInsFor(setting: Setting, metrics: Vocabulary): readonly StandIn[] {
  return (setting.spec?.analysis.metrics ?? []).flatMap((metric) => {
    const query = renderedQuery(metric, setting);
    if (query === undefined) return [];
    const lacks = whatLacks(query, metrics);
    if (lacks === undefined) return [];
    return [{ metric, lacks, isAsked: recogniser(query), value: valueWithin(metric.bounds) }];
  });
}

/** The same client, but for these metrics. */
export function withStandIns(client: PrometheusClient, standIns: readonly StandIn[]): PrometheusClient {
  if (standIns.length === 0) return client;
  return {
    query: async (server, query, at, signal) => {
      const standIn = standIns.find(({ isAsked }) => isAsked(collapse(query)));
      if (standIn === undefined) return client.query(server, query, at, signal);
      return { kind: "value", value: standIn.value, warnings: [] };
    },
    ping: (server, at, signal) => client.ping(server, at, signal),
    close: () => client.close(),
  };
}

/** Undefined where the controller will say itself what is wrong with it. */
function renderedQuery(metric: MetricSpec, setting: Setting): string | undefined {
  const text = templateOf(metric, setting.objects);
  if (text === undefined) return undefined;
  try {
    return collapse(renderQuery(text, factsFor(metric, setting)));
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

function templateOf({ source }: MetricSpec, objects: readonly KubeObject[]): string | undefined {
  switch (source.kind) {
    case "builtin":
      return ISTIO_METRICS[source.name].template;
    case "query":
      return source.query;
    case "template": {
      const { name, namespace } = source;
      const found = objects.find(
        ({ kind, metadata }) => kind === "MetricTemplate" && metadata.name === name && metadata.namespace === namespace,
      );
      return textAt(found, "spec", "query");
    }
  }
}

function factsFor({ source }: MetricSpec, { canary, namespace, spec }: Setting): QueryFacts {
  const target = spec?.target.name ?? "";
  return {
    name: canary.metadata.name,
    namespace,
    target,
    service: spec?.service.name ?? target,
    ingress: target,
    route: target,
    interval: WINDOW,
    variables: source.kind === "template" ? source.variables : {},
  };
}

function whatLacks(query: string, metrics: Vocabulary): string | undefined {
  try {
    const names = metrics.unknownNames(query);
    if (names.length > 0) return `its query asks for ${names.join(", ")}`;
    const labels = metrics.unknownLabels(query);
    return labels.length > 0 ? `its query asks for the label ${labels.join(", ")}` : undefined;
  } catch (error) {
    if (error instanceof QueryError) return `its query is not understood here (${error.message})`;
    throw error;
  }
}

function recogniser(query: string): (asked: string) => boolean {
  const parts = query.split(WINDOW).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join("\\d+m?s")}$`);
  return (asked) => pattern.test(asked);
}

function valueWithin({ min, max }: Bounds): number {
  if (min !== undefined && max !== undefined) return (min + max) / 2;
  return min ?? max ?? 0;
}
