import type { Instant } from "../../domain/time.ts";
import { type BuiltinMetric, type BuiltinName, ISTIO_METRICS } from "./builtin.ts";
import { Gate } from "./gate.ts";
import type { PrometheusClient, PrometheusServer } from "./prometheus.ts";
import { collapse } from "./promql.ts";
import { rejected, type Sample, unmeasurable } from "./sample.ts";
import { TemplateError } from "./template/error.ts";
import { type QueryFacts, renderQuery } from "./template.ts";

/** Where a metric's query comes from, and so where it is asked. */
export type QuerySource =
  | { readonly kind: "builtin"; readonly name: BuiltinName }
  | { readonly kind: "inline"; readonly query: string }
  /** A MetricTemplate with its provider and its Secret resolved. */
  | { readonly kind: "template"; readonly query: string; readonly provider: string; readonly server: PrometheusServer };

/** One metric to be measured. */
export interface MetricCheck {
  readonly name: string;
  readonly source: QuerySource;
  /** What `{{ interval }}` stands for: how far back this measurement may look, already decided by the caller. */
  readonly interval: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** The metrics of one canary that are due at one instant. */
export interface Round {
  readonly facts: Omit<QueryFacts, "interval" | "variables">;
  /** Asked for metrics that name no provider of their own. */
  readonly server: PrometheusServer | undefined;
  readonly checks: readonly MetricCheck[];
  readonly at: Instant;
}

/** What one metric came to. Whether that is good is not for here to say. */
export interface Measurement {
  readonly name: string;
  /** As it was sent, or the template where it could not be rendered. */
  readonly query: string;
  /** Undefined where only the author of the query knows. */
  readonly unit: BuiltinMetric["unit"] | undefined;
  readonly sample: Sample;
  readonly at: Instant;
}

/** Measures rounds. Never rejects; one measurement for each check, in their order. */
export interface RoundMeter {
  measure(round: Round, signal?: AbortSignal): Promise<readonly Measurement[]>;
}

/** A meter over this client, with at most `placesInFlight` queries under way at any time, over all rounds. */
export function createRoundMeter(client: PrometheusClient, placesInFlight = 16): RoundMeter {
  const gate = new Gate(placesInFlight);
  return {
    async measure(round, signal) {
      const prepared = round.checks.map((check) => prepare(check, round));
      const asked = new Map<string, Promise<Sample>>();
      const ask = (question: Question): Promise<Sample> => {
        const key = JSON.stringify([question.server, question.query]);
        const sample = asked.get(key) ?? throughGate(gate, client, { ...question, at: round.at, signal });
        asked.set(key, sample);
        return sample;
      };
      return Promise.all(
        prepared.map(async ({ check, query, question }) => ({
          name: check.name,
          query,
          unit: check.source.kind === "builtin" ? ISTIO_METRICS[check.source.name].unit : undefined,
          sample: "sample" in question ? question.sample : await ask(question),
          at: round.at,
        })),
      );
    },
  };
}

interface Question {
  readonly server: PrometheusServer;
  readonly query: string;
}

interface Prepared {
  readonly check: MetricCheck;
  readonly query: string;
  /** What to ask, or why there is nothing to ask. */
  readonly question: Question | { readonly sample: Sample };
}

function prepare(check: MetricCheck, round: Round): Prepared {
  const { source, interval, variables } = check;
  const template = source.kind === "builtin" ? ISTIO_METRICS[source.name].template : source.query;
  const refused = (why: string): Prepared => ({ check, query: template, question: { sample: rejected(why) } });
  if (source.kind === "template" && source.provider !== "prometheus")
    return refused(`metrics of provider "${source.provider}" cannot be measured; known: prometheus`);
  const server = source.kind === "template" ? source.server : round.server;
  if (server === undefined) return refused("no metrics server is configured");
  try {
    const query = collapse(renderQuery(template, { ...round.facts, interval, variables }));
    if (query.trim() === "") return refused("the query is empty");
    return { check, query, question: { server, query } };
  } catch (error) {
    if (error instanceof TemplateError) return refused(error.message);
    throw error;
  }
}

async function throughGate(
  gate: Gate,
  client: PrometheusClient,
  { server, query, at, signal }: Question & { readonly at: Instant; readonly signal: AbortSignal | undefined },
): Promise<Sample> {
  try {
    return await gate.run(server.address, () => client.query(server, query, at, signal), signal);
  } catch (error) {
    if (signal?.aborted) return unmeasurable("the question was withdrawn before its turn came");
    throw error;
  }
}
