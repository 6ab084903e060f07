/**
 * Reads the text format of a metrics page (version 0.0.4,
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
import { type Labels, labelsOf, METRIC_NAME } from "./labels.ts";

/** The page is not what Prometheus would read; nothing of it counts then. */
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
}

const TYPES: readonly string[] = ["counter", "gauge", "histogram", "summary", "untyped"];

export function parseExposition(page: string): Exposition {
  const samples: ExposedSample[] = [];
  const types = new Map<string, string>();
  for (const line of page.split("\n")) {
    const text = line.trim();
    if (text.startsWith("#")) readComment(text, types);
    else if (text !== "") samples.push(readSample(text));
  }
  return { samples, types };
}

function readComment(text: string, types: Map<string, string>): void {
  const [, name, type] = /^#\s*TYPE\s+(\S+)\s+(\S+)$/.exec(text) ?? [];
  if (name === undefined || type === undefined) return;
  if (!TYPES.includes(type)) throw new ExpositionError(`invalid metric type ${JSON.stringify(type)}`);
  types.set(name, type);
}

function readSample(text: string): ExposedSample {
  const end = endOfMetric(text);
  const [written = "", time, more] = text.slice(end).trim().split(/\s+/);
  const value = readValue(written);
  const at = time === undefined ? undefined : Number(time);
  if (value === undefined) throw new ExpositionError(`not a number: ${JSON.stringify(text)}`);
  if (more !== undefined || (time !== undefined && !/^-?\d+$/.test(time)))
    throw new ExpositionError(`not a timestamp: ${JSON.stringify(text)}`);
  return { metric: text.slice(0, end).trimEnd(), value, at };
}

/** Braces and blanks may stand in label values, so the quotes have to be followed. */
function endOfMetric(text: string): number {
  const open = text.indexOf("{");
  const blank = text.search(/\s/);
  if (open === -1 || (blank !== -1 && blank < open && !/^\s*\{/.test(text.slice(blank))))
    return blank === -1 ? text.length : blank;
  const quoted = /\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\}/y;
  quoted.lastIndex = open;
  if (quoted.exec(text) === null) throw new ExpositionError(`labels without an end: ${JSON.stringify(text)}`);
  return quoted.lastIndex;
}

function readValue(text: string): number | undefined {
  const named = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (named !== null) return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$|^[+-]?0x[0-9a-f]+$/i.test(text) ? Number(text) : undefined;
}

const UNESCAPED: Readonly<Record<string, string>> = { "\\n": "\n", '\\"': '"', "\\\\": "\\" };

/** Name and labels of one line. */
export function readMetric(metric: string): Labels {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(metric)?.[0] ?? "";
  const rest = metric.slice(name.length).trim();
  const pairs: [string, string][] = [];
  if (rest !== "") pairs.push(...readLabels(rest));
  if (name === "") throw new ExpositionError(`no metric name: ${JSON.stringify(metric)}`);
  if (new Set(pairs.map(([label]) => label)).size < pairs.length)
    throw new ExpositionError(`label name is not unique: ${JSON.stringify(metric)}`);
  return labelsOf([[METRIC_NAME, name], ...pairs]);
}

function readLabels(braces: string): readonly [string, string][] {
  const pairs: [string, string][] = [];
  const inner = braces.slice(1).trimStart();
  const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|(?=\}))/y;
  let end = 0;
  for (let match = label.exec(inner); match !== null; match = label.exec(inner)) {
    const [, name = "", value = ""] = match;
    pairs.push([name, value.replace(/\\[n"\\]/g, (written) => UNESCAPED[written] ?? written)]);
    end = label.lastIndex;
  }
  if (!braces.startsWith("{") || inner.slice(end).trim() !== "}")
    throw new ExpositionError(`labels that cannot be read: ${JSON.stringify(braces)}`);
  return pairs;
}
