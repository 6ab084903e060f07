import { QueryError } from "../../simulator/promql/errors.ts";
import type { EngineOptions } from "../../simulator/promql/evaluator.ts";
import { unwrapped } from "../../simulator/promql/expression.ts";
import { byText, isLabelName } from "../../simulator/promql/labels.ts";
import type { Matcher } from "../../simulator/promql/matcher.ts";
import { parseQuery, type Query } from "../../simulator/promql/parse.ts";
import { evaluate, evaluateRange } from "../../simulator/promql/query.ts";
import {
  badParameter,
  failure,
  type Reply,
  refusal,
  renderResult,
  success,
  text,
} from "../../simulator/promql/reply.ts";
import type { Series, SeriesStore } from "../../simulator/promql/seriesStore.ts";
import { checkTimeout, readSteps, readTimeOr } from "./parameters.ts";
import type { TargetReport } from "./scraper.ts";

/** What the answers are made from. */
export interface ApiSources {
  readonly store: SeriesStore;
  readonly options: Partial<EngineOptions>;
  readonly now: () => number;
  readonly targets: () => readonly TargetReport[];
}

type Handler = (parameters: URLSearchParams, sources: ApiSources) => Reply;

/** Paths that a query may come to by POST as well, its parameters in the body. */
const POSTABLE: readonly string[] = ["query", "query_range", "series", "labels"];

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ["query", query],
  ["query_range", queryRange],
  ["series", series],
  ["labels", labels],
  ["targets", targets],
]);

/** The answer to one request. Never throws. */
export function answer(method: string, path: string, parameters: URLSearchParams, sources: ApiSources): Reply {
  if (path === "/-/healthy") return text(200, "Prometheus Server is Healthy.\n");
  if (path === "/-/ready") return text(200, "Prometheus Server is Ready.\n");
  const route = /^\/api\/v1\/(.*)$/.exec(path)?.[1];
  const label = /^label\/([^/]+)\/values$/.exec(route ?? "")?.[1];
  const handler = label === undefined ? HANDLERS.get(route ?? "") : labelValues(label);
  if (handler === undefined) return text(404, "404 page not found\n");
  if (method !== "GET" && !(method === "POST" && POSTABLE.includes(route ?? "")))
    return text(405, "Method Not Allowed\n");
  try {
    return handler(parameters, sources);
  } catch (error) {
    return refusal(error);
  }
}

function query(parameters: URLSearchParams, { store, options, now }: ApiSources): Reply {
  const at = readTimeOr(parameters, "time", now());
  checkTimeout(parameters);
  return success(renderResult(evaluate(readQuery(parameters, "query"), store, { at, ...options })));
}

function queryRange(parameters: URLSearchParams, { store, options }: ApiSources): Reply {
  const steps = readSteps(parameters);
  checkTimeout(parameters);
  const read = readQuery(parameters, "query");
  if (read.type !== "instant vector" && read.type !== "scalar") {
    const why = `invalid expression type "${read.type}" for range query, must be Scalar or instant Vector`;
    throw badParameter("query", why);
  }
  return success(renderResult(evaluateRange(read, store, { ...steps, ...options })));
}

function readQuery(parameters: URLSearchParams, name: string): Query {
  try {
    return parseQuery(parameters.get(name) ?? "");
  } catch (error) {
    if (error instanceof QueryError) throw badParameter(name, error.message);
    throw error;
  }
}

function series(parameters: URLSearchParams, sources: ApiSources): Reply {
  if (parameters.getAll("match[]").length === 0) return failure(400, "bad_data", "no match[] parameter provided");
  return success(matching(parameters, sources).map((one) => one.labels.toRecord()));
}

function labels(parameters: URLSearchParams, sources: ApiSources): Reply {
  return success(distinct(matching(parameters, sources).flatMap((one) => one.labels.names)));
}

/** A label that may be asked for has nothing in it that an address must escape. */
function labelValues(name: string): Handler {
  return (parameters, sources) => {
    if (!isLabelName(name)) throw new QueryError("bad_data", `invalid label name: ${JSON.stringify(name)}`);
    const values = matching(parameters, sources).map((one) => one.labels.get(name));
    return success(distinct(values.filter((value) => value !== "")));
  };
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort(byText);

/** The series with samples in the time asked about, of all selectors together; of all series without one. */
function matching(parameters: URLSearchParams, { store }: ApiSources): readonly Series[] {
  const start = readTimeOr(parameters, "start", Number.NEGATIVE_INFINITY);
  const end = readTimeOr(parameters, "end", Number.MAX_SAFE_INTEGER);
  if (end < start) throw badParameter("end", "end timestamp must not be before start time");
  const selectors = parameters.getAll("match[]").map(readSelector);
  const found = selectors.length === 0 ? store.select([]) : selectors.flatMap((matchers) => store.select(matchers));
  return [...new Set(found)].filter(({ samples }) => samples.between(start, end).length > 0);
}

function readSelector(written: string): readonly Matcher[] {
  const parameters = new URLSearchParams({ "match[]": written });
  const expression = unwrapped(readQuery(parameters, "match[]").expression);
  if (expression.kind === "selector") return expression.matchers;
  throw badParameter("match[]", `expected a series selector, got ${JSON.stringify(written)}`);
}

function targets(_: URLSearchParams, sources: ApiSources): Reply {
  const activeTargets = sources.targets().map(({ labels: own, url, lastError, lastScrape, durationSeconds, isUp }) => ({
    discoveredLabels: {},
    labels: own,
    scrapePool: own["job"] ?? "",
    scrapeUrl: url,
    globalUrl: url,
    lastError: lastError ?? "",
    lastScrape: new Date(lastScrape ?? 0).toISOString(),
    lastScrapeDuration: durationSeconds ?? 0,
    health: lastScrape === undefined ? "unknown" : isUp ? "up" : "down",
  }));
  return success({ activeTargets, droppedTargets: [] });
}
