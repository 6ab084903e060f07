/** The command line of `serin simulate`. */
import { parseArgs } from "node:util";
import { SCENARIOS, type ScenarioName, scenarioOf } from "../../simulator/traffic/scenarios.ts";

export interface SimulateOptions {
  readonly files: readonly string[];
  /** `name` or `namespace/name`; undefined where the files have only one. */
  readonly canary: string | undefined;
  readonly scenarios: readonly ScenarioName[];
  readonly requestsPerSecond: number;
  /** Of a bad version's answers; undefined: the scenario's own. */
  readonly errorPercent: number | undefined;
  readonly addedMillis: number | undefined;
  /** Of a healthy version's answers. */
  readonly baseErrorPercent: number;
  readonly baseLatencyMillis: number;
  readonly scrapeSeconds: number;
  readonly weather: "calm" | "storm";
  readonly seed: number;
  /** Undefined: as many as a few seconds allow. */
  readonly runs: number | undefined;
  /** How many lives at once; undefined: one a core. */
  readonly workers: number | undefined;
  readonly output: Output;
  readonly outFile: string | undefined;
}

export type Output = "text" | "json" | "html";

const OUTPUTS: readonly Output[] = ["text", "json", "html"];

const FLAGS = {
  file: { type: "string", short: "f", multiple: true },
  canary: { type: "string" },
  scenario: { type: "string", multiple: true },
  rps: { type: "string", default: "10" },
  errors: { type: "string" },
  latency: { type: "string" },
  "base-errors": { type: "string", default: "0.1" },
  "base-latency": { type: "string", default: "50" },
  scrape: { type: "string", default: "15" },
  weather: { type: "string", default: "calm" },
  seed: { type: "string", default: "1" },
  runs: { type: "string" },
  workers: { type: "string" },
  output: { type: "string" },
  out: { type: "string" },
} as const;

type Values = ReturnType<typeof parse>;

/** Says what is wrong with one flag. */
class FlagError extends Error {}

/** What to do, or why the command line cannot be used, in one sentence. */
export function readSimulateOptions(args: readonly string[]): SimulateOptions | { readonly wrong: string } {
  try {
    return optionsOf(parse(args));
  } catch (error) {
    return { wrong: wordsOf(error) };
  }
}

function parse(args: readonly string[]) {
  const { values } = parseArgs({ args: [...args], options: FLAGS, allowPositionals: false });
  return values;
}

function wordsOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  const isUnknown = code === "ERR_PARSE_ARGS_UNKNOWN_OPTION";
  const flag = isUnknown ? /'(--?[\w-]+)/.exec(message)?.[1] : undefined;
  if (flag !== undefined) return `unknown flag ${flag}; serin simulate --help lists them`;
  return error instanceof FlagError ? message : `${message.split(". ")[0]}; serin simulate --help says how`;
}

function optionsOf(values: Values): SimulateOptions {
  const files = values.file ?? [];
  if (files.length === 0) throw new FlagError("serin simulate wants manifests: -f canary.yaml");
  if (files.filter((file) => file === "-").length > 1) throw new FlagError("-f -: standard input can be read once");
  const { canary, scrape, weather, seed } = values;
  return {
    files,
    canary,
    scenarios: [...new Set((values.scenario ?? ["good", "bad"]).map(scenarioNamed))],
    requestsPerSecond: amount("rps", values.rps, { least: 0.001, most: 100_000 }),
    errorPercent: optional("errors", values.errors, { least: 0, most: 100 }),
    addedMillis: optional("latency", values.latency, { least: 0, most: 600_000 }),
    baseErrorPercent: amount("base-errors", values["base-errors"], { least: 0, most: 100 }),
    baseLatencyMillis: amount("base-latency", values["base-latency"], { least: 0, most: 600_000 }),
    scrapeSeconds: amount("scrape", scrape, { least: 1, most: 300 }),
    weather: oneOf("weather", weather, ["calm", "storm"]),
    seed: whole("seed", seed, { least: 0, most: 2 ** 32 - 1 }),
    runs: values.runs === undefined ? undefined : whole("runs", values.runs, { least: 1, most: 10_000 }),
    workers: values.workers === undefined ? undefined : whole("workers", values.workers, { least: 1, most: 64 }),
    output: values.output === undefined ? outputFor(values.out) : oneOf("output", values.output, OUTPUTS),
    outFile: values.out,
  };
}

function scenarioNamed(name: string): ScenarioName {
  return oneOf("scenario", name, SCENARIOS);
}

function oneOf<Word extends string>(flag: string, given: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === given);
  if (found === undefined) throw new FlagError(`--${flag}: ${JSON.stringify(given)} is none of ${words.join(", ")}`);
  return found;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function amount(flag: string, text: string, { least, most }: Range): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (number >= least && number <= most) return number;
  const hint = flag === "rps" && number === 0 ? "; for none at all there is --scenario no-traffic" : "";
  throw new FlagError(`--${flag}: ${JSON.stringify(text)} is no number from ${least} to ${most}${hint}`);
}

function whole(flag: string, text: string, range: Range): number {
  const number = amount(flag, text, range);
  if (!Number.isInteger(number)) throw new FlagError(`--${flag}: ${JSON.stringify(text)} is no whole number`);
  return number;
}

const optional = (flag: string, text: string | undefined, range: Range): number | undefined =>
  text === undefined ? undefined : amount(flag, text, range);

/** By the file's name, where it says. */
function outputFor(file: string | undefined): Output {
  const ending = /\.(json|html?)$/.exec(file ?? "")?.[1];
  return ending === undefined ? "text" : ending === "json" ? "json" : "html";
}

/** The text of `serin simulate --help`. */
export function simulateHelp(): string {
  const scenarios = SCENARIOS.map((name) => `    ${name.padEnd(12)}${scenarioOf(name).about}`);
  return `Run a Canary of yours in a simulated cluster, before it meets your users, and tell what it would do.

Usage: serin simulate -f FILE [-f FILE …] [flags]

  -f, --file FILE       manifests, YAML or JSON; a folder; - for standard input. Canary, Deployment, MetricTemplates,
                        ConfigMaps and Secrets are used; what is missing and needed is made up, which is said
  --canary NAME         which Canary, as name or namespace/name, where there are several
  --scenario NAME       how the new version behaves; may be repeated. Unless told otherwise: good, and bad
${scenarios.join("\n")}
  --rps N               requests per second (10)
  --errors P            of a bad version's answers, P percent are errors (20)
  --latency MS          by so much a bad version is slower, where its scenario says so (500)
  --base-errors P       of a healthy version's answers, P percent are errors (0.1)
  --base-latency MS     of a healthy version, the median (50)
  --scrape SECONDS      from one scrape of Prometheus to the next (15)
  --weather WORD        calm, or storm: API server, watches, proxies and Prometheus fail in many ways (calm)
  --seed S              where all chance comes from; the same seed gives the same output, byte for byte (1)
  --runs N              lives for each chance; unless told otherwise, what fits in a few seconds, 40 at most
  --workers N           lives at once, each on a core of its own (a worker for each core, 8 at most); changes no figure
  --output FORMAT       text, json, or html: one page that needs nothing else (text, or what --out ends in)
  --out FILE            write there instead of to standard output

No cluster is needed and none is touched. Exit codes: 0 simulated, 1 the manifests cannot be run, 2 wrong flags.`;
}
