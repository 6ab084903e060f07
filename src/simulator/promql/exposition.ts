/**
 * Reads the text format of a metrics page (version 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
import { METRIC_NAME } from "./labels.ts";

/** A line is not what Prometheus would read. */
export class ExpositionError extends Error {}

export interface ExposedSample {
  /** Name and labels as they stand on the page: a key to what `readMetric` makes of them. */
  readonly metric: string;
  readonly value: number;
  /** The time that the page gives, in milliseconds. */
  readonly at: number | undefined;
}

export interface Exposition {
  readonly samples: readonly ExposedSample[];
  /** Metric → counter, gauge, histogram, summary or untyped. */
  readonly types: ReadonlyMap<string, string>;
  /** Why reading ended before the page did. What was read up to there may be counted, and must not be kept. */
  readonly error: string | undefined;
}

const TYPES: readonly string[] = ["counter", "gauge", "histogram", "summary", "untyped"];

export function parseExposition(page: string): Exposition {
  const samples: ExposedSample[] = [];
  const types = new Map<string, string>();
  try {
    for (const line of page.split("\n")) {
      const text = line.replace(/[ \t]+$/, "");
      if (/^[ \t]*#/.test(text)) readComment(text.trim(), types);
      else if (text !== "") samples.push(readSample(text));
    }
  } catch (error) {
    if (error instanceof ExpositionError) return { samples, types, error: error.message };
    throw error;
  }
  return { samples, types, error: undefined };
}

function readComment(text: string, types: Map<string, string>): void {
  const [, name, type] = /^#\s*TYPE\s+(\S+)\s+(\S+)$/.exec(text) ?? [];
  if (name === undefined || type === undefined) return;
  if (!TYPES.includes(type)) throw new ExpositionError(`invalid metric type ${JSON.stringify(type)}`);
  types.set(name, type);
}

function readSample(text: string): ExposedSample {
  const start = text.search(/[^ \t]/);
  const end = start + endOfMetric(text.slice(start));
  const [written = "", time, more] = text
    .slice(end)
    .replace(/^[ \t]+/, "")
    .split(/[ \t]+/);
  const value = readValue(written);
  const at = time === undefined ? undefined : Number(time);
  if (value === undefined) throw new ExpositionError(`not a number: ${JSON.stringify(text)}`);
  if (more !== undefined || (time !== undefined && !/^-?\d+$/.test(time)))
    throw new ExpositionError(`not a timestamp: ${JSON.stringify(text)}`);
  if (!/[a-zA-Z_:]/.test(text[start] ?? "")) throw new ExpositionError(`no metric name: ${JSON.stringify(text)}`);
  return { metric: text.slice(0, end).trimEnd(), value, at };
}

/** Braces and blanks may stand in label values, so the quotes have to be followed. */
function endOfMetric(text: string): number {
  const open = text.indexOf("{");
  const blank = text.search(/[ \t]/);
  if (open === -1 || (blank !== -1 && blank < open && !/^[ \t]*\{/.test(text.slice(blank))))
    return blank === -1 ? text.length : blank;
  const quoted = /\{\s*(?:[a-zA-Z_][a-zA-Z0-9_]*\s*=\s*"(?:[^"\\]|\\.)*"\s*(?:,\s*|(?=\})))*\}/y;
  quoted.lastIndex = open;
  if (quoted.exec(text) === null) throw new ExpositionError(`labels that cannot be read: ${JSON.stringify(text)}`);
  return quoted.lastIndex;
}

function readValue(text: string): number | undefined {
  const named = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (named !== null) return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const UNESCAPED: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Name and labels of one line, empty ones included: they matter where the labels of a page go before all others. */
export function readMetric(metric: string): readonly (readonly [string, string])[] {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(metric)?.[0] ?? "";
  const rest = metric.slice(name.length);
  // A line that begins with a blank is read by Prometheus, too, and found to have no name.
  if (name === "") throw new ExpositionError(`no metric name: ${JSON.stringify(metric)}`);
  const pairs = readLabels(rest);
  if (new Set(pairs.map(([label]) => label)).size < pairs.length)
    throw new ExpositionError(`label name is not unique: ${JSON.stringify(metric)}`);
  return [[METRIC_NAME, name], ...pairs];
}

/** Their syntax is known to be right by then. */
function readLabels(braces: string): readonly [string, string][] {
  const written = braces.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"/g);
  return [...written].map(([, name = "", value = ""]) => [
    name,
    value.replace(/\\[n"\\]/g, (escaped) => UNESCAPED[escaped] ?? escaped),
  ]);
}
