/** How Prometheus's HTTP API reads times, lengths and names (https://prometheus.io/docs/prometheus/latest/querying/api/). */
import { QueryError } from "../../simulator/promql/errors.ts";
import { durationOf } from "../../simulator/promql/literals.ts";
import { badParameter } from "../../simulator/promql/reply.ts";

const MOST_POINTS = 11_000;
const SECONDS = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Unix seconds or RFC 3339, as milliseconds. */
export function readTime(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? "";
  if (SECONDS.test(text)) return Math.round(Number(text) * 1000);
  const millis = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(millis)) throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return millis;
}

/** The same, with another value where it is not given. */
export const readTimeOr = (parameters: URLSearchParams, name: string, otherwise: number): number =>
  (parameters.get(name) ?? "") === "" ? otherwise : readTime(parameters, name);

/** Seconds, or a length as in queries, as milliseconds. */
export function readDuration(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? "";
  if (SECONDS.test(text)) {
    const millis = Number(text) * 1000;
    if (Math.abs(millis) * 1e6 < 2 ** 63) return Math.trunc(millis);
    throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`);
  }
  const millis = durationOf(text);
  if (millis === undefined) throw badParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  return millis;
}

/** What is given is only checked: a query of a playground ends long before any deadline. */
export function checkTimeout(parameters: URLSearchParams): void {
  if ((parameters.get("timeout") ?? "") !== "") readDuration(parameters, "timeout");
}

/** Start, end and step of a range query. */
export function readSteps(parameters: URLSearchParams): { start: number; end: number; step: number } {
  const start = readTime(parameters, "start");
  const end = readTime(parameters, "end");
  if (end < start) throw badParameter("end", "end timestamp must not be before start time");
  const step = readDuration(parameters, "step");
  const positive = "zero or negative query resolution step widths are not accepted. Try a positive integer";
  if (step <= 0) throw badParameter("step", positive);
  if (Math.floor((end - start) / step) > MOST_POINTS)
    throw new QueryError(
      "bad_data",
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
    );
  return { start, end, step };
}
