/** How much a rule can see: requests in a window, windows beside scrapes. */
import { type Cause, cause, type Facts } from "./cause.ts";
import { successRateOf } from "./study.ts";
import { duration, number, percent, some } from "./words.ts";

/** Causes that lie in what is measured. */
export function evidence(facts: Facts): readonly Cause[] {
  if (facts.spec.skipAnalysis) return [];
  const found = [fewRequests(facts), tooOftenForScrapes(facts), longWindows(facts)];
  return found.filter((one) => one !== undefined);
}

const DEFAULT_WINDOW_MILLIS = 60_000;

/** What the smallest step lets a success rate rest on, and what gets by. */
function fewRequests({ spec, study, options }: Facts): Cause | undefined {
  const metric = successRateOf(spec);
  const first = spec.analysis.strategy.stepWeights[0];
  if (metric === undefined || first === undefined) return undefined;
  const { interval } = spec.analysis;
  const window = Math.min(interval, metric.interval ?? DEFAULT_WINDOW_MILLIS);
  const requests = (options.requestsPerSecond * first * window) / 100 / 1000;
  const allowed = 100 - (metric.bounds.min ?? 0);
  const rests = `at ${options.requestsPerSecond} requests/s ${metric.name} rests on ${number(requests)} requests at the step of ${percent(first)} (${duration(window)})`;
  const said = [rests, whatThatMeans(requests, allowed), whatGetsBy(study.marginal)].filter(
    (part) => part !== undefined,
  );
  const isBlind = requests < 1 || 100 / requests > allowed;
  const missed = study.marginal?.trials.some(({ end }) => end === "promoted") ?? false;
  return cause("evidence", metric.path, isBlind || missed ? "bad" : "neutral", `${metric.path}: ${said.join("; ")}`);
}

function whatThatMeans(requests: number, allowed: number): string | undefined {
  if (requests < 1) return "most checks there have nothing to measure, and wait for a request";
  if (100 / requests > allowed)
    return `one error in them is ${percent(100 / requests)}, which fails a check whatever the version is like`;
  return undefined;
}

function whatGetsBy(marginal: Facts["study"]["marginal"]): string | undefined {
  if (marginal === undefined) return undefined;
  const through = marginal.trials.filter(({ end }) => end === "promoted").length;
  return `this rule promotes ${percent(marginal.errorPercent)} errors in ${through} of ${some(marginal.trials.length, "run")}`;
}

/** A rate needs two samples of a series in its window, and the first comes after the first request. */
function tooOftenForScrapes({ spec, options }: Facts): Cause | undefined {
  const { interval, metrics } = spec.analysis;
  const scrape = options.scrapeSeconds * 1000;
  if (metrics.length === 0 || interval >= 3 * scrape) return undefined;
  const sentence = `spec.analysis.interval ${duration(interval)}: scraped every ${duration(scrape)}, a step may hold fewer than the two samples that a rate needs; such checks say nothing and are made again`;
  return cause("scrapes", "spec.analysis.interval", "bad", sentence);
}

/** Flagger would look back into the step before. */
function longWindows({ spec }: Facts): Cause | undefined {
  const { interval, metrics } = spec.analysis;
  const long = metrics.filter(({ interval: window }) => (window ?? 0) > interval);
  const [first] = long;
  if (first === undefined) return undefined;
  const fields = long.map(({ path, interval: window }) => `${path}.interval ${duration(window ?? 0)}`);
  const verb = long.length === 1 ? "is" : "are";
  const sentence = `${fields.join(", ")} ${verb} longer than spec.analysis.interval ${duration(interval)}: a step is judged over its own time alone, so that less is looked at while it is young`;
  return cause("long-window", `${first.path}.interval`, "neutral", sentence);
}
