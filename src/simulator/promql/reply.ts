import { QueryError } from "./errors.ts";
import type { Stretch } from "./evaluation.ts";
import { formatPlain, formatValue } from "./formatValue.ts";
import type { QueryResult } from "./query.ts";

/** What goes over the wire: a status and the text of a body. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const json = (status: number, value: unknown): Reply => ({
  status,
  contentType: "application/json",
  body: JSON.stringify(value),
});

export const text = (status: number, body: string): Reply => ({
  status,
  contentType: "text/plain; charset=utf-8",
  body,
});

export const success = (data: unknown): Reply => json(200, { status: "success", data });

export const failure = (status: number, errorType: string, error: string): Reply =>
  json(status, { status: "error", errorType, error });

/** A parameter of a request that is not what it should be. */
export const badParameter = (name: string, why: string): QueryError =>
  new QueryError("bad_data", `invalid parameter ${JSON.stringify(name)}: ${why}`);

/** 400 for a query that cannot be read, 422 for one that has no answer. Anything else is our own fault. */
export function refusal(error: unknown): Reply {
  if (error instanceof QueryError) return failure(error.type === "bad_data" ? 400 : 422, error.type, error.message);
  return failure(500, "internal", error instanceof Error ? error.message : String(error));
}

/** An answer as Prometheus lays it out. */
export function renderResult(result: QueryResult): unknown {
  switch (result.type) {
    case "scalar":
      return { resultType: "scalar", result: [seconds(result.at), formatPlain(result.value)] };
    case "string":
      return { resultType: "string", result: [seconds(result.at), result.text] };
    case "vector": {
      const at = seconds(result.at);
      const rendered = result.samples.map(({ labels, value }) => ({
        metric: labels.toRecord(),
        value: [at, formatValue(value)],
      }));
      return { resultType: "vector", result: rendered };
    }
    case "matrix":
      return { resultType: "matrix", result: result.series.map(renderStretch) };
  }
}

function renderStretch({ labels, points: { times, values } }: Stretch): unknown {
  const pairs = Array.from(times, (at, index) => [seconds(at), formatValue(values[index] ?? 0)]);
  return { metric: labels.toRecord(), values: pairs };
}

const seconds = (millis: number): number => millis / 1000;
